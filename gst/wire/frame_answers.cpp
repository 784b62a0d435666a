// SPDX-License-Identifier: LGPL-2.1-or-later
// What a model wrote about several frames, taken apart.
#include "wire/frame_answers.hpp"

#include "wire/json.hpp"
#include "wire/json_write.hpp"
#include "wire/label.hpp"
#include "wire/model_text.hpp"
#include "wire/shapes.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace gemini::wire {
namespace {

// How deep the list may stand in other lists and objects.
constexpr int kMaxLevels = 3;

// Names of the number of a frame.
constexpr std::array<std::string_view, 10> kFrameNames = {
    "image",      "frame",   "imagenumber", "framenumber", "imageindex",
    "frameindex", "imageid", "frameid",     "imageno",     "picture"};
// ... where it can be nothing else.
constexpr std::array<std::string_view, 3> kVagueNames = {"index", "number", "id"};
// What a key begins with that ends with the number, as "image_1".
constexpr std::array<std::string_view, 5> kKeyWords = {"", "image", "img", "frame", "picture"};

constexpr std::array<std::string_view, 5> kResultNames = {"result", "results", "answer", "response",
                                                          "output"};
constexpr std::array<std::string_view, 4> kWordNames = {"text", "caption", "description",
                                                        "content"};

bool is_in_words(const ReadOptions &options)
{
  return options.task == Task::caption || (options.task == Task::ask && !options.has_schema);
}

bool holds_container(Json array)
{
  return std::any_of(array.begin(), array.end(),
                     [](Json child) { return child.is_object() || child.is_array(); });
}

// 3 of "3", "image 3", "Frame_3".
std::optional<double> read_frame_number(std::string_view text)
{
  constexpr std::size_t kMaxDigits = 6;
  text = trimmed(text);
  const std::size_t last = text.find_last_not_of("0123456789");
  const std::size_t begin = last == std::string_view::npos ? 0 : last + 1;
  if (begin == text.size() || text.size() - begin > kMaxDigits)
    return std::nullopt;
  const std::string_view word = text.substr(0, begin);
  const bool is_known =
      std::any_of(kKeyWords.begin(), kKeyWords.end(),
                  [word](std::string_view known) { return is_name(word, known); });
  return is_known ? parse_number(text.substr(begin)) : std::nullopt;
}

std::optional<double> frame_number(Json member)
{
  if (!member.is_whole())
    return std::nullopt; // 1 may be what is left of 12
  if (const auto number = member.number())
    return number;
  return member.is_string() ? read_frame_number(member.text()) : std::nullopt;
}

// What the model says about one frame, or about one thing on it.
struct Entry {
  Json value = {};
  Json left_out = {};                          // the member of `value` that is the number
  std::optional<double> number = std::nullopt; // as written
  bool is_item = false;                        // one thing of several on its frame
  bool is_whole = true;
};

class EntryReader {
public:
  explicit EntryReader(const ReadOptions &options) : options_(options) {}

  Entry read(Json value) const
  {
    Entry entry{.value = value, .is_whole = value.is_whole()};
    if (!value.is_object())
      return entry;
    entry.left_out = number_in(value);
    if (entry.left_out)
      entry.number = frame_number(entry.left_out);
    const Json result = result_in(value, entry.left_out);
    entry.is_item = !result && is_item(value);
    if (result) {
      entry.value = result;
      entry.left_out = {};
      entry.is_whole = result.is_whole();
    }
    return entry;
  }

  // Whether an entry without a number can be what is said about the frame of its place.
  bool has_place(const Entry &entry) const
  {
    const Json value = entry.value;
    if (options_.task == Task::ask)
      return true;
    if (entry.is_item)
      return false;
    if (value.is_object() || value.kind() == Json::Kind::null)
      return true;
    if (options_.task == Task::caption)
      return value.is_string() || value.is_array();
    if (value.is_array()) // four numbers are a box
      return value.size() == 0 || holds_container(value) || options_.task == Task::classify;
    const std::string_view inside = unfenced(value.text());
    return inside.starts_with('[') || inside.starts_with('{');
  }

private:
  bool is_item(Json object) const
  {
    switch (options_.task) {
    case Task::detect:
    case Task::segment:
    case Task::point:
    case Task::boxes_3d:
      return shape_claim(object) == Claim::usable;
    case Task::classify:
      return bool{label_of(object)};
    case Task::caption:
    case Task::ask:
      break;
    }
    return false;
  }

  Json number_in(Json object) const
  {
    for (const std::string_view name : kFrameNames) {
      const Json member = member_named(object, name);
      if (member && frame_number(member))
        return member;
    }
    // A thing may be numbered by itself.
    if (is_item(object) || (options_.task == Task::ask && !member_named_any(object, kResultNames)))
      return {};
    const Json member = member_named_any(object, kVagueNames);
    return member && frame_number(member) ? member : Json{};
  }

  Json result_in(Json object, Json number) const
  {
    if (options_.has_schema && options_.task == Task::ask) {
      // The user's own answer may have a member of that name, too.
      const bool is_alone = object.size() == (number ? 2U : 1U);
      return is_alone || number ? object.member("result") : Json{};
    }
    const Json result = member_named_any(object, kResultNames);
    return result || !is_in_words(options_) ? result : member_named_any(object, kWordNames);
  }

  const ReadOptions &options_;
};

// The entries of each frame.
struct Split {
  explicit Split(std::size_t n_frames) : frames(n_frames) {}

  std::vector<std::vector<Entry>> frames;
  std::size_t n_entries = 0;                  // that were there
  std::optional<double> stray = std::nullopt; // the number of an entry for no frame
  bool has_numbers = false;

  std::size_t n_found() const
  {
    return static_cast<std::size_t>(std::count_if(
        frames.begin(), frames.end(), [](const auto &entries) { return !entries.empty(); }));
  }
};

class Splitter {
public:
  Splitter(const ReadOptions &options, std::size_t n_frames)
      : options_(options), reader_(options), n_frames_(n_frames)
  {
  }

  std::optional<Split> split(Json value, int level = 0) const
  {
    if (value.is_array()) {
      std::optional<Split> inner;
      if (value.size() == 1 && level < kMaxLevels && value.front().is_array())
        inner = split(value.front(), level + 1);
      return inner ? inner : split_entries({value.begin(), value.end()}, level);
    }
    if (!value.is_object())
      return std::nullopt;
    if (std::optional<Split> map = split_map(value))
      return map;
    if (reader_.read(value).number)
      return split_entries({value}, level);
    std::optional<Split> best;
    for (const Json child : value) {
      if (level < kMaxLevels && (child.is_array() || child.is_object()))
        keep_better(best, split(child, level + 1));
    }
    return best;
  }

  // Several values of a text, one for each frame.
  std::optional<Split> split_roots(const JsonDocument &document) const
  {
    std::vector<Json> values;
    for (const JsonDocument::Root &root : document.roots()) {
      const Json value = document.value(root);
      if (!root.is_damaged || value.is_object() || holds_container(value))
        values.push_back(value);
    }
    std::optional<Split> split = split_entries(values, 0);
    const bool is_sure = split && (split->has_numbers || values.size() == n_frames_);
    return is_sure ? split : std::nullopt;
  }

  static void keep_better(std::optional<Split> &best, std::optional<Split> other)
  {
    if (other && (!best || other->n_found() > best->n_found()))
      best = std::move(other);
  }

private:
  std::optional<Split> split_entries(const std::vector<Json> &values, int level) const
  {
    std::vector<Entry> entries;
    for (const Json value : values) {
      if (entries.size() == kMaxItems)
        break;
      entries.push_back(reader_.read(value));
    }
    return share_out(entries, level);
  }

  // {"1": …, "image 2": …}
  std::optional<Split> split_map(Json object) const
  {
    std::vector<Entry> entries;
    for (const Json child : object) {
      const std::optional<double> number = read_frame_number(child.key());
      if (!number || entries.size() == kMaxItems)
        continue;
      Entry entry = reader_.read(child);
      entry.number = number;
      entry.is_item = false;
      entries.push_back(entry);
    }
    return entries.empty() ? std::nullopt : share_out(entries, 0);
  }

  std::optional<Split> share_out(const std::vector<Entry> &entries, int level) const
  {
    Split split{n_frames_};
    split.n_entries = entries.size();
    split.has_numbers = std::any_of(entries.begin(), entries.end(),
                                    [](const Entry &entry) { return entry.number.has_value(); });
    // A list deep in an answer to a question may be any list.
    if (!split.has_numbers && (entries.empty() || (options_.task == Task::ask && level > 0)))
      return std::nullopt;
    // Where things tell their frame, one that does not is cut or was left without.
    const bool has_places = std::none_of(entries.begin(), entries.end(), [](const Entry &entry) {
      return entry.number && entry.is_item;
    });
    const double first = first_number(entries);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const Entry &entry = entries[i];
      if (!entry.number) {
        if (!reader_.has_place(entry)) {
          if (!split.has_numbers)
            return std::nullopt;
        } else if (has_places && i < n_frames_ && split.frames[i].empty()) {
          split.frames[i].push_back(entry);
        }
        continue;
      }
      const double place = *entry.number - first;
      if (place >= 0 && place < static_cast<double>(n_frames_))
        split.frames[static_cast<std::size_t>(place)].push_back(entry);
      else
        split.stray = entry.number;
    }
    return split.n_found() > 0 ? std::optional{split} : std::nullopt;
  }

  // Some count from 0, or count the references.
  double first_number(const std::vector<Entry> &entries) const
  {
    std::set<double> numbers;
    for (const Entry &entry : entries) {
      if (entry.number)
        numbers.insert(*entry.number);
    }
    const auto n = static_cast<double>(n_frames_);
    if (numbers.empty())
      return 1;
    const double low = *numbers.begin();
    const double high = *numbers.rbegin();
    const bool is_from_0 = low == 0 && high < n;
    const bool is_whole_run = numbers.size() == n_frames_ && high - low == n - 1;
    return is_from_0 || is_whole_run ? low : 1;
  }

  const ReadOptions &options_;
  EntryReader reader_;
  std::size_t n_frames_;
};

// What an entry says, as text for the reader of one answer.
class EntryWriter {
public:
  EntryWriter(const ReadOptions &options, std::size_t max_bytes)
      : options_(options), max_bytes_(max_bytes)
  {
  }

  // None where they say nothing.
  std::optional<std::string> write(const std::vector<Entry> &entries) const
  {
    std::vector<const Entry *> said;
    for (const Entry &entry : entries) {
      if (says_something(entry))
        said.push_back(&entry);
    }
    if (said.empty())
      return std::nullopt;
    if (said.size() == 1 && said.front()->value.is_string())
      return string_text(said.front()->value);
    std::string text = said.size() > 1 ? "[" : "";
    for (const Entry *entry : said) {
      if (entry != said.front())
        text += ',';
      if (!append(text, *entry))
        return std::nullopt;
    }
    return text + (said.size() > 1 ? "]" : "");
  }

private:
  bool says_something(const Entry &entry) const
  {
    const Json value = entry.value;
    if (entry.is_item && !entry.is_whole)
      return false;
    if (value.kind() == Json::Kind::null)
      return !is_in_words(options_);
    if (value.is_string())
      return !trimmed(value.text()).empty();
    if (!value.is_object() || (value.size() == 0 && value.is_whole()))
      return true;
    // Perhaps nothing but its number.
    return std::any_of(value.begin(), value.end(),
                       [&entry](Json child) { return is_kept(entry, child); });
  }

  static bool is_kept(const Entry &entry, Json child)
  {
    return child != entry.left_out && (child.is_whole() || child.is_object() || child.is_array());
  }

  std::string string_text(Json value) const
  {
    const std::string_view text = trimmed(value.text());
    const bool is_value = options_.task == Task::ask && options_.has_schema &&
                          !text.starts_with('{') && !text.starts_with('[');
    std::string out;
    if (is_value)
      append_quoted(out, value.text());
    return is_value ? out : std::string{value.text()};
  }

  bool append(std::string &out, const Entry &entry) const
  {
    if (!entry.value.is_object() || !entry.left_out)
      return append_json(out, entry.value, max_bytes_);
    const char *separator = "{";
    for (const Json child : entry.value) {
      if (!is_kept(entry, child))
        continue;
      out += separator;
      separator = ",";
      append_quoted(out, child.key());
      out += ':';
      if (!append_json(out, child, max_bytes_))
        return false;
    }
    out += *separator == '{' ? "{}" : "}";
    return true;
  }

  const ReadOptions &options_;
  std::size_t max_bytes_;
};

// Asked for things, a model that sees none on any frame may say so once.
bool is_nothing(const ReadOptions &options, const JsonDocument &document, std::string_view text)
{
  if (options.task == Task::caption || options.task == Task::ask)
    return false;
  if (unfenced(text) == "null")
    return true;
  if (document.roots().size() != 1 || document.roots().front().is_cut)
    return false;
  const Json root = document.root();
  return root.size() == 0 || (root.is_object() && root.size() == 1 && root.front().is_array() &&
                              root.front().size() == 0);
}

std::string images(std::size_t count)
{
  return std::to_string(count) + (count == 1 ? " image" : " images");
}

void note_counts(const Split &split, FrameAnswers &answers)
{
  const std::size_t n_frames = answers.frames.size();
  if (split.stray)
    answers.problems.push_back("an entry of the answer is about none of the " + images(n_frames));
  else if (!split.has_numbers && split.n_entries > n_frames)
    answers.problems.push_back("the answer has " + std::to_string(split.n_entries) +
                               " entries for " + images(n_frames));
  const auto n_said =
      static_cast<std::size_t>(std::count_if(answers.frames.begin(), answers.frames.end(),
                                             [](const auto &frame) { return frame.has_value(); }));
  if (n_said < n_frames && !answers.is_cut)
    answers.problems.push_back("the answer is about " + std::to_string(n_said) + " of " +
                               images(n_frames) + " only");
}

} // namespace

FrameAnswers split_answer(const ReadOptions &options, std::size_t n_frames, std::string_view text)
{
  const JsonDocument document = JsonDocument::scattered(text);
  FrameAnswers answers;
  answers.frames.resize(n_frames);
  if (is_nothing(options, document, text)) {
    answers.is_split = true;
    std::fill(answers.frames.begin(), answers.frames.end(), FrameAnswer{.text = "[]"});
    return answers;
  }

  const Splitter splitter{options, n_frames};
  std::optional<Split> best;
  for (const JsonDocument::Root &root : document.roots()) {
    Splitter::keep_better(best, splitter.split(document.value(root)));
    answers.is_cut = answers.is_cut || root.is_cut;
  }
  if (document.roots().size() > 1)
    Splitter::keep_better(best, splitter.split_roots(document));
  if (document.is_full()) {
    answers.is_cut = true;
    answers.problems.emplace_back("the answer is too long, its end was not read");
  }
  if (!best)
    return answers;

  answers.is_split = true;
  const EntryWriter writer{options, text.size() * 6 + 1024};
  for (std::size_t i = 0; i < n_frames; ++i) {
    const std::vector<Entry> &entries = best->frames[i];
    auto words = writer.write(entries);
    if (!words)
      continue;
    const bool is_last =
        std::all_of(best->frames.begin() + static_cast<std::ptrdiff_t>(i) + 1, best->frames.end(),
                    [](const auto &later) { return later.empty(); });
    // Of single things more could have followed.
    const bool is_cut =
        answers.is_cut && (!entries.back().is_whole || (is_last && entries.back().is_item));
    answers.frames[i] = FrameAnswer{.text = std::move(*words), .is_cut = is_cut};
  }
  note_counts(*best, answers);
  return answers;
}

} // namespace gemini::wire
