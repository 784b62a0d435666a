// SPDX-License-Identifier: LGPL-2.1-or-later
// What can be drawn, apart from where. Equal primitives look the same, so they are also the keys
// of the sprite cache.
#pragma once

#include "render/pixels.hpp"

#include <cstddef>
#include <string>
#include <variant>

namespace gemini {

// An edge of a box.
struct Bar {
  PixelSize size;
  Color color;
  bool operator==(const Bar &) const = default;
};

// A label on its background. It becomes as large as the text needs, and never larger than `limit`.
struct Plate {
  std::string text; // clean, see clean_label()
  Color background;
  std::string font; // family and style as Pango reads them
  int font_size = 0;
  PixelSize limit;
  bool operator==(const Plate &) const = default;
};

using Primitive = std::variant<Bar, Plate>;

struct PrimitiveHash {
  std::size_t operator()(const Primitive &primitive) const;
};

} // namespace gemini
