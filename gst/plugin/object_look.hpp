// SPDX-License-Identifier: LGPL-2.1-or-later
// Which objects the overlay draws, in which colours, with which words, and how strongly.
#pragma once

#include "core/analysis.hpp"
#include "core/result.hpp"
#include "plugin/text_file.hpp"
#include "render/label_format.hpp"
#include "render/palette.hpp"
#include "render/scene_renderer.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace gemini {

enum class ColorBy { label, id };

// As the user writes it.
struct LookSettings {
  ColorBy color_by = ColorBy::label;
  std::string colors = {};
  std::string label_format = {};
  std::string only_labels = {};
  double min_confidence = 0;
  unsigned max_age_ms = 0; // 0: age does not matter
  bool operator==(const LookSettings &) const = default;
};

// Does not change once made; any thread.
class ObjectLook {
public:
  // That of the default settings.
  ObjectLook() = default;
  // The problem names the property.
  static Result<ObjectLook, SettingProblem> from(const LookSettings &settings);
  // The same, but what makes sense is taken, and the rest stays as it is.
  std::optional<SettingProblem> take(const LookSettings &settings);

  // None where the object is not to be drawn.
  std::optional<Annotation> annotation_of(const Object &object) const;

private:
  bool is_wanted(const Object &object) const;
  int strength_of(const Object &object) const;

  ColorBy color_by_ = ColorBy::label;
  Palette palette_;
  std::optional<LabelFormat> format_;    // none: the label, and behind it what was said
  std::vector<std::string> only_labels_; // folded; empty: all
  double min_confidence_ = 0;
  std::chrono::milliseconds max_age_{0};
};

} // namespace gemini
