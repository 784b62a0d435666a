// SPDX-License-Identifier: LGPL-2.1-or-later
// What can be seen in a picture: the interface that the visions implement.
#pragma once

#include "core/result.hpp"
#include "options.hpp"
#include "outline.hpp"
#include "picture.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gemini::emulator {

struct Sight {
  std::string label;
  Box box;
  double weight = 0; // the more, the sooner it is named: a score, or an area
  // Where they are known, after Eyes::outline():
  std::vector<Ring> rings = {}; // large ones first, holes among them
  std::optional<PixelMap> map = {};
};

class Eyes {
public:
  virtual ~Eyes() = default;
  // Heaviest first. Called by one thread only.
  virtual std::vector<Sight> look(const Picture &picture) = 0;
  // Finds the outline of what look() has found in the same picture. It costs more than looking, so
  // it is for those who want it.
  virtual void outline(const Picture &, Sight &) {}
};

// The error is a sentence that says what is missing.
Result<std::unique_ptr<Eyes>, std::string> make_eyes(Vision vision, const std::string &models_dir);

} // namespace gemini::emulator
