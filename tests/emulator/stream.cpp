// SPDX-License-Identifier: LGPL-2.1-or-later
// Laying out streamed answers.
#include "stream.hpp"

#include <algorithm>

namespace gemini::emulator {
namespace {

Answer events(const std::vector<std::string> &bodies)
{
  Answer answer{.content_type = "text/event-stream", .is_stream = true};
  for (const auto &body : bodies)
    answer.pieces.push_back("data: " + body + "\n\n");
  return answer;
}

Answer array(const std::vector<std::string> &bodies)
{
  Answer answer{.is_stream = true};
  for (const auto &body : bodies)
    answer.pieces.push_back((answer.pieces.empty() ? "[" : ",\n") + body);
  // The end belongs to the last piece: whoever counts pieces counts bodies.
  answer.pieces.back() += "]";
  return answer;
}

} // namespace

Answer stream_answer(const std::vector<std::string> &bodies, bool is_sse)
{
  return is_sse ? events(bodies) : array(bodies);
}

Answer failing_stream_answer(std::vector<std::string> bodies, std::size_t n_bodies,
                             const ApiError &error, bool is_sse)
{
  bodies.resize(std::min(n_bodies, bodies.size()));
  const std::string body = error_body(error);
  if (is_sse) {
    Answer answer = events(bodies);
    answer.pieces.push_back(body);
    return answer;
  }
  bodies.push_back(body);
  return array(bodies);
}

} // namespace gemini::emulator
