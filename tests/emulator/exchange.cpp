// SPDX-License-Identifier: LGPL-2.1-or-later
// Deliveries, good and bad.
#include "exchange.hpp"

#include <algorithm>

#include <sys/socket.h>

namespace gemini::emulator {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t kSlowPieces = 10; // of a slow body

std::vector<std::string> cut(const std::string &body, std::size_t n_pieces)
{
  std::vector<std::string> pieces;
  const std::size_t size = std::max<std::size_t>((body.size() + n_pieces - 1) / n_pieces, 1);
  for (std::size_t at = 0; at < body.size(); at += size)
    pieces.push_back(body.substr(at, size));
  return pieces;
}

} // namespace

Exchange::Exchange(SoupServerMessage *message, const DeliveryFault &fault, TimePoint not_before,
                   milliseconds stream_delay, std::function<void()> when_done)
    : message_(Ref<SoupServerMessage>::share(message)), fault_(fault), not_before_(not_before),
      piece_delay_(stream_delay), when_done_(std::move(when_done)),
      is_held_(fault.kind == DeliveryFault::Kind::hold)
{
  const auto finished =
      +[](SoupServerMessage *, gpointer self) noexcept { static_cast<Exchange *>(self)->finish(); };
  finished_handler_ = g_signal_connect(message, "finished", G_CALLBACK(finished), this);
  const auto wrote = +[](SoupServerMessage *, gpointer self) noexcept {
    static_cast<Exchange *>(self)->count_written();
  };
  wrote_handler_ = g_signal_connect(message, "wrote-chunk", G_CALLBACK(wrote), this);
  soup_server_message_pause(message);
  if (fault_.kind == DeliveryFault::Kind::silence && fault_.duration.count() > 0)
    schedule(fault_.duration, &Exchange::drop);
}

Exchange::~Exchange()
{
  cancel_timer();
  g_signal_handlers_disconnect_by_data(message_.get(), this);
}

void Exchange::set_answer(Answer answer)
{
  answer_ = std::move(answer);
  proceed();
}

void Exchange::release()
{
  is_held_ = false;
  proceed();
}

void Exchange::proceed()
{
  if (!answer_ || is_held_ || fault_.kind == DeliveryFault::Kind::silence)
    return;
  const auto wait = std::chrono::ceil<milliseconds>(not_before_ - steady_clock::now());
  if (wait.count() > 0)
    schedule(wait, &Exchange::proceed);
  else
    send();
}

void Exchange::set_head()
{
  soup_server_message_set_status(message_.get(), static_cast<guint>(answer_->http_status), nullptr);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers(message_.get());
  soup_message_headers_replace(headers, "Content-Type", answer_->content_type.c_str());
  for (const auto &[name, value] : answer_->headers)
    soup_message_headers_replace(headers, name.c_str(), value.c_str());
  if (answer_->is_stream)
    soup_message_headers_set_encoding(headers, SOUP_ENCODING_CHUNKED);
  else
    soup_message_headers_set_content_length(headers, static_cast<goffset>(answer_->body().size()));
}

void Exchange::send()
{
  switch (fault_.kind) {
  case DeliveryFault::Kind::reset:
    send_half_and_reset();
    return;
  case DeliveryFault::Kind::slow_body:
    send_in_pieces();
    return;
  case DeliveryFault::Kind::stream_cut:
    is_cut_ = answer_->is_stream;
    break;
  case DeliveryFault::Kind::close:
    drop();
    return;
  case DeliveryFault::Kind::half_headers:
    end_connection(raw_head("Content-Le", ""));
    return;
  case DeliveryFault::Kind::no_length:
    end_connection(raw_head("Connection: close\r\n\r\n", answer_->body()));
    return;
  case DeliveryFault::Kind::huge:
    send_endlessly();
    return;
  case DeliveryFault::Kind::none:
  case DeliveryFault::Kind::silence:
  case DeliveryFault::Kind::hold:
  case DeliveryFault::Kind::slow:
    break;
  }
  if (answer_->is_stream && (is_cut_ || piece_delay_.count() > 0)) {
    send_stream();
    return;
  }
  set_head();
  SoupMessageBody *body = soup_server_message_get_response_body(message_.get());
  for (const auto &piece : answer_->pieces)
    soup_message_body_append(body, SOUP_MEMORY_COPY, piece.data(), piece.size());
  soup_message_body_complete(body);
  soup_server_message_unpause(message_.get());
}

void Exchange::send_in_pieces()
{
  set_head();
  answer_->pieces = cut(answer_->body(), kSlowPieces);
  if (!answer_->pieces.empty())
    piece_delay_ = fault_.duration / answer_->pieces.size();
  wait_for_next_piece();
}

void Exchange::send_stream()
{
  set_head();
  if (is_cut_)
    answer_->pieces.resize(std::min(fault_.n_pieces, answer_->pieces.size()));
  send_next_piece();
}

// libsoup pauses the message by itself when it has written all that is there.
void Exchange::wait_for_next_piece()
{
  if (next_piece_ < answer_->pieces.size())
    schedule(piece_delay_, &Exchange::send_next_piece);
  else if (!is_cut_)
    soup_message_body_complete(soup_server_message_get_response_body(message_.get()));
  soup_server_message_unpause(message_.get());
}

void Exchange::send_next_piece()
{
  const std::string &piece = answer_->pieces[next_piece_++];
  soup_message_body_append(soup_server_message_get_response_body(message_.get()), SOUP_MEMORY_COPY,
                           piece.data(), piece.size());
  wait_for_next_piece();
}

// A connection that is closed must have taken the pieces before, which count_written() sees.
void Exchange::count_written()
{
  ++n_written_;
  if (is_cut_ && n_written_ == answer_->pieces.size())
    schedule(milliseconds{0}, &Exchange::close_connection);
}

void Exchange::close_connection()
{
  // First the socket: libsoup would end the body well when it lets go of the connection.
  if (GSocket *socket = soup_server_message_get_socket(message_.get()))
    g_socket_shutdown(socket, FALSE, TRUE, nullptr);
  g_signal_handler_block(message_.get(), finished_handler_);
  g_autoptr(GIOStream) stream = soup_server_message_steal_connection(message_.get());
  if (stream)
    g_io_stream_close(stream, nullptr, nullptr);
  finish();
}

// One piece after the other, each when the one before is gone, so that little is held in memory.
void Exchange::send_endlessly()
{
  answer_->is_stream = true;
  set_head();
  soup_message_body_set_accumulate(soup_server_message_get_response_body(message_.get()), FALSE);
  const auto next = +[](SoupServerMessage *, gpointer self) noexcept {
    static_cast<Exchange *>(self)->send_more();
  };
  g_signal_connect(message_.get(), "wrote-chunk", G_CALLBACK(next), this);
  send_more();
}

void Exchange::send_more()
{
  constexpr std::size_t kPieces = 16; // a megabyte
  const bool is_first = next_piece_ == 0;
  SoupMessageBody *body = soup_server_message_get_response_body(message_.get());
  if (next_piece_++ == kPieces * fault_.megabytes) {
    soup_message_body_complete(body);
  } else {
    const bool is_event = answer_->content_type == "text/event-stream";
    std::string piece = is_first && is_event ? "data: " : "";
    if (is_first)
      piece += R"({"candidates":[{"content":{"role":"model","parts":[{"text":")";
    piece.resize((1U << 20) / kPieces, 'a');
    soup_message_body_append(body, SOUP_MEMORY_COPY, piece.data(), piece.size());
  }
  soup_server_message_unpause(message_.get());
}

// Written past libsoup, which would make it right.
std::string Exchange::raw_head(const std::string &last_header, const std::string &body) const
{
  std::string head = "HTTP/1.1 " + std::to_string(answer_->http_status) +
                     " Status\r\nContent-Type: " + answer_->content_type + "\r\n";
  for (const auto &[name, value] : answer_->headers)
    head += name + ": " + value + "\r\n";
  return head + last_header + body;
}

void Exchange::send_half_and_reset()
{
  const std::string body = answer_->body();
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  // With no time to linger, closing the socket resets the connection.
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  if (GSocket *socket = soup_server_message_get_socket(message_.get()))
    setsockopt(g_socket_get_fd(socket), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  end_connection(raw_head(length, body.substr(0, body.size() / 2)));
}

void Exchange::drop()
{
  end_connection("");
}

void Exchange::end_connection(const std::string &bytes)
{
  g_signal_handler_block(message_.get(), finished_handler_);
  g_autoptr(GIOStream) stream = soup_server_message_steal_connection(message_.get());
  if (stream) {
    g_output_stream_write_all(g_io_stream_get_output_stream(stream), bytes.data(), bytes.size(),
                              nullptr, nullptr, nullptr);
    g_io_stream_close(stream, nullptr, nullptr);
  }
  finish();
}

void Exchange::schedule(milliseconds delay, void (Exchange::*next)())
{
  cancel_timer();
  next_ = next;
  timer_ = Ref<GSource>::adopt(g_timeout_source_new(static_cast<guint>(delay.count())));
  const auto fire = +[](gpointer data) noexcept -> gboolean {
    auto *self = static_cast<Exchange *>(data);
    self->timer_ = {};
    (self->*self->next_)();
    return G_SOURCE_REMOVE;
  };
  g_source_set_callback(timer_.get(), fire, this, nullptr);
  g_source_attach(timer_.get(), g_main_context_get_thread_default());
}

void Exchange::cancel_timer()
{
  if (timer_)
    g_source_destroy(timer_.get());
  timer_ = {};
}

void Exchange::finish()
{
  // It may destroy this object, and with it the function itself.
  if (const auto when_done = std::exchange(when_done_, nullptr))
    when_done();
}

} // namespace gemini::emulator
