// SPDX-License-Identifier: LGPL-2.1-or-later
// Shapes kind by kind, then labels on top of all shapes.
#include "render/scene_renderer.hpp"

#include "render/label_placement.hpp"
#include "render/label_text.hpp"
#include "render/layer.hpp"
#include "render/palette.hpp"
#include "render/shapes.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

namespace gemini {
namespace {

constexpr std::size_t kMaxCachedBytes = std::size_t{64} << 20; // a mask of all of a 4K frame fits
constexpr int kMinFontSize = 11;    // smaller letters do not survive video compression
constexpr int kMinReadableSize = 6; // smaller ones are but a smear
constexpr int kStatusLines = 4;     // of font sizes: two lines with the edges of their plate

int reference_height(PixelSize picture)
{
  return std::min(picture.height, picture.width * 3 / 4);
}

struct Look {
  int line_width;
  int font_size;
  PixelSize label_limit;
};

Look look_of(const Style &style, PixelSize picture)
{
  const int font_size = style.font_size ? style.font_size : automatic_font_size(picture);
  return {
      .line_width = style.line_width ? style.line_width : automatic_line_width(picture),
      .font_size = font_size,
      // A label may take half of the width, in small pictures all of it.
      .label_limit = {std::min(picture.width, std::max(picture.width / 2, 12 * font_size)),
                      picture.height},
  };
}

bool has_shape(const Annotation &annotation)
{
  return annotation.box || annotation.mask || annotation.point || annotation.box_3d;
}

std::string caption_of(const Annotation &annotation)
{
  if (annotation.caption)
    return clean_label(*annotation.caption);
  const std::string name = clean_label(annotation.label);
  const std::string words = clean_label(annotation.words);
  return name.empty() || words.empty() ? name + words : name + ": " + words;
}

struct Label {
  std::shared_ptr<const Sprite> sprite;
  PixelRect box;
  LabelSide side = LabelSide::above;
};

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
                                                     const Style &style, const std::string &text,
                                                     const std::string &status)
{
  Input input{picture, annotations, style, text, status};
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

// Draws one scene, kind by kind, so that later kinds lie on top.
class SceneRenderer::Sketch {
public:
  Sketch(const Input &input, SpriteCache &cache)
      : input_(input), style_(input.style), picture_(input.picture),
        look_(look_of(input.style, input.picture)), cache_(cache), masks_(input.picture),
        wireframes_(input.picture)
  {
    for (const Annotation &annotation : input.annotations)
      add(annotation);
  }

  Drawing finish()
  {
    Drawing drawing = masks_.take();
    const auto append = [&](const Drawing &more) {
      drawing.insert(drawing.end(), more.begin(), more.end());
    };
    append(wireframes_.take());
    append(bars_);
    append(dots_);
    Drawing blocks;
    for (const auto &block : {place_status(), place_text()})
      if (block) {
        taken_.push_back(
            {block->at.x, block->at.y, block->sprite->size.width, block->sprite->size.height});
        blocks.push_back(*block);
      }
    append(place_labels());
    append(blocks);
    return drawing;
  }

private:
  void add(const Annotation &annotation)
  {
    const Color color = annotation.color.value_or(color_of(clean_label(annotation.label)));
    const std::string text = caption_of(annotation);
    // A label stands at the first of these.
    std::optional<Label> place = add_box(annotation, color);
    const auto or_else = [&](std::optional<Label> next) {
      if (!place)
        place = std::move(next);
    };
    or_else(add_mask(annotation, color));
    or_else(add_box_3d(annotation, color));
    or_else(add_point(annotation, color));
    if (!place || !style_.has_labels || text.empty())
      return;
    place->sprite = cache_.get(Plate{text, color, style_.font, look_.font_size, look_.label_limit},
                               annotation.strength);
    labels_.push_back(std::move(*place));
  }

  // Each returns where a label belongs, also where the shape itself is not to be shown.
  std::optional<Label> add_box(const Annotation &annotation, Color color)
  {
    const auto outline =
        annotation.box ? outline_of(*annotation.box, picture_, look_.line_width) : std::nullopt;
    if (!outline)
      return std::nullopt;
    if (style_.has_boxes) {
      const auto add_bars = [&](const auto &bars) {
        for (const PixelRect &bar : bars)
          if (bar.width > 0 && bar.height > 0)
            bars_.push_back({cache_.get(Bar{{bar.width, bar.height}, color}, annotation.strength),
                             {bar.x, bar.y}});
      };
      if (style_.box_style == BoxStyle::corners)
        add_bars(corners_of(*outline, look_.line_width));
      else
        add_bars(bars_of(*outline, look_.line_width));
      if (style_.box_style == BoxStyle::filled)
        fill(*outline, color, annotation.strength);
    }
    return Label{nullptr, *outline};
  }

  void fill(const PixelRect &outline, Color color, int strength)
  {
    const int line = look_.line_width;
    const PixelSize inside{outline.width - 2 * line, outline.height - 2 * line};
    const auto alpha = static_cast<std::uint8_t>(std::lround(style_.mask_opacity * 255));
    if (inside.width > 0 && inside.height > 0 && alpha > 0 && !masks_.is_full())
      masks_.add(
          {cache_.get(Bar{inside, color, alpha}, strength), {outline.x + line, outline.y + line}});
  }

  std::optional<Label> add_mask(const Annotation &annotation, Color color)
  {
    const double opacity = style_.has_masks ? style_.mask_opacity : 0;
    const auto tint = tint_of(annotation.mask, picture_, color, opacity);
    if (tint && !masks_.is_full())
      masks_.add({cache_.get(tint->primitive, annotation.strength), tint->at});
    const auto outline = annotation.mask
                             ? outline_of(annotation.mask->rect, picture_, look_.line_width)
                             : std::nullopt;
    return outline ? std::optional{Label{nullptr, *outline}} : std::nullopt;
  }

  std::optional<Label> add_box_3d(const Annotation &annotation, Color color)
  {
    if (!annotation.box_3d)
      return std::nullopt;
    const double aspect = style_.pixel_aspect * picture_.width / picture_.height;
    const auto strokes = strokes_of(project(*annotation.box_3d, style_.camera_fov, aspect),
                                    picture_, color, look_.line_width);
    if (!strokes)
      return std::nullopt;
    if (style_.has_boxes_3d && !wireframes_.is_full())
      wireframes_.add({cache_.get(strokes->primitive, annotation.strength), strokes->at});
    const PixelPoint top{strokes->top.x, std::max(0, strokes->top.y - look_.line_width)};
    const int bottom = strokes->at.y + strokes->primitive.size.height;
    return Label{nullptr, {top.x, top.y, 0, bottom - top.y}};
  }

  std::optional<Label> add_point(const Annotation &annotation, Color color)
  {
    const auto dot = annotation.point ? dot_of(*annotation.point, picture_, color, look_.line_width)
                                      : std::nullopt;
    if (!dot)
      return std::nullopt;
    const PixelRect square{dot->at.x, dot->at.y, dot->primitive.part.width,
                           dot->primitive.part.height};
    if (style_.has_points) {
      dots_.push_back({cache_.get(dot->primitive, annotation.strength), dot->at});
      taken_.push_back(square);
    }
    return Label{nullptr, square, LabelSide::beside};
  }

  // Round what is taken.
  Drawing place_labels()
  {
    std::vector<LabelRequest> requests;
    requests.reserve(labels_.size());
    for (const Label &label : labels_)
      requests.push_back({label.sprite->size, label.box, label.side});
    const std::vector<PixelPoint> places =
        gemini::place_labels(requests, picture_, std::move(taken_));
    Drawing placed;
    for (std::size_t i = 0; i < labels_.size(); ++i)
      placed.push_back({labels_[i].sprite, places[i]});
    return placed;
  }

  // What the model said in words, then a line for each class.
  std::string words() const
  {
    std::string words = input_.text;
    for (const Annotation &annotation : input_.annotations) {
      if (!has_shape(annotation))
        words +=
            "\n" + (annotation.caption ? caption_of(annotation) : clean_label(annotation.label));
    }
    return clean_text(words);
  }

  std::optional<PlacedSprite> place_text()
  {
    return place_block(style_.has_text ? words() : "", picture_.height / 3, style_.text_position);
  }

  // At the top, where the text does not begin.
  std::optional<PlacedSprite> place_status()
  {
    const bool is_left_taken =
        style_.text_position == TextPosition::top_left || style_.text_position == TextPosition::top;
    return place_block(clean_label(input_.status), kStatusLines * look_.font_size,
                       is_left_taken ? TextPosition::bottom_left : TextPosition::top_left);
  }

  std::optional<PlacedSprite> place_block(const std::string &text, int max_height,
                                          TextPosition position)
  {
    const int margin = round_up_to_even(look_.font_size / 2);
    const PixelSize limit{picture_.width - 2 * margin, std::min(max_height, picture_.height / 3)};
    // A line with the edges of its plate is about two font sizes high.
    const int font_size = std::min(look_.font_size, limit.height / 2);
    if (text.empty() || limit.width < font_size || font_size < kMinReadableSize)
      return std::nullopt;
    const auto sprite = cache_.get(TextBlock{text, style_.font, font_size, limit});
    return PlacedSprite{sprite, block_at(sprite->size, margin, position)};
  }

  PixelPoint block_at(PixelSize size, int margin, TextPosition position) const
  {
    const int right = picture_.width - size.width - margin;
    const int bottom = picture_.height - size.height - margin;
    const PixelPoint middle{(picture_.width - size.width) / 2, (picture_.height - size.height) / 2};
    PixelPoint at = middle;
    switch (position) {
    case TextPosition::bottom_left:
      at = {margin, bottom};
      break;
    case TextPosition::bottom:
      at.y = bottom;
      break;
    case TextPosition::bottom_right:
      at = {right, bottom};
      break;
    case TextPosition::top_left:
      at = {margin, margin};
      break;
    case TextPosition::top:
      at.y = margin;
      break;
    case TextPosition::top_right:
      at = {right, margin};
      break;
    case TextPosition::center:
      break;
    }
    return {round_down_to_even(std::max(0, at.x)), round_down_to_even(std::max(0, at.y))};
  }

  const Input &input_;
  const Style &style_;
  PixelSize picture_;
  Look look_;
  SpriteCache &cache_;
  Layer masks_;
  Layer wireframes_;
  Drawing bars_;
  Drawing dots_;
  std::vector<Label> labels_;
  std::vector<PixelRect> taken_; // where no label should stand
};

Drawing SceneRenderer::draw(const Input &input)
{
  return Sketch{input, cache_}.finish();
}

} // namespace gemini
