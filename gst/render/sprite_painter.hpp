// SPDX-License-Identifier: LGPL-2.1-or-later
// Draws primitives with Cairo and Pango.
#pragma once

#include "render/primitive.hpp"
#include "render/sprite.hpp"

#include <memory>

namespace gemini {

// One thread at a time.
class SpritePainter {
public:
  SpritePainter();
  ~SpritePainter();
  SpritePainter(const SpritePainter &) = delete;
  SpritePainter &operator=(const SpritePainter &) = delete;

  Sprite draw(const Primitive &primitive);

private:
  class Text;

  Text &text();

  std::unique_ptr<Text> text_; // made with the first text: looking for fonts takes its time
};

} // namespace gemini
