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

// Up to the end of the sentence.
std::string_view sentence(std::string_view text)
{
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_last = i + 1 == text.size() || text[i + 1] == ' ' || text[i + 1] == '\n';
    if (text[i] == '\n' || text[i] == ';' || (text[i] == '.' && is_last))
      return text.substr(0, i);
  }
  return text;
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

bool is_of(const Sight &sight, const std::string &label, Vision vision)
{
  if (g_ascii_strcasecmp(sight.label.c_str(), label.c_str()) == 0)
    return true;
  const auto is_named = find_kinds(vision, label);
  return is_named && (*is_named)(sight.label);
}

} // namespace

std::vector<std::string> labels_allowed(std::string_view prompt)
{
  g_autofree char *lower = g_ascii_strdown(prompt.data(), static_cast<gssize>(prompt.size()));
  const std::string_view text = lower;
  for (const std::string_view phrase :
       {"these labels", "following labels", "allowed labels", "these classes", "following classes",
        "these categories", "following categories", "one of the following", "one of these",
        "labels:", "classes:", "categories:", "one of:"}) {
    const std::size_t at = text.find(phrase);
    if (at == std::string_view::npos)
      continue;
    std::string_view list = sentence(prompt.substr(at + phrase.size()));
    if (const std::size_t colon = list.find(':'); colon != std::string_view::npos)
      list.remove_prefix(colon + 1);
    if (auto labels = split(list); !labels.empty())
      return labels;
  }
  return {};
}

std::vector<Class> classify(const Seen &seen, const Sights &sights,
                            const std::vector<std::string> &labels)
{
  std::vector<Class> classes;
  for (const auto &label : labels)
    classes.push_back({label, 0, {}});
  for (auto *sight : sights) {
    auto at = std::ranges::find_if(classes, [&](const Class &one) {
      return labels.empty() ? one.label == sight->label : is_of(*sight, one.label, seen.vision());
    });
    if (at == classes.end()) {
      if (!labels.empty())
        continue;
      at = classes.insert(at, {sight->label, 0, {}});
    }
    at->confidence = std::max(at->confidence, seen.confidence(*sight));
    at->sights.push_back(sight);
  }
  std::erase_if(classes, [](const Class &one) { return one.sights.empty(); });
  std::ranges::stable_sort(classes, std::greater{}, &Class::confidence);
  return classes;
}

} // namespace gemini::emulator
