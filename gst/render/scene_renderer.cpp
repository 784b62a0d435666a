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
                                                     const Style &style, const std::string &text)
{
  Input input{picture, annotations, style, text};
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
    const auto text = place_text();
    append(place_labels_round(text));
    if (text)
      drawing.push_back(*text);
    return drawing;
  }

private:
  void add(const Annotation &annotation)
  {
    const std::string name = clean_label(annotation.label);
    const Color color = color_of(name);
    const std::string words = clean_label(annotation.words);
    const std::string text = name.empty() || words.empty() ? name + words : name + ": " + words;
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
    place->sprite = cache_.get(Plate{text, color, style_.font, look_.font_size, look_.label_limit});
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
      for (const PixelRect &bar : bars_of(*outline, look_.line_width)) {
        if (bar.width > 0 && bar.height > 0)
          bars_.push_back({cache_.get(Bar{{bar.width, bar.height}, color}), {bar.x, bar.y}});
      }
    }
    return Label{nullptr, *outline};
  }

  std::optional<Label> add_mask(const Annotation &annotation, Color color)
  {
    const double opacity = style_.has_masks ? style_.mask_opacity : 0;
    const auto tint = tint_of(annotation.mask, picture_, color, opacity);
    if (tint && !masks_.is_full())
      masks_.add({cache_.get(tint->primitive), tint->at});
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
      wireframes_.add({cache_.get(strokes->primitive), strokes->at});
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
      dots_.push_back({cache_.get(dot->primitive), dot->at});
      taken_.push_back(square);
    }
    return Label{nullptr, square, LabelSide::beside};
  }

  Drawing place_labels_round(const std::optional<PlacedSprite> &text)
  {
    if (text)
      taken_.push_back(
          {text->at.x, text->at.y, text->sprite->size.width, text->sprite->size.height});
    std::vector<LabelRequest> requests;
    requests.reserve(labels_.size());
    for (const Label &label : labels_)
      requests.push_back({label.sprite->size, label.box, label.side});
    const std::vector<PixelPoint> places = place_labels(requests, picture_, std::move(taken_));
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
        words += "\n" + clean_label(annotation.label);
    }
    return clean_text(words);
  }

  // In the middle of the picture's lower border.
  std::optional<PlacedSprite> place_text()
  {
    const std::string text = style_.has_text ? words() : "";
    const int margin = round_up_to_even(look_.font_size / 2);
    const PixelSize limit{picture_.width - 2 * margin, picture_.height / 3};
    // A line with the edges of its plate is about two font sizes high.
    const int font_size = std::min(look_.font_size, limit.height / 2);
    if (text.empty() || limit.width < font_size || font_size < kMinReadableSize)
      return std::nullopt;
    const auto sprite = cache_.get(TextBlock{text, style_.font, font_size, limit});
    const auto &[width, height] = sprite->size;
    return PlacedSprite{sprite,
                        {round_down_to_even((picture_.width - width) / 2),
                         round_down_to_even(std::max(0, picture_.height - height - margin))}};
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
