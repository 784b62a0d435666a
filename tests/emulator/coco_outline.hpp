// SPDX-License-Identifier: LGPL-2.1-or-later
// The outlines of what the coco vision has found: people by a network made for them, other things
// by GrabCut, which parts colours inside a box from those around it.
#pragma once

#include "eyes.hpp"

#include <string>

#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>

namespace gemini::emulator {

class CocoOutliner {
public:
  // selfie.pb is read from `models_dir` when the first person is outlined.
  explicit CocoOutliner(std::string models_dir) : models_dir_(std::move(models_dir)) {}

  // Leaves the sight without an outline where none can be told.
  void outline(const Picture &picture, Sight &sight);

private:
  // The likeness of each pixel of `area`, 0..1; empty where the network is missing.
  cv::Mat person(const cv::Mat &rgb, const cv::Rect &box, const cv::Rect &area);

  std::string models_dir_;
  cv::dnn::Net network_;
  bool is_loaded_ = false;
};

} // namespace gemini::emulator
