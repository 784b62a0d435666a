// SPDX-License-Identifier: LGPL-2.1-or-later
// The street video of get-media.sh.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

namespace gemini::bench {

inline constexpr std::size_t kStreetRate = 10;
inline constexpr std::size_t kStreetPictures = 795;

// Its pictures, in I420. None where the file or a decoder for it is missing.
std::vector<cv::Mat> street_pictures(const std::string &file);

} // namespace gemini::bench
