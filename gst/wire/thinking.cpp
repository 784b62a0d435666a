// SPDX-License-Identifier: LGPL-2.1-or-later
// How much a model is told to think.
#include "wire/thinking.hpp"

#include <algorithm>

namespace gemini::wire {
namespace {

constexpr int kDynamicBudget = -1;

const char *level_name(Thinking thinking)
{
  switch (thinking) {
  case Thinking::minimal:
    return "MINIMAL";
  case Thinking::low:
    return "LOW";
  case Thinking::medium:
    return "MEDIUM";
  case Thinking::high:
    return "HIGH";
  case Thinking::automatic:
  case Thinking::off:
  case Thinking::dynamic:
  case Thinking::unset:
    break;
  }
  return nullptr;
}

std::string by_level(Thinking thinking, const ModelProfile &profile)
{
  // Without a level these models decide by themselves.
  if (thinking == Thinking::dynamic)
    return {};
  const bool is_least = thinking == Thinking::automatic || thinking == Thinking::off;
  return std::string{R"({"thinkingLevel":")"} +
         level_name(is_least ? profile.least_level : thinking) + "\"}";
}

// The budgets that Google's OpenAI-compatible interface stands for these words.
int budget_of(Thinking thinking, const ModelProfile &profile)
{
  switch (thinking) {
  case Thinking::minimal:
    return std::max(profile.least_budget, 512);
  case Thinking::low:
    return 1024;
  case Thinking::medium:
    return 8192;
  case Thinking::high:
    return 24576;
  case Thinking::dynamic:
    return kDynamicBudget;
  case Thinking::automatic:
  case Thinking::off:
  case Thinking::unset:
    break;
  }
  return profile.least_budget;
}

} // namespace

std::string thinking_config(Thinking thinking, const ModelProfile &profile)
{
  if (thinking == Thinking::unset || profile.thinking == ThinkingBy::nothing)
    return {};
  switch (profile.thinking) {
  case ThinkingBy::budget:
    return "{\"thinkingBudget\":" + std::to_string(budget_of(thinking, profile)) + "}";
  case ThinkingBy::level:
    return by_level(thinking, profile);
  case ThinkingBy::nothing:
  case ThinkingBy::unknown:
    break;
  }
  // A level is what newer models take; but nothing is sent that the user did not ask for.
  return thinking == Thinking::automatic ? std::string{} : by_level(thinking, profile);
}

bool can_be_off(const ModelProfile &profile)
{
  return profile.thinking == ThinkingBy::nothing ||
         (profile.thinking == ThinkingBy::budget && profile.least_budget == 0);
}

} // namespace gemini::wire
