// SPDX-License-Identifier: LGPL-2.1-or-later
// What a model calls things, and how sure it says it is.
#include "wire/label.hpp"

#include "wire/model_text.hpp"
#include "wire/text.hpp"

#include <glib.h>

#include <algorithm>
#include <array>
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
constexpr std::array<std::string_view, 4> kConfidenceNames = {"confidence", "score", "probability",
                                                              "conf"};

template <typename Names> Json member_called(Json object, const Names &names)
{
  for (const std::string_view name : names) {
    if (const Json member = member_named(object, name))
      return member;
  }
  return {};
}

// What is left of a label when case and white space do not count.
std::string fold(std::string_view label)
{
  std::string line = one_line(label, kMaxLabelBytes);
  line.erase(std::remove(line.begin(), line.end(), ' '), line.end());
  const std::unique_ptr<char, decltype(&g_free)> folded{
      g_utf8_casefold(line.data(), static_cast<gssize>(line.size())), g_free};
  return folded.get();
}

} // namespace

Json label_of(Json object)
{
  return member_called(object, kLabelNames);
}

std::string_view group_label_of(Json object)
{
  for (std::size_t i = 0; i < kGroupNames; ++i) {
    if (const Json label = member_named(object, kLabelNames[i]); label.is_string())
      return trimmed(label.text());
  }
  return {};
}

Json confidence_of(Json object)
{
  return member_called(object, kConfidenceNames);
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

std::optional<double> read_confidence(Json value)
{
  std::optional<double> number = value.number();
  std::string_view text = trimmed(value.text());
  if (!number && value.is_string() && text.ends_with('%')) {
    text.remove_suffix(1);
    number = parse_number(text);
    if (number)
      *number /= 100;
  }
  return number && *number >= 0 && *number <= 1 ? number : std::nullopt;
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
  const std::string folded = fold(label);
  const auto exact = labels_.find(folded);
  if (exact != labels_.end())
    return &exact->second;
  for (const std::string_view plural : {"s", "es"}) {
    const auto longer = labels_.find(folded + std::string{plural});
    if (longer != labels_.end())
      return &longer->second;
    if (!folded.ends_with(plural))
      continue;
    const auto shorter = labels_.find(folded.substr(0, folded.size() - plural.size()));
    if (shorter != labels_.end())
      return &shorter->second;
  }
  return nullptr;
}

} // namespace gemini::wire
