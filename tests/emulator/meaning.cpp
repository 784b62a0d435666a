// SPDX-License-Identifier: LGPL-2.1-or-later
// The names that people give to the parts of an answer.
#include "meaning.hpp"

#include <algorithm>
#include <utility>

namespace gemini::emulator {
namespace {

constexpr std::pair<std::string_view, Meaning> kNames[] = {
    {"box 2d", Meaning::box},
    {"box2d", Meaning::box},
    {"box", Meaning::box},
    {"bbox", Meaning::box},
    {"bounding box", Meaning::box},
    {"bounding box 2d", Meaning::box},
    {"mask", Meaning::mask},
    {"polygon", Meaning::mask},
    {"outline", Meaning::mask},
    {"contour", Meaning::mask},
    {"segmentation", Meaning::mask},
    {"segmentation mask", Meaning::mask},
    {"point", Meaning::point},
    {"centre", Meaning::point},
    {"center", Meaning::point},
    {"box 3d", Meaning::box_3d},
    {"box3d", Meaning::box_3d},
    {"bbox 3d", Meaning::box_3d},
    {"bounding box 3d", Meaning::box_3d},
    {"label", Meaning::label},
    {"name", Meaning::label},
    {"kind", Meaning::label},
    {"type", Meaning::label},
    {"class", Meaning::label},
    {"category", Meaning::label},
    {"object", Meaning::label},
    {"thing", Meaning::label},
    {"item", Meaning::label},
    {"confidence", Meaning::confidence},
    {"score", Meaning::confidence},
    {"probability", Meaning::confidence},
    {"certainty", Meaning::confidence},
    {"colour", Meaning::colour},
    {"color", Meaning::colour},
    {"count", Meaning::count},
    {"quantity", Meaning::count},
    {"amount", Meaning::count},
    {"how many", Meaning::count},
    {"id", Meaning::index},
    {"index", Meaning::index},
    {"area", Meaning::share},
    {"share", Meaning::share},
    {"coverage", Meaning::share},
    {"x", Meaning::x},
    {"y", Meaning::y},
    {"xmin", Meaning::left},
    {"x min", Meaning::left},
    {"left", Meaning::left},
    {"ymin", Meaning::top},
    {"y min", Meaning::top},
    {"top", Meaning::top},
    {"xmax", Meaning::right},
    {"x max", Meaning::right},
    {"right", Meaning::right},
    {"ymax", Meaning::bottom},
    {"y max", Meaning::bottom},
    {"bottom", Meaning::bottom},
};

constexpr bool is_upper(char c)
{
  return c >= 'A' && c <= 'Z';
}

} // namespace

std::string spelled_out(std::string_view name)
{
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (is_upper(c) && i > 0 && !is_upper(name[i - 1]))
      out += ' ';
    out += c == '_' || c == '-' ? ' ' : is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

Meaning meaning_of(std::string_view name)
{
  const auto *const at =
      std::ranges::find(kNames, spelled_out(name), &std::pair<std::string_view, Meaning>::first);
  return at == std::end(kNames) ? Meaning::unknown : at->second;
}

Meaning meaning_of_many(std::string_view name)
{
  for (const std::string_view ending : {"s", "es"}) {
    if (!name.ends_with(ending))
      continue;
    const Meaning meaning = meaning_of(name.substr(0, name.size() - ending.size()));
    if (meaning != Meaning::unknown)
      return meaning;
  }
  return Meaning::unknown;
}

bool is_negated(std::string_view spelled_out_name)
{
  while (!spelled_out_name.empty()) {
    const std::size_t length = std::min(spelled_out_name.find(' '), spelled_out_name.size());
    const std::string_view word = spelled_out_name.substr(0, length);
    for (const std::string_view no : {"no", "not", "none", "empty", "without", "absent", "free"}) {
      if (word == no)
        return true;
    }
    spelled_out_name.remove_prefix(std::min(length + 1, spelled_out_name.size()));
  }
  return false;
}

} // namespace gemini::emulator
