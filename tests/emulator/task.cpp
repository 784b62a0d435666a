// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading prompts word by word.
#include "task.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

namespace gemini::emulator {
namespace {

struct Word {
  std::string text; // lower case; letters, digits and underscores
  bool is_quoted = false;
  bool ends_clause = false; // what follows is another sentence
};

std::vector<Word> words_of(std::string_view prompt)
{
  constexpr std::string_view kQuotes = "\"'`";
  constexpr std::string_view kEnds = ".;:!?\n";
  std::vector<Word> words;
  char before = ' ';
  bool is_open = false;
  for (const char c : prompt) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    const char lower = is_upper ? static_cast<char>(c - 'A' + 'a') : c;
    if ((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_') {
      if (!is_open)
        words.push_back({{}, kQuotes.find(before) != std::string_view::npos, false});
      words.back().text += lower;
      is_open = true;
    } else {
      is_open = false;
      if (kEnds.find(c) != std::string_view::npos && !words.empty())
        words.back().ends_clause = true;
    }
    before = c;
  }
  return words;
}

class Prompt {
public:
  explicit Prompt(std::string_view text) : words_(words_of(text)) {}

  // A key is in quotes; a name with an underscore or the like needs none.
  bool has_key(std::string_view name) const
  {
    return any([&](std::size_t i) {
      const bool is_name = name.find('_') != std::string_view::npos || words_[i].is_quoted;
      return is_name && words_[i].text == name && !is_ruled_out(i);
    });
  }

  bool has_word(std::string_view beginning) const
  {
    return any(
        [&](std::size_t i) { return words_[i].text.starts_with(beginning) && !is_ruled_out(i); });
  }

  bool has_phrase(std::initializer_list<std::string_view> phrase) const
  {
    return any([&](std::size_t i) {
      if (i + phrase.size() > words_.size() || is_ruled_out(i))
        return false;
      return std::equal(phrase.begin(), phrase.end(),
                        words_.begin() + static_cast<std::ptrdiff_t>(i),
                        [](std::string_view want, const Word &word) { return word.text == want; });
    });
  }

private:
  template <typename F> bool any(F &&f) const
  {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (f(i))
        return true;
    }
    return false;
  }

  // "no masks", "never return masks", "do not write points": a few words before, in the same
  // sentence.
  bool is_ruled_out(std::size_t i) const
  {
    constexpr std::array<std::string_view, 6> kNo = {"no", "not", "never", "without", "nor", "don"};
    constexpr std::size_t kReach = 4;
    for (std::size_t back = 1; back <= kReach && back <= i; ++back) {
      const Word &word = words_[i - back];
      // Two keys of a list are not "no ..." of each other.
      if (word.ends_clause || word.is_quoted)
        return false;
      if (std::ranges::count(kNo, word.text) > 0)
        return true;
    }
    return false;
  }

  std::vector<Word> words_;
};

} // namespace

Asked read_task(std::string_view text)
{
  const Prompt prompt{text};
  Asked asked;
  asked.boxes = prompt.has_key("box_2d");
  asked.boxes_3d = prompt.has_key("box_3d");
  asked.points = prompt.has_key("point") || prompt.has_key("points");
  asked.masks =
      prompt.has_key("mask") || prompt.has_word("segment") || prompt.has_phrase({"masks"});
  asked.confidence = prompt.has_key("confidence");
  if (!asked.things()) {
    asked.points = prompt.has_phrase({"point", "to"}) || prompt.has_phrase({"point", "at"}) ||
                   prompt.has_phrase({"point", "out"});
    asked.boxes_3d =
        prompt.has_phrase({"3d", "bounding"}) || prompt.has_phrase({"3", "d", "bounding"});
    asked.boxes = !asked.boxes_3d && (prompt.has_phrase({"bounding", "box"}) ||
                                      prompt.has_phrase({"bounding", "boxes"}));
  }
  // A mask is drawn in its box.
  asked.boxes = asked.boxes || asked.masks;
  asked.classes = !asked.things() && (prompt.has_word("classif") || prompt.has_word("categori") ||
                                      (asked.confidence && prompt.has_key("label")));
  return asked;
}

} // namespace gemini::emulator
