// SPDX-License-Identifier: LGPL-2.1-or-later
// What the user can choose of geminioverlay.
#pragma once

#include "plugin/object_look.hpp"
#include "plugin/redactor.hpp"
#include "render/scene_renderer.hpp"

#include <string>

namespace gemini {

enum class Show : unsigned {
  nothing = 0,
  boxes = 1 << 0,
  labels = 1 << 1,
  masks = 1 << 2,
  points = 1 << 3,
  boxes_3d = 1 << 4,
  text = 1 << 5,
  status = 1 << 6,
  what_was_seen = boxes | labels | masks | points | boxes_3d | text,
};

constexpr bool contains(Show set, Show one)
{
  return (static_cast<unsigned>(set) & static_cast<unsigned>(one)) != 0;
}

enum class Redact { none, blur, pixelate, solid };

struct OverlaySettings { // defaults live here, in LookSettings and RedactSettings, nowhere else
  Show show = Show::what_was_seen;
  BoxStyle box_style = BoxStyle::outline;
  ColorBy color_by = LookSettings{}.color_by;
  std::string colors;
  std::string label_format;
  std::string only_labels;
  double min_confidence = LookSettings{}.min_confidence;
  unsigned max_age_ms = LookSettings{}.max_age_ms;
  TextPosition text_position = TextPosition::bottom;
  unsigned line_width = 0;
  unsigned font_size = 0;
  std::string font = "Sans";
  double mask_opacity = 0.5;
  double camera_fov = 60;
  Redact redact = Redact::none;
  std::string redact_labels;
  double redact_margin = RedactSettings{}.margin;
  unsigned redact_hold_ms = static_cast<unsigned>(RedactSettings{}.hold.count());
  bool redact_strict = RedactSettings{}.is_strict;

  LookSettings look() const
  {
    return {.color_by = color_by,
            .colors = colors,
            .label_format = label_format,
            .only_labels = only_labels,
            .min_confidence = min_confidence,
            .max_age_ms = max_age_ms};
  }
};

} // namespace gemini
