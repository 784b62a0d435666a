// SPDX-License-Identifier: LGPL-2.1-or-later
// The table of models. What is shut down (2.0, robotics-er-1.6) is simply not in it.
#include "models.hpp"

#include "json.hpp"

namespace gemini::emulator {
namespace {

constexpr Model kModels[] = {
    {"gemini-3.8-flash", "Gemini 3.8 Flash", Family::gemini_3, Tier::flash, Stage::stable,
     "gemini-3.8-flash"},
    {"gemini-3.7-flash", "Gemini 3.7 Flash", Family::gemini_3, Tier::flash, Stage::stable,
     "gemini-3.7-flash"},
    {"gemini-3.6-flash", "Gemini 3.6 Flash", Family::gemini_3, Tier::flash, Stage::stable,
     "gemini-3.6-flash"},
    {"gemini-3.5-flash", "Gemini 3.5 Flash", Family::gemini_3, Tier::flash, Stage::stable,
     "gemini-3.5-flash"},
    {"gemini-3.5-flash-lite", "Gemini 3.5 Flash-Lite", Family::gemini_3, Tier::flash_lite,
     Stage::stable, "gemini-3.5-flash-lite"},
    {"gemini-3.1-pro-preview", "Gemini 3.1 Pro Preview", Family::gemini_3, Tier::pro,
     Stage::preview, "gemini-3.1-pro-preview"},
    {"gemini-3.1-flash-lite", "Gemini 3.1 Flash-Lite", Family::gemini_3, Tier::flash_lite,
     Stage::stable, "gemini-3.1-flash-lite"},
    {"gemini-3-flash-preview", "Gemini 3 Flash Preview", Family::gemini_3, Tier::flash,
     Stage::preview, "gemini-3-flash-preview"},
    {"gemini-4-argon", "Gemini 4 Argon", Family::gemini_4, Tier::pro, Stage::preview,
     "gemini-4-argon"},
    {"gemini-robotics-er-2-preview", "Gemini Robotics-ER 2 Preview", Family::gemini_3,
     Tier::robotics, Stage::preview, "gemini-robotics-er-2-preview"},
    {"gemini-2.5-flash", "Gemini 2.5 Flash", Family::gemini_2_5, Tier::flash, Stage::deprecated,
     "gemini-2.5-flash"},
    {"gemini-2.5-pro", "Gemini 2.5 Pro", Family::gemini_2_5, Tier::pro, Stage::deprecated,
     "gemini-2.5-pro"},
    {"gemini-2.5-flash-lite", "Gemini 2.5 Flash-Lite", Family::gemini_2_5, Tier::flash_lite,
     Stage::stable, "gemini-2.5-flash-lite"},
    {"gemini-flash-latest", "Gemini Flash Latest", Family::gemini_3, Tier::flash, Stage::stable,
     "gemini-3.8-flash"},
    {"gemini-flash-lite-latest", "Gemini Flash-Lite Latest", Family::gemini_3, Tier::flash_lite,
     Stage::stable, "gemini-3.5-flash-lite"},
    {"gemini-pro-latest", "Gemini Pro Latest", Family::gemini_3, Tier::pro, Stage::stable,
     "gemini-3.1-pro-preview"},
};

} // namespace

std::span<const Model> models()
{
  return kModels;
}

const Model *find_model(std::string_view name)
{
  for (const auto &model : kModels) {
    if (name == model.name)
      return &model;
  }
  return nullptr;
}

std::string model_resource(const Model &model)
{
  const std::string description = std::string{"What the emulator knows as "} + model.display_name;
  return json::object({
      {"name", json::quote(std::string{"models/"} + model.name)},
      {"version", json::quote("emulator")},
      {"displayName", json::quote(model.display_name)},
      {"description", json::quote(description)},
      {"inputTokenLimit", "1048576"},
      {"outputTokenLimit", "65536"},
      {"supportedGenerationMethods",
       json::array({json::quote("generateContent"), json::quote("countTokens")})},
      {"temperature", "1"},
      {"topP", "0.95"},
      {"topK", "64"},
      {"maxTemperature", "2"},
      {"thinking", "true"},
  });
}

std::string publisher_model_resource(const Model &model)
{
  const char *stage = model.stage == Stage::preview ? "PUBLIC_PREVIEW" : "GA";
  return json::object({
      {"name", json::quote(std::string{"publishers/google/models/"} + model.name)},
      {"versionId", json::quote("emulator")},
      {"openSourceCategory", json::quote("PROPRIETARY")},
      {"launchStage", json::quote(stage)},
  });
}

std::optional<BudgetRange> thinking_budget(const Model &model)
{
  if (model.family != Family::gemini_2_5)
    return std::nullopt;
  switch (model.tier) {
  case Tier::pro:
    return BudgetRange{128, 32768, false};
  case Tier::flash_lite:
    return BudgetRange{512, 24576, true};
  case Tier::flash:
  case Tier::robotics:
    break;
  }
  return BudgetRange{0, 24576, true};
}

} // namespace gemini::emulator
