// SPDX-License-Identifier: LGPL-2.1-or-later
// What a model calls things, and how sure it says it is.
#include "wire/label.hpp"

#include "wire/model_text.hpp"
#include "wire/text.hpp"

#include <glib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>

namespace gemini::wire {
namespace {

constexpr std::size_t kMaxLabelBytes = 1000;
// Shorter repetitions may be meant, such as "tick tick tick tick".
constexpr std::size_t kMinRepetition = 40;
constexpr std::size_t kMinPieces = 4;

constexpr std::array<std::string_view, 10> kLabelNames = {
    "label",  "name",       "class",     "classname", "category",
    "object", "objectname", "labelname", "text",      "description",
};
// Of those, what names all that an object holds.
constexpr std::size_t kGroupNames = 8;
// These may say more of an item than what it is called, where it has no label.
constexpr std::array<std::string_view, 4> kVagueNames = {"type", "title", "item", "tag"};
// {"type": "polygon"} is of the shape.
constexpr std::array<std::string_view, 9> kShapeTypes = {
    "box", "box2d", "box3d", "bbox", "boundingbox", "mask", "point", "polygon", "rectangle",
};
constexpr std::array<std::string_view, 4> kConfidenceNames = {"confidence", "score", "probability",
                                                              "conf"};

// What is left of a label when case, white space and what joins words do not count.
std::string fold(std::string_view label)
{
  std::string line = one_line(label, kMaxLabelBytes);
  const auto is_joint = [](char c) { return c == ' ' || c == '_' || c == '-'; };
  line.erase(std::remove_if(line.begin(), line.end(), is_joint), line.end());
  using Text = std::unique_ptr<char, decltype(&g_free)>;
  const Text composed{
      g_utf8_normalize(line.data(), static_cast<gssize>(line.size()), G_NORMALIZE_ALL_COMPOSE),
      g_free};
  const Text folded{g_utf8_casefold(composed ? composed.get() : line.c_str(), -1), g_free};
  return folded.get();
}

// "person 1" and "person #1" are persons. What is nothing but a number stays.
std::string_view without_number(std::string_view label)
{
  label = trimmed(label);
  const std::size_t end = label.find_last_not_of("0123456789");
  if (end == std::string_view::npos || end + 1 == label.size())
    return label;
  const std::string_view rest = label.substr(0, end + 1);
  const std::size_t name_end = rest.find_last_not_of(" _-#");
  return name_end == std::string_view::npos || name_end + 1 == rest.size()
             ? label
             : rest.substr(0, name_end + 1);
}

} // namespace

Json label_of(Json object)
{
  return member_named_any(object, kLabelNames);
}

std::string_view group_label_of(Json object)
{
  for (std::size_t i = 0; i < kGroupNames; ++i) {
    if (const Json label = member_named(object, kLabelNames[i]); label.is_string())
      return trimmed(label.text());
  }
  return {};
}

std::string_view vague_label_of(Json object)
{
  const Json label = member_named_any(object, kVagueNames);
  const auto is_type = [label](std::string_view type) { return is_name(label.text(), type); };
  if (!label.is_string() || std::any_of(kShapeTypes.begin(), kShapeTypes.end(), is_type))
    return {};
  return trimmed(label.text());
}

Json confidence_of(Json object)
{
  return member_named_any(object, kConfidenceNames);
}

Label make_label(std::string_view text)
{
  Label label;
  text = trimmed(text);
  std::string_view head = text.substr(0, kMaxLabelBytes);
  if (head.size() < text.size()) // not in the middle of a word
    head = head.substr(0, head.find_last_of(' '));
  const std::size_t end = end_without_repetition(head, kMinRepetition);
  if (end < head.size()) {
    label.problem = "the label repeats itself and was cut";
    text = head.substr(0, end);
  } else if (text.size() > kMaxLabelBytes) {
    label.problem = "the label was cut";
  }
  label.text = one_line(text, kMaxLabelBytes);
  return label;
}

std::optional<Certainty> read_certainty(std::string_view text)
{
  text = trimmed(text);
  const bool is_percentage = text.ends_with('%');
  if (is_percentage)
    text.remove_suffix(1);
  const std::optional<double> value = parse_number(text);
  if (!value || !std::isfinite(*value))
    return std::nullopt;
  return Certainty{*value, is_percentage};
}

std::optional<double> Certainty::confidence(bool is_hundred) const
{
  const double confidence = value / (is_percentage || is_hundred ? 100 : 1);
  return confidence >= 0 && confidence <= 1 ? std::optional{confidence} : std::nullopt;
}

std::size_t end_without_repetition(std::string_view text, std::size_t min_bytes)
{
  const std::size_t size = text.size();
  if (size < min_bytes)
    return size;
  // A loop is known by its end, so the text is looked at backwards: borders[n] is the longest true
  // border of its last n characters, n - borders[n] their period.
  const auto at = [text, size](std::size_t i) { return text[size - 1 - i]; };
  std::vector<std::uint32_t> borders(size + 1);
  std::size_t repetition = 0;
  std::size_t period = 0;
  for (std::size_t n = 2; n <= size; ++n) {
    std::size_t border = borders[n - 1];
    while (border > 0 && at(border) != at(n - 1))
      border = borders[border];
    if (at(border) == at(n - 1))
      ++border;
    borders[n] = static_cast<std::uint32_t>(border);
    if (n >= min_bytes && n >= kMinPieces * (n - border)) {
      repetition = n;
      period = n - border;
    }
  }
  if (period == 0)
    return size;
  // Where the text ends is also where its rounds do.
  std::size_t end = size - repetition + period;
  end += (size - end) % period;
  while (end > 0 && end < size && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
    --end;
  return end;
}

Vocabulary::Vocabulary(const std::vector<std::string> &labels)
{
  for (const std::string &label : labels)
    labels_.emplace(fold(label), label);
}

const std::string *Vocabulary::find(std::string_view label) const
{
  const std::string *found = find_folded(fold(label));
  const std::string_view name = without_number(label);
  return found || name.size() == label.size() ? found : find_folded(fold(name));
}

const std::string *Vocabulary::find_folded(const std::string &folded) const
{
  struct Ending {
    std::string_view singular;
    std::string_view plural;
  };
  constexpr std::array<Ending, 3> kEndings = {{{"", "s"}, {"", "es"}, {"y", "ies"}}};
  const auto exact = labels_.find(folded);
  if (exact != labels_.end())
    return &exact->second;
  const auto with_ending = [&](std::string_view from, std::string_view to) {
    return folded.ends_with(from)
               ? labels_.find(folded.substr(0, folded.size() - from.size()) + std::string{to})
               : labels_.end();
  };
  for (const Ending &ending : kEndings) {
    for (const auto &found : {with_ending(ending.singular, ending.plural),
                              with_ending(ending.plural, ending.singular)}) {
      if (found != labels_.end())
        return &found->second;
    }
  }
  return nullptr;
}

} // namespace gemini::wire
