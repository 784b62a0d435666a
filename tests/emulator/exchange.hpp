// SPDX-License-Identifier: LGPL-2.1-or-later
// One request and the delivery of its answer, with whatever goes wrong on the way. HTTP thread
// only.
#pragma once

#include "faults.hpp"
#include "glib/ref.hpp"
#include "service.hpp"

#include <libsoup/soup.h>

#include <chrono>
#include <functional>
#include <optional>

GEMINI_REF_TRAITS(SoupServerMessage, g_object_ref, g_object_unref);

namespace gemini::emulator {

class Exchange {
public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Pauses the message. `when_done` is called once, when the connection needs this exchange no
  // more; it may destroy it.
  // `stream_delay` lies between the pieces of a streamed answer.
  Exchange(SoupServerMessage *message, const DeliveryFault &fault, TimePoint not_before,
           std::chrono::milliseconds stream_delay, std::function<void()> when_done);
  ~Exchange();
  Exchange(const Exchange &) = delete;
  Exchange &operator=(const Exchange &) = delete;

  void set_answer(Answer answer);
  // Ends what `hold` does.
  void release();

private:
  void proceed();
  void send();
  void send_in_pieces();
  void send_stream();
  void send_half_and_reset();
  void send_endlessly();
  void send_more();
  void drop();
  // Sends these bytes, whatever they are, and closes the connection.
  void end_connection(const std::string &bytes);
  std::string raw_head(const std::string &last_header, const std::string &body) const;
  void wait_for_next_piece();
  void send_next_piece();
  void count_written();
  void close_connection();
  void set_head();
  // Runs `next` in the thread's context after `delay`, instead of whatever was to run.
  void schedule(std::chrono::milliseconds delay, void (Exchange::*next)());
  void cancel_timer();
  void finish();

  Ref<SoupServerMessage> message_;
  gulong finished_handler_;
  gulong wrote_handler_;
  DeliveryFault fault_;
  TimePoint not_before_;
  std::chrono::milliseconds piece_delay_; // while sending in pieces
  std::function<void()> when_done_;
  bool is_held_;
  std::optional<Answer> answer_;
  std::size_t next_piece_ = 0; // while sending in pieces, or endlessly
  std::size_t n_written_ = 0;
  bool is_cut_ = false; // closes the connection behind the last piece
  Ref<GSource> timer_;
  void (Exchange::*next_)() = nullptr; // what the timer is for
};

} // namespace gemini::emulator
