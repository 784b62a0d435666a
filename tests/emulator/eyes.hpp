// SPDX-License-Identifier: LGPL-2.1-or-later
// What can be seen in a picture: the interface that the visions implement.
#pragma once

#include "core/result.hpp"
#include "options.hpp"
#include "picture.hpp"

#include <memory>
#include <string>
#include <vector>

namespace gemini::emulator {

// In pixels of the picture, from the left edge of its first pixel to the right edge of its last.
struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

struct Sight {
  std::string label;
  Box box;
  double weight = 0; // the more, the sooner it is named: a score, or an area
};

class Eyes {
public:
  virtual ~Eyes() = default;
  // Heaviest first. Called by one thread only.
  virtual std::vector<Sight> look(const Picture &picture) = 0;
};

// The error is a sentence that says what is missing.
Result<std::unique_ptr<Eyes>, std::string> make_eyes(Vision vision, const std::string &models_dir);

} // namespace gemini::emulator
