// SPDX-License-Identifier: LGPL-2.1-or-later
// Turns what is known about a frame into sprites in their places.
#pragma once

#include "core/geometry.hpp"
#include "render/sprite.hpp"
#include "render/sprite_cache.hpp"
#include "render/sprite_painter.hpp"

#include <memory>
#include <string>
#include <vector>

namespace gemini {

// One thing to draw.
struct Annotation {
  std::string label; // as the model said it
  Rect box;
  bool operator==(const Annotation &) const = default;
};

struct Style {
  bool has_boxes = true;
  bool has_labels = true;
  int line_width = 0; // pixels; 0: by the size of the picture
  int font_size = 0;  // likewise; height of the em square
  std::string font = "Sans";
  bool operator==(const Style &) const = default;
};

// What 0 stands for on a picture of this size. An upright picture counts as its 4:3 middle, lest
// its labels fill its width.
int automatic_line_width(PixelSize picture);
int automatic_font_size(PixelSize picture);

// One thread at a time.
class SceneRenderer {
public:
  SceneRenderer();

  // Never null; empty where there is nothing to draw. The same input as the last time gives the
  // very same drawing.
  std::shared_ptr<const Drawing>
  render(PixelSize picture, const std::vector<Annotation> &annotations, const Style &style);
  // Forgets all sprites.
  void reset();

private:
  struct Input {
    PixelSize picture;
    std::vector<Annotation> annotations;
    Style style;
    bool operator==(const Input &) const = default;
  };

  Drawing draw(const Input &input);

  SpritePainter painter_;
  SpriteCache cache_;
  Input last_input_;
  std::shared_ptr<const Drawing> last_drawing_; // null: none since the start or reset()
};

} // namespace gemini
