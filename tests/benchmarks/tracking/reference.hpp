// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the people of a street are on every picture, as the emulator's network sees them.
#pragma once

#include "film.hpp"

#include <string>
#include <vector>

namespace gemini::bench {

// Boxes of one picture.
using Boxes = std::vector<Rect>;

// Of each picture. Read from `cache` where that was written for as much as `key` says, else made
// (100 ms a picture) and written there. An empty `cache` is none. Nothing where the network is
// missing.
std::vector<Boxes> people_on(const std::vector<cv::Mat> &pictures, const std::string &models,
                             const std::string &cache, const std::string &key);

// The boxes of the same person: those that overlap by at least a half from picture to picture.
// Where nothing was seen for up to five pictures, the boxes between are put in.
std::vector<Course> linked(const std::vector<Boxes> &pictures);

} // namespace gemini::bench
