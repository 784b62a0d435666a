// SPDX-License-Identifier: LGPL-2.1-or-later
// Turns what is known about a frame into sprites in their places.
#pragma once

#include "core/box_3d.hpp"
#include "core/geometry.hpp"
#include "core/mask.hpp"
#include "render/pixels.hpp"
#include "render/sprite.hpp"
#include "render/sprite_cache.hpp"
#include "render/sprite_painter.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gemini {

// One thing to draw. Without any shape it is a class of the whole picture, which is a line of text.
struct Annotation {
  std::string label; // as the model said it
  std::optional<Rect> box = std::nullopt;
  std::shared_ptr<const Mask> mask = nullptr;
  std::optional<Point> point = std::nullopt;
  std::optional<Box3d> box_3d = std::nullopt;
  std::string words = {};                            // what was said about it, behind the label
  std::optional<std::string> caption = std::nullopt; // in place of label and words
  std::optional<Color> color = std::nullopt;         // in place of the label's
  int strength = kFullStrength;
  bool operator==(const Annotation &) const = default;
};

enum class BoxStyle { outline, corners, filled };

enum class TextPosition { bottom_left, bottom, bottom_right, top_left, top, top_right, center };

struct Style {
  bool has_boxes = true;
  bool has_labels = true;
  bool has_masks = true;
  bool has_points = true;
  bool has_boxes_3d = true;
  bool has_text = true;
  BoxStyle box_style = BoxStyle::outline;
  TextPosition text_position = TextPosition::bottom;
  int line_width = 0; // pixels; 0: by the size of the picture
  int font_size = 0;  // likewise; height of the em square
  std::string font = "Sans";
  double mask_opacity = 0.5; // 0..1; of filled boxes, too
  double camera_fov = 60;    // degrees, horizontal
  double pixel_aspect = 1;   // width of the picture's pixels by their height
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
  // very same drawing. `text` is a caption or an answer in words, `status` a line about the answer
  // itself.
  std::shared_ptr<const Drawing> render(PixelSize picture,
                                        const std::vector<Annotation> &annotations,
                                        const Style &style, const std::string &text = {},
                                        const std::string &status = {});
  // Forgets all sprites.
  void reset();

private:
  struct Input {
    PixelSize picture;
    std::vector<Annotation> annotations;
    Style style;
    std::string text;
    std::string status;
    bool operator==(const Input &) const = default;
  };

  class Sketch;

  Drawing draw(const Input &input);

  SpritePainter painter_;
  SpriteCache cache_;
  Input last_input_;
  std::shared_ptr<const Drawing> last_drawing_; // null: none since the start or reset()
};

} // namespace gemini
