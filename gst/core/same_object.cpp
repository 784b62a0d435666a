// SPDX-License-Identifier: LGPL-2.1-or-later
// Which of the objects that the model sees now are those that it has seen before.
#include "core/same_object.hpp"

#include "core/assignment.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace gemini {

namespace {

// Of objects whose labels have nothing in common.
constexpr double kClearOverlap = 0.5;
// What is twice as large, or half as large, is something else, unless it overlaps.
constexpr double kSmallest = 0.4;

bool is_letter(char c)
{
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z');
}

// ASCII only: others are compared as they are.
std::string lower(std::string text)
{
  for (char &c : text)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return text;
}

std::set<std::string> words_of(const std::string &lowered)
{
  std::set<std::string> words;
  std::string word;
  for (const char c : lowered + ' ') {
    if (is_letter(c))
      word += c;
    else if (!word.empty())
      words.insert(std::exchange(word, {}));
  }
  return words;
}

double affinity(const Sighting &before, const Sighting &now)
{
  const double likeness = label_likeness(before.label, now.label);
  if (!before.place || !now.place)
    return !before.place && !now.place && likeness == 1 ? 1 : 0;
  const Rect &a = *before.place;
  const Rect &b = *now.place;
  const double overlap = iou(a, b);
  const double width = std::max(a.w, b.w);
  const double height = std::max(a.h, b.h);
  if (!(width > 0) || !(height > 0))
    return 0;
  const double distance =
      std::hypot((b.x + b.w / 2 - a.x - a.w / 2) / width, (b.y + b.h / 2 - a.y - a.h / 2) / height);
  const double nearness = before.reach > 0 ? std::max(0.0, 1 - distance / before.reach) : 0;
  const double larger = std::max(a.area(), b.area());
  const double size = larger > 0 ? std::min(a.area(), b.area()) / larger : 0;
  const bool is_clear = overlap >= kClearOverlap;
  const bool is_near = likeness > 0 && nearness > 0 && size >= kSmallest;
  if (!is_clear && !is_near)
    return 0;
  return overlap + (nearness * size + likeness) / 4;
}

} // namespace

double label_likeness(const std::string &a, const std::string &b)
{
  const std::string lower_a = lower(a);
  const std::string lower_b = lower(b);
  if (lower_a == lower_b)
    return 1;
  const auto words = words_of(lower_a);
  const auto others = words_of(lower_b);
  const bool is_common = std::any_of(
      words.begin(), words.end(), [&](const std::string &word) { return others.contains(word); });
  return is_common ? 0.5 : 0;
}

std::vector<std::optional<std::size_t>> same_objects(std::span<const Sighting> before,
                                                     std::span<const Sighting> now)
{
  Affinities affinities{now.size(), before.size()};
  for (std::size_t i = 0; i < now.size(); ++i)
    for (std::size_t j = 0; j < before.size(); ++j)
      affinities.at(i, j) = affinity(before[j], now[i]);
  return assign(affinities);
}

} // namespace gemini
