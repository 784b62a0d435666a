// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading kinds of things from a prompt, word by word.
#include "kinds.hpp"

#include "coco.hpp"
#include "shapes.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace gemini::emulator {
namespace {

// Other words for what COCO knows; labels are separated by commas.
struct Synonym {
  std::string_view word;
  std::string_view labels;
};
constexpr Synonym kSynonyms[] = {
    {"adult", "person"},
    {"aeroplane", "airplane"},
    {"aircraft", "airplane"},
    {"animal", "bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe"},
    {"anybody", "person"},
    {"anyone", "person"},
    {"automobile", "car"},
    {"bag", "backpack,handbag,suitcase"},
    {"ball", "sports ball"},
    {"bike", "bicycle"},
    {"boy", "person"},
    {"child", "person"},
    {"children", "person"},
    {"crowd", "person"},
    {"crowded", "person"},
    {"cyclist", "person,bicycle"},
    {"face", "person"},
    {"fridge", "refrigerator"},
    {"fruit", "banana,apple,orange"},
    {"furniture", "chair,couch,bed,dining table"},
    {"girl", "person"},
    {"human", "person"},
    {"kid", "person"},
    {"lorry", "truck"},
    {"lorries", "truck"},
    {"man", "person"},
    {"men", "person"},
    {"mice", "mouse"},
    {"motorbike", "motorcycle"},
    {"mug", "cup"},
    {"pedestrian", "person"},
    {"people", "person"},
    {"phone", "cell phone"},
    {"plane", "airplane"},
    {"plant", "potted plant"},
    {"smartphone", "cell phone"},
    {"sofa", "couch"},
    {"somebody", "person"},
    {"someone", "person"},
    {"table", "dining table"},
    {"television", "tv"},
    {"van", "car,truck"},
    {"vehicle", "bicycle,car,motorcycle,bus,train,truck"},
    {"walker", "person"},
    {"woman", "person"},
    {"women", "person"},
};

std::vector<std::string> words_of(std::string_view prompt)
{
  std::vector<std::string> words;
  std::string word;
  int depth = 0;
  const auto finish = [&] {
    if (!word.empty())
      words.push_back(std::exchange(word, {}));
  };
  for (const char c : prompt) {
    depth += c == '{' ? 1 : c == '}' && depth > 0 ? -1 : 0;
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool is_letter = lower >= 'a' && lower <= 'z';
    if (is_letter && depth == 0)
      word += lower;
    else
      finish();
  }
  finish();
  return words;
}

// The word, and what it may be the plural of.
std::vector<std::string> singulars(const std::string &word)
{
  std::vector<std::string> out{word};
  const auto without = [&](std::string_view ending, std::string_view instead) {
    if (word.size() > ending.size() + 1 && word.ends_with(ending))
      out.push_back(word.substr(0, word.size() - ending.size()) + std::string{instead});
  };
  without("s", "");
  without("es", "");
  without("ies", "y");
  without("ves", "fe");
  return out;
}

template <std::size_t N>
std::optional<std::string_view> one_of(const std::array<std::string_view, N> &labels,
                                       std::string_view first, const std::string &last)
{
  for (const auto &singular : singulars(last)) {
    const std::string whole = first.empty() ? singular : std::string{first} + ' ' + singular;
    if (const auto at = std::ranges::find(labels, whole); at != labels.end())
      return *at;
  }
  return std::nullopt;
}

void add_synonyms(const std::string &word, std::set<std::string_view> &labels)
{
  for (const auto &singular : singulars(word)) {
    const auto at = std::ranges::find(kSynonyms, singular, &Synonym::word);
    if (at == std::end(kSynonyms))
      continue;
    for (std::string_view rest = at->labels; !rest.empty();) {
      const std::size_t length = std::min(rest.find(','), rest.size());
      labels.insert(rest.substr(0, length));
      rest.remove_prefix(std::min(length + 1, rest.size()));
    }
    return;
  }
}

std::optional<KindFilter> coco_kinds(const std::vector<std::string> &words)
{
  std::set<std::string_view> labels;
  for (std::size_t i = 0; i < words.size(); ++i) {
    // "hot dogs" are no dogs
    if (const auto pair =
            i + 1 < words.size() ? one_of(kCocoLabels, words[i], words[i + 1]) : std::nullopt) {
      labels.insert(*pair);
      ++i;
    } else if (const auto label = one_of(kCocoLabels, "", words[i])) {
      labels.insert(*label);
    } else {
      add_synonyms(words[i], labels);
    }
  }
  if (labels.empty())
    return std::nullopt;
  return [labels](std::string_view label) { return labels.contains(label); };
}

std::string_view form_named(const std::string &word)
{
  for (const auto &singular : singulars(word)) {
    if (singular == "square")
      return "rectangle";
    if (singular == "circle" || singular == "oval")
      return "ellipse";
    if (const auto at = std::ranges::find(kFormNames, singular); at != kFormNames.end())
      return *at;
  }
  return {};
}

std::string_view colour_named(const std::string &word)
{
  const auto at = std::ranges::find(kColourNames, word == "grey" ? "gray" : word);
  return at == kColourNames.end() ? std::string_view{} : *at;
}

std::optional<KindFilter> shape_kinds(const std::vector<std::string> &words)
{
  struct Kind {
    std::string_view colour; // empty: any
    std::string_view form;
  };
  std::vector<Kind> kinds;
  for (std::size_t i = 0; i < words.size(); ++i) {
    Kind kind{colour_named(words[i]), form_named(words[i])};
    if (!kind.colour.empty() && i + 1 < words.size()) {
      kind.form = form_named(words[i + 1]);
      if (!kind.form.empty())
        ++i;
    }
    if (!kind.colour.empty() || !kind.form.empty())
      kinds.push_back(kind);
  }
  if (kinds.empty())
    return std::nullopt;
  return [kinds](std::string_view label) {
    return std::ranges::any_of(kinds, [&](const Kind &kind) {
      return label.starts_with(kind.colour) && label.ends_with(kind.form);
    });
  };
}

} // namespace

std::optional<KindFilter> find_kinds(Vision vision, std::string_view text)
{
  const auto words = words_of(text);
  return vision == Vision::shapes ? shape_kinds(words) : coco_kinds(words);
}

KindFilter kinds_named(Vision vision, std::string_view prompt)
{
  return find_kinds(vision, prompt).value_or([](std::string_view) { return true; });
}

} // namespace gemini::emulator
