// SPDX-License-Identifier: LGPL-2.1-or-later
// What can be drawn, apart from where. Equal primitives look the same, so they are also the keys
// of the sprite cache.
#pragma once

#include "core/cells.hpp"
#include "core/geometry.hpp"
#include "core/mask.hpp"
#include "render/pixels.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace gemini {

// An edge of a box, or its inside.
struct Bar {
  PixelSize size;
  Color color;
  std::uint8_t alpha = 255;
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

// The inside of an object in one colour.
struct Tint {
  // Cells are known by their address, so the key holds them: no others can get the same one, and a
  // mask that has only moved is not drawn again.
  Cells::Share cells;
  GridSize grid;   // of the cells
  PixelSize whole; // that the grid is stretched to
  PixelRect part;  // of these, what is drawn
  Color color;
  std::uint8_t alpha = 0; // where the mask covers in full
  bool operator==(const Tint &) const = default;
};

// A point, with rings round it that set it off from any background.
struct Dot {
  int diameter = 0; // rings included
  PixelRect part;   // of its square, what is drawn
  Color color;
  bool operator==(const Dot &) const = default;
};

// On either side of a line, besides its width.
inline constexpr double kStrokeEdge = 1;

struct Stroke {
  Point from; // in pixels of the sprite
  Point to;
  double width = 0;
  bool operator==(const Stroke &) const = default;
};

// Lines at any angle.
struct Strokes {
  PixelSize size;
  std::vector<Stroke> strokes;
  Color color;
  bool operator==(const Strokes &) const = default;
};

// Words on a dark, translucent plate, wrapped to the width of `limit` and cut at its height.
struct TextBlock {
  std::string text; // clean, see clean_text()
  std::string font;
  int font_size = 0;
  PixelSize limit;
  bool operator==(const TextBlock &) const = default;
};

using Primitive = std::variant<Bar, Plate, Tint, Dot, Strokes, TextBlock>;

struct PrimitiveHash {
  std::size_t operator()(const Primitive &primitive) const;
};

// The memory that is held by holding the primitive, where it is much.
std::size_t bytes_held_by(const Primitive &primitive);

} // namespace gemini
