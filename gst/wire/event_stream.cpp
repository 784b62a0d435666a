// SPDX-License-Identifier: LGPL-2.1-or-later
// Server-sent events as streamGenerateContent sends them.
#include "wire/event_stream.hpp"

#include "wire/text.hpp"

#include <algorithm>
#include <utility>

namespace gemini::wire {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// The value of a line that is `data`, with or without a colon; none of any other line.
std::optional<std::string_view> data_of(std::string_view line)
{
  constexpr std::string_view kData = "data";
  if (!line.starts_with(kData))
    return std::nullopt;
  line.remove_prefix(kData.size());
  if (line.empty())
    return line;
  if (line.front() != ':')
    return std::nullopt;
  line.remove_prefix(1);
  if (line.starts_with(' '))
    line.remove_prefix(1);
  return line;
}

} // namespace

void EventStream::feed(std::string_view bytes)
{
  while (!bytes.empty() && !is_too_large_) {
    bytes.remove_prefix(depth_ > 0 ? feed_bare(bytes) : feed_line(bytes));
    give_up_if_too_large();
  }
}

// Both return how many bytes they took.
std::size_t EventStream::feed_line(std::string_view bytes)
{
  if (std::exchange(skips_lf_, false) && bytes.front() == '\n')
    return 1;
  if (line_.empty() && (bytes.front() == '{' || bytes.front() == '[')) {
    end_event();
    return feed_bare(bytes);
  }
  // No further than the mark at first: what follows it may be bare.
  if (is_first_line_)
    bytes = bytes.substr(0, kByteOrderMark.size() - line_.size());
  const std::size_t end = std::min(bytes.find_first_of("\r\n"), bytes.size());
  line_ += bytes.substr(0, end);
  if (std::exchange(is_first_line_, is_first_line_ && line_.size() < kByteOrderMark.size()) &&
      line_.starts_with(kByteOrderMark))
    line_.erase(0, kByteOrderMark.size());
  if (end == bytes.size())
    return end;
  skips_lf_ = bytes[end] == '\r';
  end_line();
  return end + 1;
}

std::size_t EventStream::feed_bare(std::string_view bytes)
{
  is_first_line_ = false;
  std::size_t at = 0;
  do {
    const char c = bytes[at++];
    if (is_in_string_) {
      is_in_string_ = is_escaped_ || c != '"';
      is_escaped_ = !is_escaped_ && c == '\\';
    } else if (c == '"') {
      is_in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if (c == '}' || c == ']') {
      --depth_;
    }
  } while (depth_ > 0 && at < bytes.size());
  bare_ += bytes.substr(0, at);
  if (depth_ == 0)
    ready_.push_back(std::exchange(bare_, {}));
  return at;
}

void EventStream::end_line()
{
  is_first_line_ = false;
  if (line_.empty()) {
    end_event();
  } else if (const auto data = data_of(line_)) {
    has_data_ = true;
    data_ += *data;
    data_ += '\n';
  }
  line_.clear();
}

void EventStream::end_event()
{
  if (!std::exchange(has_data_, false))
    return;
  data_.pop_back();
  ready_.push_back(std::exchange(data_, {}));
}

void EventStream::give_up_if_too_large()
{
  if (line_.size() + data_.size() + bare_.size() <= kLargestEvent)
    return;
  is_too_large_ = true;
  for (std::string *const part : {&line_, &data_, &bare_})
    *part = std::string{};
  has_data_ = false;
}

std::optional<std::string> EventStream::next()
{
  if (ready_.empty())
    return std::nullopt;
  std::string data = std::move(ready_.front());
  ready_.pop_front();
  return data;
}

std::optional<std::string> EventStream::rest()
{
  if (!line_.empty())
    end_line();
  end_event();
  if (!bare_.empty())
    ready_.push_back(std::exchange(bare_, {}));
  depth_ = 0;
  is_in_string_ = false;
  is_escaped_ = false;
  return next();
}

void StreamedBody::add(std::string_view chunk)
{
  chunk = trimmed(chunk);
  // The mark that ends a stream of some that stand in for the service.
  if (chunk == "[DONE]")
    return;
  // One that does not know events sends a list of chunks.
  if (chunk.starts_with('[') && chunk.ends_with(']'))
    chunk = trimmed(chunk.substr(1, chunk.size() - 2));
  if (chunk.empty())
    return;
  if (!body_.empty())
    body_ += ',';
  body_ += chunk;
}

std::string StreamedBody::body() const
{
  return "[" + body_ + "]";
}

} // namespace gemini::wire
