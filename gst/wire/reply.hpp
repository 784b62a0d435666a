// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading the body of a generateContent reply, leniently.
#pragma once

#include "core/analysis.hpp"
#include "core/failure.hpp"
#include "core/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gemini::wire {

struct PictureSize { // in pixels of the sampled frame
  int width = 0;
  int height = 0;
};

// What the reader has to know of the question.
struct ReadOptions {
  Task task = Task::detect;
  std::size_t max_objects = 25;         // what is more is dropped, and named
  std::vector<std::string> labels = {}; // closed vocabulary; empty: open
  bool has_schema = false;              // Task::ask: the user wants JSON
  unsigned mask_threshold = 127;        // of probability maps
  int width = 0;                        // of what was asked about: as fine as masks become,
  int height = 0;                       // in pixels of the sampled frame
  std::vector<PictureSize> sizes = {};  // the same of each of several frames; empty: all as above
  bool are_crops = false;               // the frames are crops,
  std::size_t n_sharing = 1;            // at most so many of one picture: their masks share a bound
};

// What one reply says. Objects have no ids yet: the element gives them.
struct Reply {
  AnalysisStatus status = AnalysisStatus::ok; // ok, partial or blocked
  std::string finish_reason;
  std::string model_version;
  Usage usage;
  std::vector<Object> objects;
  std::optional<std::string> text = std::nullopt; // as in Analysis
  std::optional<std::string> json = std::nullopt;
  std::vector<std::string> problems;
  std::string block_message; // one sentence, when blocked
};

// Reads the body of an HTTP 200. A body that is no JSON, or lacks what the API promises, is a
// Failure of kind bad_reply; a model text that cannot be read is a Reply with problems.
Result<Reply, Failure> read_reply(const ReadOptions &options, std::string_view body);

// Reads the answer to a request about `n_frames` frames: one each, in their order. A frame that the
// model said nothing about is a Failure of kind bad_reply. What holds for all of them (status of a
// cut answer, finish reason, version) stands in each; the usage is shared out, so that its sum is
// the request's. A failure of the whole is the outer one.
Result<std::vector<Result<Reply, Failure>>, Failure>
read_replies(const ReadOptions &options, std::size_t n_frames, std::string_view body);

// What a chunk of a stream (see EventStream) says went wrong: an error object, or what is no JSON.
// None: it is a part of the answer.
std::optional<Failure> read_stream_error(std::string_view chunk);

// The bill of a reply, also of one that cannot be read otherwise; zeros where there is none.
Usage read_usage(std::string_view body);

// What of an answer that is still coming (the chunks so far, see StreamedBody) is whole: objects of
// which nothing can change any more, the text so far. Null where there is nothing yet. Its status
// is partial, and it names no problems. Masks are coarser than those of the whole answer.
std::optional<Reply> read_growing_reply(const ReadOptions &options, std::string_view body);

// Reads the body of any other HTTP status: Google's error object, the same in a one-item array, or
// whatever a proxy sent (HTML, plain text, nothing). `retry_after` is the header of that name, or
// empty.
Failure read_error(int http_status, std::string_view body, std::string_view retry_after);

} // namespace gemini::wire
