// SPDX-License-Identifier: LGPL-2.1-or-later
// What a model says that a picture is of.
#include "wire/classes.hpp"

#include "wire/label.hpp"
#include "wire/model_text.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

namespace gemini::wire {
namespace {

constexpr int kMaxLevels = 4;
// What is longer or more than that is a sentence.
constexpr std::size_t kMaxTermBytes = 40;
constexpr std::size_t kMaxTermWords = 3;
constexpr std::size_t kMaxTerms = 25;

struct Class {
  std::string_view label;
  std::optional<Certainty> certainty = std::nullopt;
  bool has_bad_certainty = false; // something stood there that is none
};

// Under what name a single class may stand.
bool is_answer_name(std::string_view name)
{
  constexpr std::array<std::string_view, 6> kNames = {
      "prediction", "predictedclass", "predictedlabel", "classification", "topclass", "type",
  };
  return std::any_of(kNames.begin(), kNames.end(),
                     [name](std::string_view plain) { return is_name(name, plain); });
}

// Collects the classes of one value of the text.
class Collector {
public:
  void collect(Json value)
  {
    const std::size_t classes = classes_.size();
    const std::size_t strays = strays_;
    if (value.is_array())
      collect_array(value, 0);
    else
      collect_object(value, 0);
    if (classes_.size() == classes)
      strays_ = strays; // brackets of prose
  }
  // There was something that can be an answer, if an empty list.
  bool has_list() const { return has_list_ || !classes_.empty(); }
  bool is_full() const { return classes_.size() >= kMaxItems; }
  std::size_t strays() const { return strays_; }
  const std::vector<Class> &classes() const { return classes_; }

private:
  void collect_array(Json array, int level)
  {
    if (array.size() == 0)
      has_list_ = true;
    else if (is_pair(array))
      add(array.front(), *std::next(array.begin()));
    else
      collect_children(array, level);
  }

  void collect_children(Json array, int level)
  {
    for (const Json child : array) {
      if (is_full())
        return;
      if (child.is_string() && !child.number())
        add(child, {});
      else if (child.is_object() && level < kMaxLevels)
        collect_object(child, level + 1);
      else if (child.is_array() && level < kMaxLevels)
        collect_array(child, level + 1);
      else
        ++strays_;
    }
  }

  void collect_object(Json object, int level)
  {
    if (!object.is_whole() && level > 0)
      return; // the cut is named once, for the whole list
    const Json label = label_of(object);
    if (label.is_array()) {
      collect_array(label, level + 1);
    } else if (label && !label.is_object()) {
      add(label, confidence_of(object));
    } else if (!collect_lists(object, level)) {
      collect_members(object);
    }
  }

  // {"dog": 0.9, "cat": 0.1}, or {"prediction": "dog", "confidence": 0.9}.
  void collect_members(Json object)
  {
    const Json confidence = confidence_of(object);
    Json word;
    std::size_t others = 0;
    for (const Json child : object) {
      if (child == confidence)
        continue;
      const bool is_word = child.is_string() && !read_certainty(child.text()) && !child.is_true();
      if (is_word && !word)
        word = child;
      else
        ++others;
    }
    if (word && others == 0 && (confidence || is_answer_name(word.key()))) {
      add(word, confidence);
      return;
    }
    for (const Json child : object) {
      if (child != confidence || object.size() == 1)
        collect_member(child);
    }
  }

  // Unwraps {"classes": […]} and the like. Whether there was anything to unwrap.
  bool collect_lists(Json object, int level)
  {
    bool has_any = false;
    for (const Json child : object) {
      if (is_full() || level >= kMaxLevels)
        break;
      if (child.is_array())
        collect_array(child, level + 1);
      else if (child.is_object())
        collect_object(child, level + 1);
      else
        continue;
      has_any = true;
    }
    return has_any;
  }

  // "dog": 0.9 or "dog": true.
  void collect_member(Json member)
  {
    if (is_full())
      return;
    const std::optional<Certainty> certainty = read_certainty(member.text());
    if (certainty)
      classes_.push_back({member.key(), certainty});
    else if (member.is_true())
      classes_.push_back({.label = member.key()});
    else if (member.kind() != Json::Kind::boolean)
      ++strays_;
    has_list_ = has_list_ || member.kind() == Json::Kind::boolean;
  }

  void add(Json label, Json confidence)
  {
    if (!label.is_whole())
      return;
    if (label.kind() == Json::Kind::null) {
      has_list_ = true; // there is no class
      return;
    }
    const std::optional<Certainty> certainty = read_certainty(confidence.text());
    const bool is_missing = !confidence || confidence.kind() == Json::Kind::null;
    classes_.push_back({label.text(), certainty, !certainty && !is_missing});
  }

  // ["dog", 0.9]
  static bool is_pair(Json array)
  {
    return array.size() == 2 && array.front().is_string() && !array.front().number() &&
           read_certainty((*std::next(array.begin())).text());
  }

  std::vector<Class> classes_;
  std::size_t strays_ = 0;
  bool has_list_ = false;
};

std::string_view without(std::string_view text, std::string_view around)
{
  text.remove_prefix(std::min(text.find_first_not_of(around), text.size()));
  return text.substr(0, text.find_last_not_of(around) + 1);
}

std::size_t word_count(std::string_view text)
{
  std::size_t words = 0;
  bool is_inside = false;
  for (const char c : text) {
    words += c != ' ' && !is_inside ? 1 : 0;
    is_inside = c != ' ';
  }
  return words;
}

// "dog", "- **dog**", "dog: 0.9", "dog (90%)" or "dog 90%"; none where it is a sentence.
std::optional<Class> read_term(std::string_view text)
{
  constexpr std::string_view kMarks = " \t\r*-\"'`";
  text = without(text, kMarks);
  Class term{.label = text};
  std::size_t split = text.find_last_of(":(=");
  if (split == std::string_view::npos && text.ends_with('%'))
    split = text.find_last_of(' ', text.find_last_not_of(" %"));
  if (split != std::string_view::npos) {
    term.label = without(text.substr(0, split), kMarks);
    term.certainty = read_certainty(without(text.substr(split + 1), " )*"));
    if (!term.certainty)
      return std::nullopt;
  }
  const std::size_t words = word_count(term.label);
  if (words == 1 && term.label.ends_with('.'))
    term.label.remove_suffix(1);
  const bool is_term = words > 0 && words <= kMaxTermWords && term.label.size() <= kMaxTermBytes &&
                       term.label.find_first_of(".!?[]{}") == std::string_view::npos;
  return is_term ? std::optional{term} : std::nullopt;
}

// What stands where an answer should, and means that there is none.
bool is_nothing(std::string_view text)
{
  constexpr std::array<std::string_view, 5> kWords = {"null", "none", "n/a", "{}", "nothing"};
  text = without(unfenced(text), "\"'`. \r\n");
  return std::any_of(kWords.begin(), kWords.end(),
                     [text](std::string_view word) { return is_name(text, word); });
}

// A few words, separated by commas or line breaks; empty where the text is anything else.
std::vector<Class> read_terms(std::string_view text)
{
  std::vector<Class> terms;
  text = unfenced(text);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(",;\n"), text.size());
    const std::string_view piece = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (piece.empty())
      continue;
    const std::optional<Class> term = read_term(piece);
    if (!term || terms.size() >= kMaxTerms)
      return {};
    terms.push_back(*term);
  }
  return terms;
}

bool count_to_hundred(const std::vector<Class> &classes)
{
  return std::any_of(classes.begin(), classes.end(), [](const Class &c) {
    return c.certainty && c.certainty->counts_to_hundred();
  });
}

class ClassReader {
public:
  ClassReader(const ReadOptions &options, Problems &problems)
      : options_(options), problems_(problems), vocabulary_(options.labels)
  {
  }

  std::vector<Object> read(const std::vector<Class> &classes)
  {
    const bool is_hundred = count_to_hundred(classes);
    std::size_t number = 0;
    for (const Class &c : classes)
      keep(c, is_hundred, ++number);
    if (repeated_ > 0)
      problems_.add(std::to_string(repeated_) + " repeated items dropped");
    if (surplus_ > 0)
      problems_.add("only the first " + std::to_string(options_.max_objects) + " of " +
                    std::to_string(options_.max_objects + surplus_) + " classes kept");
    return std::move(objects_);
  }

private:
  void keep(const Class &c, bool is_hundred, std::size_t number)
  {
    Label label = make_label(c.label);
    if (label.problem)
      problems_.add_item(number, label.problem);
    if (label.text.empty()) {
      problems_.add_item(number, "no label");
      return;
    }
    if (!vocabulary_.is_open()) {
      const std::string *allowed = vocabulary_.find(label.text);
      if (!allowed) {
        problems_.add_item(number, "\"" + safe_line(label.text, 60) + "\" is none of the labels");
        return;
      }
      label.text = *allowed;
    }
    if (!seen_.insert(label.text).second)
      ++repeated_;
    else if (objects_.size() >= options_.max_objects)
      ++surplus_;
    else
      objects_.push_back(
          {.label = std::move(label.text), .confidence = confidence(c, is_hundred, number)});
  }

  std::optional<double> confidence(const Class &c, bool is_hundred, std::size_t number)
  {
    if (!c.certainty && !c.has_bad_certainty)
      return std::nullopt;
    const std::optional<double> value =
        c.certainty ? c.certainty->confidence(is_hundred) : std::nullopt;
    if (value)
      return value;
    problems_.add_item(number, "the confidence is not between 0 and 1");
    return std::nullopt;
  }

  const ReadOptions &options_;
  Problems &problems_;
  Vocabulary vocabulary_;
  std::vector<Object> objects_;
  std::unordered_set<std::string> seen_; // labels
  std::size_t repeated_ = 0;
  std::size_t surplus_ = 0;
};

} // namespace

std::vector<Object> read_classes(std::string_view text, const ReadOptions &options,
                                 Problems &problems)
{
  if (is_nothing(text) && !Vocabulary{options.labels}.find(unfenced(text)))
    return {};
  const JsonDocument document = JsonDocument::scattered(text);
  const bool is_list = unfenced(text).starts_with('[');
  Collector collector;
  JsonDocument::Root seen;
  for (const JsonDocument::Root &root : document.roots()) {
    if (collector.is_full())
      break;
    // Words without quotation marks are a list where the answer begins with it, else [see below].
    const bool is_prose = root.is_damaged && document.value(root).is_array() && !is_list;
    if (is_prose)
      continue;
    collector.collect(document.value(root));
    seen.is_cut = seen.is_cut || root.is_cut;
    seen.is_damaged = seen.is_damaged || root.is_damaged;
  }
  const bool has_list = collector.has_list();
  const std::vector<Class> terms =
      has_list || seen.is_cut ? std::vector<Class>{} : read_terms(text);
  std::vector<Object> objects =
      ClassReader{options, problems}.read(has_list ? collector.classes() : terms);
  if (document.is_full() || collector.is_full())
    problems.add("the answer is too long, its end was not read");
  else if (seen.is_cut)
    problems.add("the list ends in the middle");
  if (has_list && seen.is_damaged)
    problems.add("some of the list is no JSON and was skipped");
  if (has_list && collector.strays() > 0)
    problems.add(std::to_string(collector.strays()) + " items are no classes");
  if (!has_list && terms.empty() && !seen.is_cut)
    problems.add("no classes in the answer: " + safe_line(text, 80));
  return objects;
}

} // namespace gemini::wire
