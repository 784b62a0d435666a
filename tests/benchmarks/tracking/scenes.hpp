// SPDX-License-Identifier: LGPL-2.1-or-later
// The scenes of the benchmark: half of them to tune by, half only to report on.
#pragma once

#include "scene.hpp"

#include <vector>

namespace gemini::bench {

// What scenes are made of; all of them BGR.
struct Photos {
  cv::Mat astronaut;
  cv::Mat chelsea;
  cv::Mat coffee;
  cv::Mat street; // without people
};

std::vector<Scene> make_scenes(const Photos &photos);

} // namespace gemini::bench
