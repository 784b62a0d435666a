// SPDX-License-Identifier: LGPL-2.1-or-later
// Which objects the overlay draws, in which colours, with which words, and how strongly.
#include "plugin/object_look.hpp"

#include "plugin/word_list.hpp"
#include "render/label_text.hpp"
#include "wire/text.hpp"

#include <pango/pango.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace gemini {
namespace {

std::optional<Color> parse_color(const std::string &text)
{
  PangoColor color{};
  if (!pango_color_parse(&color, text.c_str()))
    return std::nullopt;
  const auto byte = [](guint16 channel) { return static_cast<std::uint8_t>(channel >> 8); };
  return Color{byte(color.red), byte(color.green), byte(color.blue)};
}

Result<Palette, SettingProblem> parse_colors(const std::string &text)
{
  Palette palette;
  std::vector<Color> colors;
  for (const std::string &entry : split_list(text)) {
    const auto equals = entry.rfind('=');
    const bool has_label = equals != std::string::npos;
    const std::string value{wire::trimmed(has_label ? entry.substr(equals + 1) : entry)};
    const auto color = parse_color(value);
    if (!color)
      return SettingProblem{
          "colors: \"" + wire::safe_line(value, 40) +
          "\" is no colour. Write #rgb, #rrggbb or one of the names that CSS has, "
          "and \"label=\" before that of a label."};
    if (has_label)
      palette.set_color(wire::trimmed(std::string_view{entry}.substr(0, equals)), *color);
    else
      colors.push_back(*color);
  }
  if (!colors.empty())
    palette.set_colors(std::move(colors));
  return palette;
}

} // namespace

Result<ObjectLook, SettingProblem> ObjectLook::from(const LookSettings &settings)
{
  ObjectLook look;
  if (auto problem = look.take(settings))
    return std::move(*problem);
  return look;
}

std::optional<SettingProblem> ObjectLook::take(const LookSettings &settings)
{
  color_by_ = settings.color_by;
  only_labels_.clear();
  for (const std::string &label : split_list(settings.only_labels))
    only_labels_.push_back(folded(label));
  min_confidence_ = settings.min_confidence;
  max_age_ = std::chrono::milliseconds{settings.max_age_ms};

  std::optional<SettingProblem> problem;
  if (auto palette = parse_colors(settings.colors))
    palette_ = std::move(*palette);
  else
    problem = std::move(palette.error());
  if (settings.label_format.empty())
    format_.reset();
  else if (auto format = LabelFormat::parse(settings.label_format))
    format_ = std::move(*format);
  else
    problem = SettingProblem{"label-format: " + format.error() + "."};
  return problem;
}

bool ObjectLook::is_wanted(const Object &object) const
{
  if (object.confidence && *object.confidence < min_confidence_)
    return false;
  return only_labels_.empty() || std::find(only_labels_.begin(), only_labels_.end(),
                                           folded(object.label)) != only_labels_.end();
}

// Fades in the second half of the time that it has.
int ObjectLook::strength_of(const Object &object) const
{
  if (max_age_.count() == 0)
    return kFullStrength;
  const double left =
      1 - std::chrono::duration<double>(object.track.age) / std::chrono::duration<double>(max_age_);
  return static_cast<int>(std::ceil(std::clamp(2 * left, 0.0, 1.0) * kFullStrength));
}

std::optional<Annotation> ObjectLook::annotation_of(const Object &object) const
{
  const int strength = strength_of(object);
  if (strength == 0 || !is_wanted(object))
    return std::nullopt;
  Annotation annotation{.label = object.label,
                        .box = object.box,
                        .mask = object.mask,
                        .point = object.point,
                        .box_3d = object.box_3d,
                        .words = object.text.value_or(""),
                        .strength = strength};
  const bool has_id = object.id != 0;
  annotation.color = color_by_ == ColorBy::id && has_id ? palette_.of(object.id)
                                                        : palette_.of(clean_label(object.label));
  if (format_)
    annotation.caption = format_->fill({.label = object.label,
                                        .text = annotation.words,
                                        .state = to_string(object.track.state),
                                        .id = has_id ? std::optional{object.id} : std::nullopt,
                                        .confidence = object.confidence,
                                        .age = object.track.age});
  return annotation;
}

} // namespace gemini
