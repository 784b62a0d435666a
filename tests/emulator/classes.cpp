// SPDX-License-Identifier: LGPL-2.1-or-later
// From things to their classes.
#include "classes.hpp"

#include "kinds.hpp"

#include <glib.h>

#include <algorithm>
#include <functional>

namespace gemini::emulator {
namespace {

std::string trimmed(std::string_view text)
{
  constexpr std::string_view kAround = " \t\r\n\"'`[](){}*-";
  const std::size_t begin = text.find_first_not_of(kAround);
  if (begin == std::string_view::npos)
    return {};
  return std::string{text.substr(begin, text.find_last_not_of(kAround) - begin + 1)};
}

// Where the sentence ends that `text` begins with.
std::size_t sentence_length(std::string_view text)
{
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_last = i + 1 == text.size() || text[i + 1] == ' ' || text[i + 1] == '\n';
    if (text[i] == '\n' || text[i] == ';' || (text[i] == '.' && is_last))
      return i;
  }
  return text.size();
}

// The list behind the colon of a sentence such as "Use only these labels: cat, dog"; empty where
// the sentence is none of these. In quotes, "labels": is the name of a key.
std::string_view label_list(std::string_view sentence)
{
  const std::size_t colon = sentence.find(':');
  if (colon == std::string_view::npos || colon == 0 || sentence[colon - 1] == '"')
    return {};
  g_autofree char *lower = g_ascii_strdown(sentence.data(), static_cast<gssize>(colon));
  const std::string_view before = lower;
  for (const std::string_view word : {"labels", "classes", "categories", "one of", "vocabulary"}) {
    if (before.find(word) != std::string_view::npos)
      return sentence.substr(colon + 1);
  }
  return {};
}

std::vector<std::string> split(std::string_view list)
{
  std::vector<std::string> out;
  while (!list.empty()) {
    std::size_t length = std::min(list.find(','), list.size());
    std::size_t skip = 1;
    for (const std::string_view word : {" or ", " and "}) {
      if (const std::size_t at = list.find(word); at < length) {
        length = at;
        skip = word.size();
      }
    }
    // ", or " has a comma and a word
    std::string item = trimmed(list.substr(0, length));
    for (const std::string_view word : {"or ", "and "}) {
      if (item.starts_with(word))
        item = trimmed(std::string_view{item}.substr(word.size()));
    }
    if (!item.empty())
      out.push_back(std::move(item));
    list.remove_prefix(std::min(length + skip, list.size()));
  }
  return out;
}

} // namespace

std::vector<std::string> labels_allowed(std::string_view prompt)
{
  while (!prompt.empty()) {
    const std::size_t length = sentence_length(prompt);
    if (auto labels = split(label_list(prompt.substr(0, length))); !labels.empty())
      return labels;
    prompt.remove_prefix(std::min(length + 1, prompt.size()));
  }
  return {};
}

std::optional<std::string> label_among(const std::vector<std::string> &labels, const Seen &seen,
                                       const Sight &sight)
{
  if (labels.empty())
    return sight.label;
  const auto at = std::ranges::find_if(labels, [&](const std::string &label) {
    if (g_ascii_strcasecmp(sight.label.c_str(), label.c_str()) == 0)
      return true;
    const auto is_named = find_kinds(seen.vision(), label);
    return is_named && (*is_named)(sight.label);
  });
  return at == labels.end() ? std::nullopt : std::optional{*at};
}

std::vector<Class> classify(const Seen &seen, const Sights &sights,
                            const std::vector<std::string> &labels)
{
  std::vector<Class> classes;
  for (auto *sight : sights) {
    const auto label = label_among(labels, seen, *sight);
    if (!label)
      continue;
    auto at = std::ranges::find(classes, *label, &Class::label);
    if (at == classes.end())
      at = classes.insert(at, {*label, 0, {}});
    at->confidence = std::max(at->confidence, seen.confidence(*sight));
    at->sights.push_back(sight);
  }
  std::ranges::stable_sort(classes, std::greater{}, &Class::confidence);
  return classes;
}

} // namespace gemini::emulator
