// SPDX-License-Identifier: LGPL-2.1-or-later
// What a request may cost at most, before it is sent.
#include "plugin/request_cost.hpp"

#include "core/token_estimate.hpp"
#include "wire/prompt.hpp"

namespace gemini {

Limits limits_of(const AnalyzerSettings &settings)
{
  return {.requests_per_minute = settings.requests_per_minute,
          .max_requests = settings.max_requests,
          .max_tokens = settings.max_tokens};
}

Price price_of(const AnalyzerSettings &settings)
{
  return {.input = settings.price_input, .output = settings.price_output};
}

Ledger::Cost cost_of_request(const ResolvedSettings &settings, const wire::ModelProfile &profile,
                             std::span<const FrameSize> frames, std::size_t n_references,
                             std::size_t n_cropped)
{
  const Question &question = settings.question;
  const std::string prompt =
      wire::prompt_text(question, profile.masks, n_references, frames.size(), n_cropped);
  Ledger::Cost cost;
  cost.input = text_tokens(prompt.size() + question.system_instruction.size() +
                           question.response_schema.size());
  cost.input += static_cast<std::int64_t>(n_references) *
                image_tokens(profile.tokens, MediaResolution::unset, 768, 512);
  for (const FrameSize &frame : frames)
    cost.input +=
        image_tokens(profile.tokens, question.media_resolution, frame.width, frame.height);
  if (question.max_output_tokens)
    cost.output_limit = *question.max_output_tokens;
  cost.model_output_limit = profile.output_limit;
  return cost;
}

} // namespace gemini
