// SPDX-License-Identifier: LGPL-2.1-or-later
// The words of an answer, without what a model wraps round them.
#include "wire/caption.hpp"

#include "wire/json.hpp"
#include "wire/label.hpp"
#include "wire/model_text.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace gemini::wire {
namespace {

// A caption shorter than this may repeat itself on purpose.
constexpr std::size_t kMinRepetition = 200;

// The member that holds the words, in order of preference.
constexpr std::array<std::string_view, 14> kCaptionNames = {
    "caption", "captions", "description", "imagecaption", "imagedescription", "text",    "summary",
    "answer",  "content",  "response",    "result",       "output",           "alttext", "title",
};

struct Quotes {
  std::string_view open;
  std::string_view close;
};
constexpr std::array<Quotes, 6> kQuotes = {{
    {"\"", "\""},
    {"'", "'"},
    {"`", "`"},
    {"\xe2\x80\x9c", "\xe2\x80\x9d"}, // “ ”
    {"\xe2\x80\x98", "\xe2\x80\x99"}, // ‘ ’
    {"\xc2\xab", "\xc2\xbb"},         // « »
}};

std::string_view without_quotes(std::string_view text)
{
  for (const Quotes &quotes : kQuotes) {
    const std::size_t around = quotes.open.size() + quotes.close.size();
    if (text.size() < around || !text.starts_with(quotes.open) || !text.ends_with(quotes.close))
      continue;
    const std::string_view inside = text.substr(quotes.open.size(), text.size() - around);
    // "One," she said, "two." is not in quotation marks.
    if (inside.find(quotes.open) == std::string_view::npos &&
        inside.find(quotes.close) == std::string_view::npos)
      return trimmed(inside);
  }
  return text;
}

// Adds the words of a JSON value on lines of their own. Whether it holds any where they belong.
bool add_words(Json value, std::string &words)
{
  if (value.is_string()) {
    const std::string_view text = trimmed(value.text());
    if (!words.empty() && !text.empty())
      words += '\n';
    words += text;
    return true;
  }
  if (value.is_array()) {
    bool has_any = false;
    for (const Json child : value)
      has_any = add_words(child, words) || has_any;
    return has_any;
  }
  if (!value.is_object())
    return false;
  for (const std::string_view name : kCaptionNames) {
    if (const Json member = member_named(value, name))
      return add_words(member, words);
  }
  return value.size() == 1 && add_words(value.front(), words);
}

// Whether a quotation mark ends the text and none before it does.
bool is_quoted(std::string_view text)
{
  if (!text.starts_with('"'))
    return false;
  std::size_t at = 1;
  while (at < text.size() && text[at] != '"')
    at += text[at] == '\\' ? 2U : 1U;
  return at + 1 == text.size();
}

// "a \"big\" dog" as one string of JSON; none where the text is anything else.
std::optional<std::string> read_string(std::string_view text)
{
  if (!is_quoted(text))
    return std::nullopt;
  const JsonDocument document = JsonDocument::whole("[" + std::string{text} + "]");
  if (document.root().size() != 1 || !document.root().front().is_string())
    return std::nullopt;
  return std::string{trimmed(document.root().front().text())};
}

Json caption_member(Json value)
{
  if (value.is_array())
    value = value.front();
  if (!value.is_object())
    return {};
  for (const std::string_view name : kCaptionNames) {
    if (const Json member = member_named(value, name))
      return member;
  }
  return {};
}

// The part of an answer that may be JSON: all of it, or the fence behind a few words such as
// "Sure:". What a caption quotes from the picture in a fence is a part of the caption.
std::string_view json_part(std::string_view text)
{
  constexpr std::size_t kMaxLeadIn = 80;
  const std::size_t fence = text.find("```");
  if (fence == std::string_view::npos || fence == 0)
    return text;
  const std::string_view lead_in = trimmed(text.substr(0, fence));
  if (lead_in.size() > kMaxLeadIn || !lead_in.ends_with(':'))
    return text;
  const std::size_t inside = std::min(text.find_first_not_of('`', fence), text.size());
  const std::size_t close = std::min(text.find("```", inside), text.size());
  return unfenced(text.substr(fence, text.find_first_not_of('`', close) - fence));
}

// The words in the JSON that an answer is, or that stands in a fence of it.
std::optional<std::string> read_wrapped(std::string_view text, Problems &problems)
{
  text = json_part(text);
  if (!text.starts_with('{') && !text.starts_with('['))
    return std::nullopt;
  const JsonDocument document = JsonDocument::scattered(text);
  if (document.roots().empty())
    return std::nullopt;
  const JsonDocument::Root &root = document.roots().front();
  const Json value = document.value(root);
  // "[Person] stands by a car." begins with a bracket and is no JSON.
  const bool is_all = !root.is_damaged && (document.is_single() || root.is_cut);
  std::string words;
  if ((!is_all && !caption_member(value)) || !add_words(value, words))
    return std::nullopt;
  if (root.is_cut)
    problems.add("the caption ends in the middle");
  if (document.is_full())
    problems.add("the answer is too long, its end was not read");
  return words;
}

std::string without_repetition(std::string text, Problems &problems)
{
  const std::size_t end = end_without_repetition(text, kMinRepetition);
  if (end < text.size()) {
    problems.add("the text repeats itself and was cut");
    text.resize(end);
  }
  return text;
}

void remove_carriage_returns(std::string &text)
{
  text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
}

} // namespace

std::optional<std::string> read_caption(std::string_view text, Problems &problems)
{
  const std::string_view inside = unfenced(text);
  std::optional<std::string> words = read_wrapped(inside, problems);
  if (!words)
    words = read_string(inside);
  std::string caption = bounded_text(words ? *words : without_quotes(inside), problems);
  remove_carriage_returns(caption);
  caption = without_repetition(std::move(caption), problems);
  if (caption.empty()) {
    problems.add("no words in the answer: " + safe_line(text, 80));
    return std::nullopt;
  }
  return caption;
}

std::string bounded_text(std::string_view text, Problems &problems)
{
  text = trimmed(text);
  if (text.size() > kMaxTextBytes) {
    problems.add("the text was cut at " + std::to_string(kMaxTextBytes) + " bytes");
    std::size_t end = kMaxTextBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
      --end;
    text = text.substr(0, end);
  }
  std::string bounded{text};
  repair_utf8(bounded);
  return bounded;
}

} // namespace gemini::wire
