// SPDX-License-Identifier: LGPL-2.1-or-later
// From what was said about pictures of parts of frames to what is known of the frames.
#pragma once

#include "core/analysis.hpp"
#include "plugin/analysis_job.hpp"

#include <span>
#include <vector>

namespace gemini {

// Moves all shapes to where they are on the frame. What was said about a crop belongs to its
// parent: things carry its name, and answers without a place get its box.
void put_on_frame(const AnalysisJob::Frame &picture, Analysis &said);

// One analysis for each frame, of those about its pictures, which follow each other.
std::vector<Analysis> join_pictures(std::span<const AnalysisJob::Frame> pictures,
                                    std::vector<Analysis> said);

} // namespace gemini
