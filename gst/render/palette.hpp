// SPDX-License-Identifier: LGPL-2.1-or-later
// Colours of objects: the same label has the same colour on every frame, in every run, on every
// machine.
#pragma once

#include "render/pixels.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gemini {

// Upper and lower case make no difference to labels.
class Palette {
public:
  // Begins with colours that colour-blind people can tell apart.
  Palette();
  // Those that labels get, in place of ours; at least one.
  void set_colors(std::vector<Color> colors) { colors_ = std::move(colors); }
  // That of one label.
  void set_color(std::string_view label, Color color);

  Color of(std::string_view label) const;
  // Neighbours differ.
  Color of(std::uint64_t id) const;

private:
  std::vector<Color> colors_;
  std::map<std::string, Color> named_; // by the folded label
};

// Of the palette that is there without anybody's choice.
Color color_of(std::string_view label);
// Black or white, whichever reads better on `background`.
Color ink_on(Color background);
// The same letters whatever their case; of valid UTF-8.
std::string folded(std::string_view text);

} // namespace gemini
