// SPDX-License-Identifier: LGPL-2.1-or-later
// The grammar is JSON's with every rule loosened that can be loosened without a guess about values.
#include "wire/json_parser.hpp"

#include "wire/text.hpp"

#include <glib.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace gemini::wire {
namespace {

using Kind = Json::Kind;

constexpr std::string_view kSpaces = " \t\n\r\f\v";

constexpr bool is_space(char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

constexpr bool ends_word(char c)
{
  return is_space(c) || c == ',' || c == ':' || c == '{' || c == '}' || c == '[' || c == ']' ||
         c == '"';
}

constexpr bool is_fence(std::string_view text)
{
  return text.starts_with("```") || text.starts_with("~~~");
}

// The four hexadecimal digits at the beginning of `text`, or -1.
int hex4(std::string_view text)
{
  if (text.size() < 4)
    return -1;
  int value = 0;
  for (const char c : text.substr(0, 4)) {
    const int digit = g_ascii_xdigit_value(c);
    if (digit < 0)
      return -1;
    value = value * 16 + digit;
  }
  return value;
}

} // namespace

JsonParser::JsonParser(std::string_view text, JsonDocument &document)
    : text_(text), document_(document)
{
}

std::size_t JsonParser::read(std::size_t at)
{
  at_ = at;
  beyond_depth_ = 0;
  open_.clear();
  root_ = {.node = static_cast<std::uint32_t>(document_.nodes_.size())};
  open(peek() == '{' ? Kind::object : Kind::array);
  while (!open_.empty())
    step();
  root_.values = static_cast<std::uint32_t>(document_.nodes_.size()) - root_.node;
  document_.roots_.push_back(root_);
  return at_;
}

// Reads one name, value or end inside the innermost container.
void JsonParser::step()
{
  skip_space();
  if (is_at_end() || is_fence(text_.substr(at_)) || document_.is_full()) {
    give_up();
    return;
  }
  if (beyond_depth_ > 0) {
    step_beyond_depth();
    return;
  }
  Frame &frame = open_.back();
  const char c = peek();
  if (c == '}' || c == ']')
    close(c);
  else if (c != ',' && node(frame).kind == Kind::object && !frame.has_key)
    read_name(frame);
  else
    read_value(frame);
}

void JsonParser::step_beyond_depth()
{
  const char c = text_[at_];
  if (c == '"') {
    const std::size_t size = document_.text_.size();
    read_quoted();
    document_.text_.resize(size);
    return;
  }
  if (c == '{' || c == '[')
    ++beyond_depth_;
  else if (c == '}' || c == ']')
    --beyond_depth_;
  ++at_;
}

void JsonParser::read_name(Frame &frame)
{
  const char c = peek();
  if (c == '{' && node(frame).children == 0) {
    // Written by a model that took braces for something to be escaped.
    ++frame.extra_braces;
    ++at_;
    return;
  }
  if (c == '{' || c == '[') {
    root_.is_damaged = true; // a value without a name: kept, for what stands in it
    open(c == '{' ? Kind::object : Kind::array);
    return;
  }
  Span name;
  if (c == '"' || c == '\'') {
    name = read_quoted();
  } else if (const std::string_view word = bare_word(); !word.empty()) {
    at_ += word.size();
    name = store(word);
  } else {
    skip_junk();
    return;
  }
  skip_space();
  if (is_at_end())
    return; // cut between name and value
  if (peek() != ':') {
    root_.is_damaged = true;
    return;
  }
  ++at_;
  frame.key = name;
  frame.has_key = true;
}

void JsonParser::read_value(Frame &frame)
{
  switch (const char c = peek()) {
  case ',':
    ++at_;
    if (frame.has_key)
      add(&frame, Kind::null, {});
    break;
  case '{':
    open(Kind::object);
    break;
  case '[':
    open(Kind::array);
    break;
  case '"':
  case '\'': {
    const Span text = read_quoted(frame.has_key);
    const std::uint32_t index = add(&frame, Kind::string, text);
    document_.nodes_[index].is_whole = !is_open_ended_;
    break;
  }
  default:
    static_cast<void>(c);
    read_word(frame);
  }
}

void JsonParser::read_word(Frame &frame)
{
  const std::string_view word = bare_word();
  if (word.empty()) {
    skip_junk();
    return;
  }
  at_ += word.size();
  Kind kind = Kind::string;
  const auto number = parse_number(word);
  if (word == "null" || word == "None")
    kind = Kind::null;
  else if (word == "true" || word == "false" || word == "True" || word == "False")
    kind = Kind::boolean;
  else if (number)
    kind = Kind::number;
  const std::uint32_t index = add(&frame, kind, store(word));
  document_.nodes_[index].is_whole = !is_at_end(); // 12 may be what is left of 123
  if (number)
    document_.nodes_[index].number = *number;
  else if (kind == Kind::string)
    root_.is_damaged = true;
}

void JsonParser::open(Kind kind)
{
  ++at_;
  if (open_.size() >= JsonDocument::kMaxDepth) {
    root_.is_damaged = true;
    beyond_depth_ = 1;
    open_.back().has_key = false;
    return;
  }
  const std::uint32_t index = add(open_.empty() ? nullptr : &open_.back(), kind, {});
  document_.nodes_[index].is_whole = false;
  open_.push_back({.node = index, .key = {}});
}

// Ends the innermost container that `closer` fits, and those inside it whose own end is missing.
void JsonParser::close(char closer)
{
  ++at_;
  const Kind kind = closer == '}' ? Kind::object : Kind::array;
  const auto fitting = std::find_if(open_.rbegin(), open_.rend(),
                                    [&](const Frame &f) { return node(f).kind == kind; });
  if (fitting == open_.rend()) {
    root_.is_damaged = true;
    return;
  }
  if (fitting != open_.rbegin())
    root_.is_damaged = true;
  close_extra_braces(*fitting);
  const auto count = static_cast<std::size_t>(fitting - open_.rbegin()) + 1;
  for (std::size_t i = 0; i < count; ++i) {
    node(open_.back()).is_whole = true;
    open_.pop_back();
  }
}

void JsonParser::close_extra_braces(Frame &frame)
{
  for (; frame.extra_braces > 0; --frame.extra_braces) {
    skip_space();
    if (is_at_end() || peek() != '}')
      return;
    ++at_;
  }
}

// White space and comments.
void JsonParser::skip_space()
{
  for (;;) {
    while (!is_at_end() && is_space(peek()))
      ++at_;
    const std::string_view rest = text_.substr(std::min(at_, text_.size()));
    if (rest.starts_with("//"))
      at_ = std::min(text_.find('\n', at_), text_.size());
    else if (rest.starts_with("/*"))
      at_ = std::min(text_.find("*/", at_), text_.size() - 2) + 2;
    else
      return;
  }
}

void JsonParser::skip_junk()
{
  root_.is_damaged = true;
  ++at_;
}

// The text ends here: whatever is open stays marked as cut.
void JsonParser::give_up()
{
  root_.is_cut = true;
  open_.clear();
}

// Reads the string that begins at the current position, decoded, into the document. The value of a
// member also ends where the next one begins.
JsonParser::Span JsonParser::read_quoted(bool is_of_member)
{
  const char quote = text_[at_++];
  std::string &out = document_.text_;
  const std::size_t begin = out.size();
  std::size_t run = at_;
  const auto flush = [&] { out.append(text_, run, at_ - run); };
  is_open_ended_ = true;
  while (!is_at_end()) {
    const char c = text_[at_];
    if (c == quote && is_closing_quote(at_)) {
      flush();
      ++at_;
      run = at_;
      is_open_ended_ = false;
      break;
    }
    if (c == quote && is_of_member && begins_member(at_)) {
      const std::size_t comma = text_.find_last_not_of(kSpaces, at_ - 1);
      if (comma >= run && text_[comma] == ',') {
        at_ = comma;
        flush();
        run = at_;
        is_open_ended_ = false;
        break;
      }
    }
    if (c == '\\' && at_ + 1 < text_.size()) {
      flush();
      append_escape();
      run = at_;
    } else {
      ++at_;
    }
  }
  if (is_at_end() && run < at_)
    flush();
  repair_utf8(out, begin);
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(out.size() - begin)};
}

// A quotation mark inside a string that somebody forgot to escape is followed by more text.
bool JsonParser::is_closing_quote(std::size_t at) const
{
  do
    ++at;
  while (at < text_.size() && is_space(text_[at]));
  constexpr std::string_view kMayFollow = ",:}]\"'/`~";
  return at >= text_.size() || kMayFollow.find(text_[at]) != std::string_view::npos;
}

// Whether the quotation mark is the first of "name": and so the one before it was never closed, as
// happens to masks of tokens.
bool JsonParser::begins_member(std::size_t at) const
{
  constexpr std::size_t kMaxName = 40;
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                        "0123456789_-";
  const std::string_view rest = text_.substr(at + 1);
  const std::size_t end = rest.substr(0, kMaxName + 1).find_first_not_of(kLetters);
  if (end == 0 || end == std::string_view::npos || rest[end] != text_[at])
    return false;
  const std::size_t colon = rest.find_first_not_of(kSpaces, end + 1);
  return colon != std::string_view::npos && rest[colon] == ':';
}

void JsonParser::append_escape()
{
  std::string &out = document_.text_;
  const char c = text_[at_ + 1];
  at_ += 2;
  constexpr std::string_view kNames = "bfnrt";
  constexpr std::string_view kValues = "\b\f\n\r\t";
  if (const std::size_t i = kNames.find(c); i != std::string_view::npos) {
    out += kValues[i];
    return;
  }
  if (c != 'u') {
    out += c;
    return;
  }
  int code = hex4(text_.substr(at_));
  if (code < 0) {
    out += "\xff"; // becomes U+FFFD
    return;
  }
  at_ += 4;
  if (code >= 0xd800 && code < 0xdc00 && text_.substr(at_).starts_with("\\u")) {
    const int low = hex4(text_.substr(at_ + 2));
    if (low >= 0xdc00 && low < 0xe000) {
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      at_ += 6;
    }
  }
  char utf8[6]; // half a surrogate and NUL are repaired with the rest of the string
  const int size = g_unichar_to_utf8(static_cast<gunichar>(code), utf8);
  out.append(utf8, static_cast<std::size_t>(size));
}

std::string_view JsonParser::bare_word() const
{
  std::size_t end = at_;
  while (end < text_.size() && !ends_word(text_[end]))
    ++end;
  return text_.substr(at_, end - at_);
}

JsonParser::Span JsonParser::store(std::string_view text)
{
  std::string &out = document_.text_;
  const std::size_t begin = out.size();
  out += text;
  repair_utf8(out, begin);
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(out.size() - begin)};
}

std::uint32_t JsonParser::add(Frame *parent, Kind kind, Span text)
{
  const auto index = static_cast<std::uint32_t>(document_.nodes_.size());
  Node &added = document_.nodes_.emplace_back();
  added.kind = kind;
  added.text = text;
  if (!parent)
    return index;
  if (parent->has_key)
    added.key = std::exchange(parent->key, {});
  parent->has_key = false;
  if (parent->last_child == JsonDocument::kNone)
    node(*parent).first = index;
  else
    document_.nodes_[parent->last_child].next = index;
  parent->last_child = index;
  ++node(*parent).children;
  return index;
}

JsonDocument JsonDocument::whole(std::string_view text)
{
  JsonDocument document;
  if (text.starts_with("\xef\xbb\xbf")) // byte order mark
    text.remove_prefix(3);
  text = trimmed(text);
  if (text.empty() || text.size() >= std::numeric_limits<std::uint32_t>::max() / 4 ||
      (text.front() != '{' && text.front() != '['))
    return document;
  document.text_.reserve(text.size());
  JsonParser parser{text, document};
  const std::size_t end = parser.read(0);
  const Root root = document.roots_.front();
  if (root.is_cut || root.is_damaged || end != text.size())
    return {};
  return document;
}

JsonDocument JsonDocument::scattered(std::string_view text)
{
  JsonDocument document;
  text = trimmed(text.substr(0, std::numeric_limits<std::uint32_t>::max() / 4));
  document.text_.reserve(text.size());
  JsonParser parser{text, document};
  std::size_t at = 0;
  while ((at = text.find_first_of("[{", at)) != std::string_view::npos) {
    const bool is_first = at == 0;
    at = parser.read(at);
    const Root &root = document.roots_.back();
    document.is_single_ = is_first && at == text.size() && !root.is_cut && !root.is_damaged;
    if (document.is_full())
      break;
  }
  return document;
}

} // namespace gemini::wire
