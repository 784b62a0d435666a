// SPDX-License-Identifier: LGPL-2.1-or-later

// Server-sent events as streamGenerateContent sends them.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace gemini::wire {

// Takes bytes as they come and gives the events' data (joined over their `data:` lines). Lines end
// with LF, CR or CRLF; an event with an empty line. A bare JSON value between events, as the
// service sends an error, is given like an event. What lies longer than kLargestEvent without an
// end is given up. The format is that of the HTML standard, section 9.2.
class EventStream {
public:
  static constexpr std::size_t kLargestEvent = std::size_t{64} << 20;

  void feed(std::string_view bytes);
  // The next whole event's data; none: more has to come.
  std::optional<std::string> next();
  // The stream has ended: what is left without its empty line, if anything.
  std::optional<std::string> rest();
  bool is_too_large() const { return is_too_large_; }

private:
  std::size_t feed_line(std::string_view bytes);
  std::size_t feed_bare(std::string_view bytes);
  void end_line();
  void end_event();
  void give_up_if_too_large();

  std::deque<std::string> ready_;
  std::string line_; // as far as it has come
  std::string data_; // of the event that is coming, each line with an LF behind it
  bool has_data_ = false;
  bool is_first_line_ = true;
  bool skips_lf_ = false; // the last line ended with CR
  std::string bare_;      // a JSON value outside of events, as far as it has come
  unsigned depth_ = 0;    // of bare_
  bool is_in_string_ = false;
  bool is_escaped_ = false;
  bool is_too_large_ = false;
};

// The chunks of a stream as one body that read_reply() reads. Each is one event's data.
class StreamedBody {
public:
  void add(std::string_view chunk);
  bool empty() const { return body_.empty(); }
  // All chunks so far as a JSON list.
  std::string body() const;

private:
  std::string body_;
};

} // namespace gemini::wire
