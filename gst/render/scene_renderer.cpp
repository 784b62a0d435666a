// SPDX-License-Identifier: LGPL-2.1-or-later
// Boxes as four bars each, then labels on top of all boxes.
#include "render/scene_renderer.hpp"

#include "render/label_placement.hpp"
#include "render/label_text.hpp"
#include "render/palette.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

namespace gemini {
namespace {

constexpr std::size_t kMaxCachedBytes = std::size_t{16} << 20;
constexpr int kMinFontSize = 11; // smaller letters do not survive video compression

int reference_height(PixelSize picture)
{
  return std::min(picture.height, picture.width * 3 / 4);
}

// The pixels of a box's outline, border included; none where it is outside of the picture. Edges
// lie on even pixels, so that on subsampled formats they are as sharp in chroma as in luma.
std::optional<PixelRect> outline_of(const Rect &box, PixelSize picture, int line_width)
{
  if (!std::isfinite(box.x) || !std::isfinite(box.y) || !std::isfinite(box.w) ||
      !std::isfinite(box.h))
    return std::nullopt;
  const auto edge = [](double position, int limit) {
    return std::min(2 * static_cast<int>(std::lround(std::clamp<double>(position, 0, limit) / 2)),
                    limit);
  };
  const double half = line_width / 2.0;
  const int left = edge(box.x * picture.width - half, picture.width);
  const int top = edge(box.y * picture.height - half, picture.height);
  const int right = edge(box.right() * picture.width + half, picture.width);
  const int bottom = edge(box.bottom() * picture.height + half, picture.height);
  if (right <= left || bottom <= top)
    return std::nullopt;
  return PixelRect{left, top, right - left, bottom - top};
}

// The outline's bars, without overlap; those of no size where the box is smaller than two lines.
std::array<PixelRect, 4> bars_of(const PixelRect &outline, int line_width)
{
  const int top = std::min(line_width, outline.height);
  const int bottom = std::min(line_width, outline.height - top);
  const int left = std::min(line_width, outline.width);
  const int right = std::min(line_width, outline.width - left);
  const int inner_height = outline.height - top - bottom;
  return {{
      {outline.x, outline.y, outline.width, top},
      {outline.x, outline.bottom() - bottom, outline.width, bottom},
      {outline.x, outline.y + top, left, inner_height},
      {outline.right() - right, outline.y + top, right, inner_height},
  }};
}

struct Label {
  std::shared_ptr<const Sprite> sprite;
  PixelRect box;
};

void place(const std::vector<Label> &labels, PixelSize picture, Drawing &drawing)
{
  std::vector<LabelRequest> requests;
  requests.reserve(labels.size());
  for (const Label &label : labels)
    requests.push_back({label.sprite->size, label.box});
  const std::vector<PixelPoint> places = place_labels(requests, picture);
  for (std::size_t i = 0; i < labels.size(); ++i)
    drawing.push_back({labels[i].sprite, places[i]});
}

} // namespace

int automatic_line_width(PixelSize picture)
{
  return std::max(2, 2 * static_cast<int>(std::lround(reference_height(picture) / 480.0)));
}

int automatic_font_size(PixelSize picture)
{
  return std::max(kMinFontSize, reference_height(picture) / 40);
}

SceneRenderer::SceneRenderer()
    : cache_(kMaxCachedBytes, [this](const Primitive &p) { return painter_.draw(p); })
{
}

std::shared_ptr<const Drawing> SceneRenderer::render(PixelSize picture,
                                                     const std::vector<Annotation> &annotations,
                                                     const Style &style)
{
  Input input{picture, annotations, style};
  if (!last_drawing_ || input != last_input_) {
    last_drawing_ = std::make_shared<const Drawing>(draw(input));
    last_input_ = std::move(input);
  }
  return last_drawing_;
}

void SceneRenderer::reset()
{
  cache_.clear();
  last_drawing_.reset();
  last_input_ = {};
}

Drawing SceneRenderer::draw(const Input &input)
{
  const auto &[picture, annotations, style] = input;
  const int line_width = style.line_width ? style.line_width : automatic_line_width(picture);
  const int font_size = style.font_size ? style.font_size : automatic_font_size(picture);
  // A label may take half of the width, in small pictures all of it.
  const PixelSize limit{std::min(picture.width, std::max(picture.width / 2, 12 * font_size)),
                        picture.height};
  Drawing drawing;
  std::vector<Label> labels;
  for (const Annotation &annotation : annotations) {
    const auto outline = outline_of(annotation.box, picture, line_width);
    if (!outline)
      continue;
    std::string text = clean_label(annotation.label);
    const Color color = color_of(text);
    if (style.has_boxes) {
      for (const PixelRect &bar : bars_of(*outline, line_width)) {
        if (bar.width > 0 && bar.height > 0)
          drawing.push_back({cache_.get(Bar{{bar.width, bar.height}, color}), {bar.x, bar.y}});
      }
    }
    if (style.has_labels && !text.empty()) {
      const Plate plate{std::move(text), color, style.font, font_size, limit};
      labels.push_back({cache_.get(plate), *outline});
    }
  }
  place(labels, picture, drawing);
  return drawing;
}

} // namespace gemini
