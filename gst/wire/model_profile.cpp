// SPDX-License-Identifier: LGPL-2.1-or-later
// The table of models, as known in November 2026.
#include "wire/model_profile.hpp"

#include "wire/thinking.hpp"

#include <array>
#include <cstddef>

namespace gemini::wire {
namespace {

// More special patterns first. JSON mode turns the masks of a model that draws them as PNG into a
// placeholder; one that draws polygons answers with boxes only unless a schema asks for more.
constexpr std::array kProfiles = {
    ModelProfile{.pattern = "gemini-2.0-*",
                 .thinking = ThinkingBy::nothing,
                 .masks = MaskFormat::png,
                 .form_of_masks = AnswerForm::prompt_only,
                 .takes_ultra_high = false,
                 .tokens = TokenRule::tiles,
                 .output_limit = 8192,
                 .inline_limit = kInlineLimitOld,
                 .retirement = "2026-06-01"},
    ModelProfile{.pattern = "gemini-2.5-flash-lite*",
                 .thinking = ThinkingBy::budget,
                 .masks = MaskFormat::png,
                 .form_of_masks = AnswerForm::prompt_only,
                 .takes_ultra_high = false,
                 .tokens = TokenRule::tiles},
    ModelProfile{.pattern = "gemini-2.5-flash*",
                 .thinking = ThinkingBy::budget,
                 .masks = MaskFormat::png,
                 .form_of_masks = AnswerForm::prompt_only,
                 .takes_ultra_high = false,
                 .tokens = TokenRule::tiles,
                 .retirement = "2026-12-01",
                 .successor = "gemini-3.5-flash-lite"},
    ModelProfile{.pattern = "gemini-2.5-pro*",
                 .thinking = ThinkingBy::budget,
                 .least_budget = 128,
                 .masks = MaskFormat::png,
                 .form_of_masks = AnswerForm::prompt_only,
                 .takes_ultra_high = false,
                 .tokens = TokenRule::tiles,
                 .retirement = "2026-12-01",
                 .successor = "gemini-3.8-flash"},
    // Sources disagree on whether this one takes MINIMAL; LOW is in all of them.
    ModelProfile{.pattern = "gemini-3.8-flash*", .thinking = ThinkingBy::level},
    ModelProfile{.pattern = "gemini-3.7-flash*",
                 .thinking = ThinkingBy::level,
                 .least_level = Thinking::minimal,
                 .wants_sampling_unset = true},
    ModelProfile{.pattern = "gemini-3.5-flash-lite*",
                 .thinking = ThinkingBy::level,
                 .least_level = Thinking::minimal,
                 .wants_sampling_unset = true},
    ModelProfile{.pattern = "gemini-3.6-flash*",
                 .thinking = ThinkingBy::level,
                 .least_level = Thinking::minimal},
    ModelProfile{.pattern = "gemini-3.5-flash*",
                 .thinking = ThinkingBy::level,
                 .least_level = Thinking::minimal},
    ModelProfile{.pattern = "gemini-3.1-flash*",
                 .thinking = ThinkingBy::level,
                 .least_level = Thinking::minimal},
    ModelProfile{.pattern = "gemini-3-flash*",
                 .thinking = ThinkingBy::level,
                 .least_level = Thinking::minimal},
    ModelProfile{.pattern = "gemini-robotics-er-1*",
                 .thinking = ThinkingBy::budget,
                 .takes_ultra_high = false,
                 .tokens = TokenRule::tiles,
                 .retirement = "2026-08-31"},
    ModelProfile{.pattern = "gemini-robotics-er-2*",
                 .thinking = ThinkingBy::level,
                 .least_level = Thinking::minimal},
    ModelProfile{.pattern = "gemini-3*", .thinking = ThinkingBy::level},
    // These move from model to model; so far each has been one of the third generation since 2026.
    ModelProfile{.pattern = "gemini-flash-lite-latest",
                 .thinking = ThinkingBy::level,
                 .least_level = Thinking::minimal,
                 .wants_sampling_unset = true},
    ModelProfile{.pattern = "gemini-*-latest", .thinking = ThinkingBy::level},
    ModelProfile{.pattern = "*"},
};

constexpr bool fits(std::string_view name, std::string_view pattern)
{
  // The part before a star is matched for good as soon as it is found: the shortest way for the
  // star to eat is right whenever any way is.
  std::size_t star = std::string_view::npos;
  std::size_t eaten = 0;
  std::size_t at = 0;
  std::size_t p = 0;
  while (at < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      eaten = at;
    } else if (p < pattern.size() && pattern[p] == name[at]) {
      ++p;
      ++at;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      at = ++eaten;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

// What a model that thinks by level may use up before it says a word.
constexpr unsigned kRoomToThink = 4096; // tokens

bool asks_to_think(Thinking thinking)
{
  return thinking != Thinking::automatic && thinking != Thinking::off &&
         thinking != Thinking::unset;
}

} // namespace

const ModelProfile &profile_of(std::string_view model)
{
  model.remove_prefix(model.rfind('/') + 1); // npos + 1 is 0
  for (const ModelProfile &profile : kProfiles) {
    if (fits(model, profile.pattern))
      return profile;
  }
  return kProfiles.back();
}

const ModelProfile &profile_of(std::string_view model, std::string_view version)
{
  const ModelProfile &answering = profile_of(version);
  return &answering == &kProfiles.back() ? profile_of(model) : answering;
}

std::span<const ModelProfile> model_profiles()
{
  return kProfiles;
}

std::vector<std::string> remarks_on(const Question &question, std::string_view model)
{
  const ModelProfile &profile = profile_of(model);
  const std::string name{model};
  std::vector<std::string> remarks;
  if (!profile.retirement.empty()) {
    std::string remark = name + " is shut down as of " + std::string{profile.retirement};
    if (!profile.successor.empty())
      remark += ": from then on " + std::string{profile.successor} +
                " answers in its place, at its own price";
    remarks.push_back(remark + ".");
  }
  if (question.thinking == Thinking::off && !can_be_off(profile))
    remarks.push_back("thinking=off is not known to work with " + name +
                      ": it is asked to think as little as it can.");
  if (question.thinking == Thinking::minimal && profile.thinking == ThinkingBy::level &&
      profile.least_level != Thinking::minimal)
    remarks.push_back("thinking=minimal is not known to work with " + name +
                      ": if it is refused, low is the least.");
  if (asks_to_think(question.thinking) && profile.thinking == ThinkingBy::nothing)
    remarks.push_back("thinking has no effect with " + name + ", which cannot think.");
  if (question.max_output_tokens && *question.max_output_tokens < kRoomToThink &&
      profile.thinking == ThinkingBy::level)
    remarks.push_back("max-output-tokens=" + std::to_string(*question.max_output_tokens) +
                      " may leave no answer: what " + name + " thinks counts, too. Give it " +
                      std::to_string(kRoomToThink) + " or more, or no limit.");
  if (question.media_resolution == MediaResolution::ultra_high && !profile.takes_ultra_high)
    remarks.push_back("media-resolution=ultra-high is refused for " + name +
                      ": high is the most before Gemini 3.");
  if (question.temperature && profile.wants_sampling_unset)
    remarks.push_back("temperature is set, but Google advises against it for " + name + ".");
  if (!question.response_schema.empty() && question.task != Task::ask)
    remarks.push_back(std::string{"response-schema has no effect with task="} +
                      to_string(question.task) + "; it is for task=ask.");
  if (!question.labels.empty() && (question.task == Task::caption || question.task == Task::ask))
    remarks.push_back(std::string{"labels have no effect with task="} + to_string(question.task) +
                      ".");
  return remarks;
}

} // namespace gemini::wire
