// SPDX-License-Identifier: LGPL-2.1-or-later
// What a prompt asks for, read as a model reads it: from the names of the keys more than from the
// sentence around them, and from verbs where there are no keys.
#pragma once

#include <string_view>

namespace gemini::emulator {

struct Asked {
  // Parts of a list of things.
  bool boxes = false;
  bool masks = false;
  bool points = false;
  bool boxes_3d = false;
  bool confidence = false;

  bool classes = false; // a list of labels, most likely first

  bool things() const { return boxes || masks || points || boxes_3d; }
};

// What is ruled out ("no masks") is not asked for.
Asked read_task(std::string_view prompt);

} // namespace gemini::emulator
