// SPDX-License-Identifier: LGPL-2.1-or-later
// From the properties to the parts of a frame that are sent, and to those that must not be.
#include "plugin/part_settings.hpp"

#include "plugin/word_list.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace gemini {

namespace {

// Sums of written numbers, such as 0.7 + 0.3, are not always what they should be.
constexpr double kRounding = 1e-6;

SettingProblem problem_with(std::string_view property, std::string_view text, std::string_view why)
{
  return {std::string{property} + ": \"" + wire::one_line(text, 80) + "\" " + std::string{why}};
}

// How the rectangles of a property are written.
struct Form {
  std::string_view property;
  std::string_view separators; // between the numbers
  std::string_view words;      // the same in words
};
constexpr Form kRegion{.property = "region",
                       .separators = ", \t\n",
                       .words = "write x,y,width,height, each from 0 to 1 over the frame."};
constexpr Form kPrivacyRegion{
    .property = "privacy-regions",
    .separators = " \t",
    .words =
        "write \"x y width height\" with spaces between them, each from 0 to 1 over the frame, "
        "one rectangle per comma or line."};

Result<Rect, SettingProblem> read_rect(std::string_view text, const Form &form)
{
  const std::string_view separators = form.separators;
  const auto is_no_rect = [&] {
    return problem_with(form.property, text, "is not a rectangle: " + std::string{form.words});
  };
  std::array<double, 4> numbers{};
  std::size_t n = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t begin = rest.find_first_not_of(separators);
    if (begin == std::string_view::npos)
      break;
    rest.remove_prefix(begin);
    const std::string_view word = rest.substr(0, rest.find_first_of(separators));
    rest.remove_prefix(word.size());
    const auto number = wire::parse_number(word);
    if (!number || n == numbers.size())
      return is_no_rect();
    numbers[n++] = *number;
  }
  if (n != numbers.size())
    return is_no_rect();
  const auto [x, y, w, h] = numbers;
  // So written that what is no number is wrong, too.
  if (!(x >= 0 && y >= 0 && x + w <= 1 + kRounding && y + h <= 1 + kRounding))
    return problem_with(form.property, text,
                        "is not within the frame, which goes from 0 to 1 both ways.");
  const Rect rect{x, y, std::min(w, 1 - x), std::min(h, 1 - y)};
  if (!(rect.w > 0 && rect.h > 0))
    return problem_with(form.property, text, "is empty: width and height must be more than 0.");
  return rect;
}

} // namespace

Result<SentParts, SettingProblem> read_part_settings(const AnalyzerSettings &settings)
{
  std::array<std::string, 4> texts;
  std::size_t n = 0;
  for (const auto &[value, name] : {std::pair{&settings.region, "region"},
                                    {&settings.region_labels, "region-labels"},
                                    {&settings.privacy_regions, "privacy-regions"},
                                    {&settings.privacy_labels, "privacy-labels"}}) {
    auto text = resolve_text(value->value_or(""), name);
    if (!text)
      return std::move(text.error());
    wire::repair_utf8(*text);
    texts[n++] = std::move(*text);
  }

  SentParts parts;
  if (const std::string_view text = wire::trimmed(texts[0]); !text.empty()) {
    auto region = read_rect(text, kRegion);
    if (!region)
      return std::move(region.error());
    parts.region = *region;
  }
  parts.region_labels = split_list(texts[1]);
  for (const std::string &text : split_list(texts[2])) {
    auto rect = read_rect(text, kPrivacyRegion);
    if (!rect)
      return std::move(rect.error());
    parts.privacy_regions.push_back(*rect);
  }
  parts.privacy_labels = split_list(texts[3]);
  return parts;
}

} // namespace gemini
