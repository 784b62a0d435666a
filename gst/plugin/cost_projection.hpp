// SPDX-License-Identifier: LGPL-2.1-or-later
// What a day of this stream will cost, told as soon as that can be said and whenever it changes.
#pragma once

#include "core/view.hpp"
#include "plugin/analyzer_settings.hpp"
#include "plugin/budget_messages.hpp"

#include <gst/video/video.h>

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gemini {

// Any thread.
class CostProjection {
public:
  CostProjection(GstElement *element, std::string base_url);
  CostProjection(const CostProjection &) = delete;
  CostProjection &operator=(const CostProjection &) = delete;

  // The stream's frames, with a size.
  void note_frames(const GstVideoInfo &info);
  // Those of a sample. True: they are the first, and worth a message; that they differ from frame
  // to frame is not.
  bool note_crops(std::vector<View> crops);
  // Posts it, unless it is as it was. Not with a lock held, as whoever hears of it may set a
  // property. `mean_output`: tokens of an answer so far.
  void tell(const ResolvedSettings &settings, std::size_t n_references, double mean_output);

private:
  GstElement *element_;
  const std::string base_url_; // of the service

  std::mutex mutex_; // guards all below; never held while calling anything else
  std::optional<GstVideoInfo> info_;
  std::vector<View> crops_; // the newest
  std::optional<std::pair<Projection, ProjectionBasis>> told_;
};

} // namespace gemini
