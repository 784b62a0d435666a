// SPDX-License-Identifier: LGPL-2.1-or-later
// The tracker that OpenCV's users take when it has to be good: one object, colours, 17 ms a
// picture.
#pragma once

#include "core/geometry.hpp"

#include <memory>

#include <opencv2/core.hpp>

namespace gemini::bench {

#ifdef HAVE_CSRT
inline constexpr bool kHasCsrt = true;
#else
inline constexpr bool kHasCsrt = false;
#endif

class Csrt {
public:
  // `place`: normalised.
  Csrt(const cv::Mat &bgr, const Rect &place);
  Csrt(Csrt &&) noexcept;
  ~Csrt();

  void step(const cv::Mat &bgr);
  const Rect &place() const { return place_; }

private:
  struct Parts;
  Rect place_;
  std::unique_ptr<Parts> parts_;
};

} // namespace gemini::bench
