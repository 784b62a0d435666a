// SPDX-License-Identifier: LGPL-2.1-or-later
// One question to the model, about one frame or several.
#include "plugin/analysis_job.hpp"

#include <algorithm>

namespace gemini {

namespace {

// Of pictures of one frame after the other, the number of frames and the most pictures of any.
struct Counts {
  std::size_t n_samples = 0;
  std::size_t most_parts = 0;
};

Counts count(const std::vector<AnalysisJob::Frame> &frames)
{
  Counts counts;
  std::size_t n_parts = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const bool is_first =
        i == 0 || frames[i].analysis.request_id != frames[i - 1].analysis.request_id;
    n_parts = is_first ? 1 : n_parts + 1;
    counts.n_samples += is_first ? 1 : 0;
    counts.most_parts = std::max(counts.most_parts, n_parts);
  }
  return counts;
}

} // namespace

std::size_t AnalysisJob::n_samples() const
{
  return count(frames).n_samples;
}

std::size_t AnalysisJob::most_parts() const
{
  return count(frames).most_parts;
}

} // namespace gemini
