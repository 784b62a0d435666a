// SPDX-License-Identifier: LGPL-2.1-or-later
// With its default parameters. Where it has lost the object, its last box stays.
#include "csrt.hpp"

#ifdef HAVE_CSRT
#include <opencv2/tracking.hpp>
#endif

namespace gemini::bench {

#ifdef HAVE_CSRT

struct Csrt::Parts {
  cv::Ptr<cv::TrackerCSRT> tracker = cv::TrackerCSRT::create();
};

Csrt::Csrt(const cv::Mat &bgr, const Rect &place) : place_(place), parts_(std::make_unique<Parts>())
{
  const cv::Rect box{cvRound(place.x * bgr.cols), cvRound(place.y * bgr.rows),
                     cvRound(place.w * bgr.cols), cvRound(place.h * bgr.rows)};
  parts_->tracker->init(bgr, box);
}

void Csrt::step(const cv::Mat &bgr)
{
  cv::Rect box;
  if (parts_->tracker->update(bgr, box))
    place_ = {static_cast<double>(box.x) / bgr.cols, static_cast<double>(box.y) / bgr.rows,
              static_cast<double>(box.width) / bgr.cols,
              static_cast<double>(box.height) / bgr.rows};
}

#else

struct Csrt::Parts {};

Csrt::Csrt(const cv::Mat &, const Rect &place) : place_(place) {}

void Csrt::step(const cv::Mat &) {}

#endif

Csrt::Csrt(Csrt &&) noexcept = default;
Csrt::~Csrt() = default;

} // namespace gemini::bench
