// SPDX-License-Identifier: LGPL-2.1-or-later
// What is known about the models: one table from name to behaviour.
#pragma once

#include "core/question.hpp"
#include "core/token_estimate.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gemini::wire {

// How a model is told how much to think; nothing: it cannot.
enum class ThinkingBy { unknown, nothing, budget, level };
// How a model draws masks when asked in the way that it knows.
enum class MaskFormat { png, polygon };
// What besides the prompt holds an answer to its form: nothing, JSON mode, or that and our schema.
enum class AnswerForm { prompt_only, json, schema };

// What the service takes in one request.
inline constexpr std::size_t kInlineLimit = std::size_t{100} << 20;   // bytes of the body
inline constexpr std::size_t kInlineLimitOld = std::size_t{20} << 20; // until the end of 2025
inline constexpr std::size_t kImageLimit = 3600;                      // pictures
inline constexpr std::size_t kImageLimitVertex = 3000;

struct ModelProfile {
  std::string_view pattern; // of names, without "models/"; '*' stands for anything
  ThinkingBy thinking = ThinkingBy::unknown;
  int least_budget = 0;                 // in tokens; 0: can be off
  Thinking least_level = Thinking::low; // known to be accepted
  MaskFormat masks = MaskFormat::polygon;
  AnswerForm form_of_masks = AnswerForm::schema; // other lists are asked for in JSON mode
  bool takes_ultra_high = true; // the media resolution that is told picture by picture
  TokenRule tokens = TokenRule::budget;
  bool wants_sampling_unset = false; // Google advises against a temperature
  std::int64_t output_limit =
      65'536; // tokens of an answer, thoughts included, where none is asked for
  std::size_t inline_limit = kInlineLimit; // bytes of a request with its pictures in it
  std::string_view retirement = {};        // a date, empty where none is known
  std::string_view successor = {};         // the model that answers from then on; empty: none
};

// Of the first pattern that fits. A name that nobody has heard of, such as a newer one, gets the
// profile that every model accepts. `model` may begin with a path, such as "models/".
const ModelProfile &profile_of(std::string_view model);

// The same where a reply has said which model really answers, such as the one that an alias stands
// for or that has taken over from a retired one. `version` may be empty or unheard of.
const ModelProfile &profile_of(std::string_view model, std::string_view version);

// The whole table, in the order in which it is searched.
std::span<const ModelProfile> model_profiles();

// What of the question does not go with the model, or costs more than meets the eye: sentences for
// the user, empty as a rule.
std::vector<std::string> remarks_on(const Question &question, std::string_view model);

} // namespace gemini::wire
