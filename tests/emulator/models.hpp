// SPDX-License-Identifier: LGPL-2.1-or-later
// The models of late 2026, and how they differ.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gemini::emulator {

enum class Family { gemini_2_5, gemini_3, gemini_4 };
enum class Tier { flash, flash_lite, pro, robotics };
enum class Stage { stable, preview, deprecated };

struct Model {
  const char *name;
  const char *display_name;
  Family family;
  Tier tier;
  Stage stage;
  const char *answers_as; // what an alias stands for; its own name otherwise
};

std::span<const Model> models();
// Null where the service would not know it (any more).
const Model *find_model(std::string_view name);
// The resource that models.get returns, as JSON.
std::string model_resource(const Model &model);
// The same of Vertex AI.
std::string publisher_model_resource(const Model &model);

// What a thinking budget may be: 0 and -1 are special, the rest a range. Only the 2.5 models state
// theirs.
struct BudgetRange {
  int lowest;
  int highest;
  bool may_be_off;
};
std::optional<BudgetRange> thinking_budget(const Model &model);

} // namespace gemini::emulator
