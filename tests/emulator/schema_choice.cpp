// SPDX-License-Identifier: LGPL-2.1-or-later
// Fitting words to sights.
#include "schema_choice.hpp"

#include "classes.hpp"

#include <glib.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace gemini::emulator {
namespace {

std::optional<std::string> find_word(const std::vector<std::string> &words,
                                     std::initializer_list<std::string_view> wanted)
{
  for (const std::string_view want : wanted) {
    for (const auto &word : words) {
      if (g_ascii_strcasecmp(word.c_str(), std::string{want}.c_str()) == 0)
        return word;
    }
  }
  return std::nullopt;
}

// "3", "yes", "many"
std::optional<std::string> word_for_count(const std::vector<std::string> &words, std::size_t n)
{
  if (auto exact = find_word(words, {std::to_string(n)}))
    return exact;
  if (n == 0)
    return find_word(words, {"no", "false", "none", "nothing", "empty", "absent", "zero"});
  if (auto yes = find_word(words, {"yes", "true", "present"}))
    return yes;
  constexpr std::size_t kFew = 5;
  if (n == 1) {
    if (auto one = find_word(words, {"one", "single"}))
      return one;
  }
  return n < kFew ? find_word(words, {"few", "some", "several", "low"})
                  : find_word(words, {"many", "crowded", "busy", "high"});
}

} // namespace

std::string choose(const Seen &seen, const Sights &sights, const std::vector<std::string> &words,
                   const std::string &label)
{
  if (auto exact = find_word(words, {label}); exact && !label.empty())
    return *exact;
  if (const auto classes = classify(seen, sights, words); !classes.empty())
    return classes.front().label;
  if (auto counted = word_for_count(words, sights.size()))
    return *counted;
  if (auto other = find_word(words, {"other", "unknown", "none", "unclear"}))
    return *other;
  return words.front();
}

} // namespace gemini::emulator
