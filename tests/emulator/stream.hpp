// SPDX-License-Identifier: LGPL-2.1-or-later
// How a streamed answer is laid out: as server-sent events, or as a JSON array that grows.
#pragma once

#include "answer.hpp"
#include "errors.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace gemini::emulator {

Answer stream_answer(const std::vector<std::string> &bodies, bool is_sse);
// The same, which fails behind the first `n_bodies`. The service writes such an error without the
// `data:` of an event.
Answer failing_stream_answer(std::vector<std::string> bodies, std::size_t n_bodies,
                             const ApiError &error, bool is_sse);

} // namespace gemini::emulator
