// SPDX-License-Identifier: LGPL-2.1-or-later
// A streamed reply. Its first byte chooses the task, its second the size of the pieces it comes in
// and the number of frames it is about.
#include "invariants.hpp"
#include "wire/event_stream.hpp"

#include <algorithm>

namespace {

using gemini::fuzz::check_object;
using gemini::fuzz::check_reply;
using gemini::fuzz::is_utf8;
using gemini::fuzz::require;
using gemini::wire::EventStream;
using gemini::wire::ReadOptions;
using gemini::wire::StreamedBody;

// Reading all of it after each of very many chunks would only be slow.
constexpr std::size_t kMaxGrowingReads = 8;

void check_growing(const ReadOptions &options, const std::string &body)
{
  const auto reply = gemini::wire::read_growing_reply(options, body);
  if (!reply)
    return;
  require(reply->status == gemini::AnalysisStatus::partial, "a growing answer is partial");
  require(!reply->objects.empty() || reply->text, "a growing answer says something");
  require(reply->objects.size() <= options.max_objects, "there are no more objects than asked for");
  for (const gemini::Object &object : reply->objects)
    check_object(object, gemini::max_mask_cells(options.max_objects));
  require(is_utf8(reply->text.value_or("")), "texts are UTF-8");
}

void check_replies(const ReadOptions &options, std::size_t n_frames, const std::string &body)
{
  const auto replies = gemini::wire::read_replies(options, n_frames, body);
  if (!replies) {
    require(is_utf8(replies.error().message), "messages are UTF-8");
    return;
  }
  require(replies->size() == n_frames, "there is a reply for each frame");
  for (const auto &reply : *replies) {
    if (reply)
      check_reply(options, *reply);
    else
      require(is_utf8(reply.error().message), "messages are UTF-8");
  }
}

// The events of a stream that comes in pieces, up to the rest.
std::vector<std::string> events_of(std::string_view bytes, std::size_t piece)
{
  EventStream stream;
  std::vector<std::string> events;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    stream.feed(bytes.substr(at, piece));
    while (auto event = stream.next())
      events.push_back(std::move(*event));
  }
  if (auto rest = stream.rest())
    events.push_back(std::move(*rest));
  require(!stream.rest(), "there is one rest");
  return events;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
  if (size < 2)
    return 0;
  const ReadOptions options = gemini::fuzz::options_of(data[0]);
  const std::size_t n_frames = 1 + data[1] % 4;
  const std::size_t piece = 1 + data[1] / 4;
  const std::string_view bytes{reinterpret_cast<const char *>(data + 2), size - 2};
  const std::vector<std::string> events = events_of(bytes, piece);
  require(events == events_of(bytes, bytes.size() + 1), "events are the same however they are cut");

  StreamedBody body;
  std::size_t reads = 0;
  for (const std::string &event : events) {
    body.add(event);
    if (++reads <= kMaxGrowingReads)
      check_growing(options, body.body());
  }
  check_replies(options, n_frames, body.body());
  // Also where it was no stream.
  check_replies(options, n_frames, std::string{bytes});
  return 0;
}
