// SPDX-License-Identifier: LGPL-2.1-or-later
// Plain English.
#include "sentences.hpp"

#include "json.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace gemini::emulator {
namespace {

enum class Question { what, how_many, whether };

bool has_any(const std::string &prompt, std::initializer_list<std::string_view> phrases)
{
  g_autofree char *lower = g_ascii_strdown(prompt.c_str(), -1);
  return std::ranges::any_of(phrases, [&](std::string_view phrase) {
    return std::string_view{lower}.find(phrase) != std::string_view::npos;
  });
}

Question question_in(const std::string &prompt)
{
  if (has_any(prompt, {"how many", "count the", "number of"}))
    return Question::how_many;
  if (has_any(prompt, {"is there", "are there", "do you see", "can you see", "does the picture",
                       "does the image", "does this", "is this a", "is it a"}))
    return Question::whether;
  return Question::what;
}

std::string plural(const std::string &label)
{
  if (label == "sheep" || label == "skis" || label == "scissors")
    return label;
  const bool hisses = label.ends_with('s') || label.ends_with('x') || label.ends_with("ch") ||
                      label.ends_with("sh");
  return label + (hisses ? "es" : "s");
}

// "a person", "2 cars"
std::string counted(const std::string &label, int n)
{
  if (n > 1)
    return std::to_string(n) + " " + plural(label);
  const bool begins_with_vowel = std::string_view{"aeiou"}.find(label.front()) != std::string::npos;
  return (begins_with_vowel ? "an " : "a ") + label;
}

// "2 persons and a car"; empty where there is nothing.
std::string listed(const Sights &sights)
{
  std::map<std::string, int> counts;
  for (const auto *sight : sights)
    ++counts[sight->label];
  std::string things;
  std::size_t n = 0;
  for (const auto &[label, count] : counts) {
    ++n;
    things += n == 1 ? "" : n == counts.size() ? " and " : ", ";
    things += counted(label, count);
  }
  return things;
}

} // namespace

std::string caption(const Seen &seen, const Sights &sights)
{
  if (!seen.has_picture())
    return "I was given no picture.";
  const std::string things = listed(sights);
  return things.empty() ? "I see nothing in particular." : "The picture shows " + things + ".";
}

std::string answer_in_words(Seen &seen, const std::string &prompt)
{
  const auto named = seen.named_in(prompt);
  const std::string things = listed(named.value_or(seen.everything()));
  if (seen.has_picture()) {
    switch (question_in(prompt)) {
    case Question::how_many:
      if (things.empty())
        return "There are none: 0.";
      return named.value_or(seen.everything()).size() == 1 ? "There is " + things + "."
                                                           : "There are " + things + ".";
    case Question::whether:
      if (named)
        return things.empty() ? "No, the picture does not show that."
                              : "Yes, the picture shows " + things + ".";
      break;
    case Question::what:
      break;
    }
  }
  return caption(seen, seen.asked_for());
}

std::string answer_as_json(Seen &seen, const std::string &prompt)
{
  const auto named = seen.named_in(prompt);
  const Question question = question_in(prompt);
  if (question == Question::how_many)
    return json::object({{"count", std::to_string(named.value_or(seen.everything()).size())}});
  if (question == Question::whether && named)
    return json::object({{"answer", named->empty() ? "false" : "true"}});
  return json::object({{"description", json::quote(caption(seen, seen.asked_for()))}});
}

std::string description(const Sight &sight, const Picture &picture)
{
  const double x = (sight.box.left + sight.box.right) / 2 / picture.width;
  const char *place = x < 0.4 ? " on the left" : x > 0.6 ? " on the right" : " in the middle";
  return counted(sight.label, 1) + place;
}

std::string thoughts(Seen &seen)
{
  if (!seen.has_picture())
    return "There is no picture to look at.";
  const std::string things = listed(seen.everything());
  return "I look at the picture. I find " + (things.empty() ? "nothing in particular" : things) +
         ". Now I give what was asked for.";
}

} // namespace gemini::emulator
