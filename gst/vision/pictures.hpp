// SPDX-License-Identifier: LGPL-2.1-or-later
// The last pictures of a stream, for following objects that were seen some time ago.
#pragma once

#include "vision/luma_image.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>

namespace gemini::vision {

struct Picture {
  std::chrono::nanoseconds time{0};       // running time
  std::shared_ptr<const LumaImage> image; // null where this build sees no motion
  bool is_asked_about = false;            // or may be: an answer will be about it
};

// Oldest first. Holds kMost: beyond that, the older the picture, the wider the gaps between those
// that are left, so that an answer finds its way from any time.
class Pictures {
public:
  // At 480x270 they take 12.4 MB: about six seconds of fifteen a second, and more where frames are
  // fewer.
  static constexpr std::size_t kMost = 96;

  // Later than the newest one.
  void add(Picture picture);
  void clear() { pictures_.clear(); }
  // Those before the one that is nearest to `time`.
  void forget_before(std::chrono::nanoseconds time);

  bool empty() const { return pictures_.empty(); }
  std::size_t size() const { return pictures_.size(); }
  const Picture &at(std::size_t i) const { return pictures_.at(i); }
  const Picture &newest() const { return pictures_.back(); }
  // Of the picture nearest to `time`; there is one.
  std::size_t nearest(std::chrono::nanoseconds time) const;

private:
  void thin_out();

  std::deque<Picture> pictures_;
};

} // namespace gemini::vision
