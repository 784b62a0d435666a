// SPDX-License-Identifier: LGPL-2.1-or-later
// Fault scripts: what goes wrong with which request.
//
// One fault a line, `SELECTOR ACTION [ARGUMENT]`; empty lines and lines that begin with # say
// nothing.
//
// SELECTOR: `7` the 7th request, `3-5`, `3-` (from the 3rd on), `*` (all), `every 4` (the 4th, 8th,
// ...), `random 0.1` or `random 0.1 SEED` (that fraction of them, the same ones in every run with
// the same seed). What asks a model to generate counts, streaming or not, in the order of arrival,
// from 1. Other calls are selected with their name in front, and each counts by itself: `models 1`,
// `files.upload 2-`; the names are call_names() of route.hpp. `generate 1` and `stream 1` count
// these two apart.
//
// ACTION is about delivery:
//   silence [MS]        never answers, and keeps the connection, or drops it after that time
//   hold                answers when Emulator::release() is called
//   slow MS             answers that much later
//   slow-body MS        sends the headers at once and the body in pieces over that time
//   stream-cut N        sends N pieces of a streamed answer and closes the connection; an answer
//                       that is no stream comes as always
//   reset               declares the whole body, sends half of it and resets the connection
//   close               closes the connection without a word
//   half-headers        closes the connection in the middle of the headers
//   no-length           a good answer that ends where the connection does
//   huge MB             a body without length that goes on and on, until it has so many megabytes
// or about content:
//   status WORD         an error body of the service: 400, 400-key, 400-precondition, 401, 403,
//                       403-file, 403-key-leaked, 404, 408, 413, 429 (without RetryInfo),
//                       429-retry SECONDS (in RetryInfo), 429-header SECONDS (in the header
//                       Retry-After alone), 429-date [SECONDS] (there as a date, 2 seconds ahead
//                       unless said otherwise), 429-perday, 429-vertex (in a list, as Vertex AI
//                       writes it), 499, 500, 501, 502, 503, 503-retry SECONDS (in Retry-After),
//                       504
//   redirect URL        302 to there
//   bad-gzip            200 with a compressed body that is broken in the middle
//   cut-json            a good answer whose JSON ends in the middle
//   array               a good answer in a list of one
//   html [STATUS]       a page of HTML, as proxies send it; with 200 unless said otherwise
//   empty [STATUS]      no body; with 200 unless said otherwise
//   text "WORDS"        a good answer in which the model says this; \n, \t, \" and \\ as in C
//   text-file PATH      the same, from a file
//   blocked             the prompt is blocked for safety's sake
//   recitation          a candidate without text, which ended with the finishReason RECITATION
//   no-parts            a candidate without text, which ended with STOP
//   thought-only        thoughts and no answer: they took all there was, as MAX_TOKENS says
//   max-tokens          the model's text ends in the middle, with finishReason MAX_TOKENS
//   echo-key            an error body that quotes the key that was sent
//   stream-error N [WORD]
//                       an error body in a streamed answer, behind N pieces of it: that of WORD (as
//                       for status; 503 without it). An answer that is no stream comes as always
//   refuse NAMES [MODEL]
//                       400 for fields that the service does not know, with a violation for each:
//                       NAMES are those of fields anywhere in the request, in camelCase and with
//                       commas between (`responseSchema,thinkingConfig`). Requests without such
//                       fields, and those to other models than MODEL, are answered as always
//   masks WORD          a good answer, with masks as another model or the same one on another day
//                       writes them: png, base64, inline-data, placeholder ("gimme_mask_for_this"),
//                       polygon ([[x,y],...]), polygon-yx, flat ([y,x,y,x,...]), chunks (a flat
//                       list for each ring), rings (pairs for each ring), text ("y,x,y,x"), tokens
//                       ("<start_of_mask><seg_18>..."), tokens-png (tokens, then a data URL),
//                       booleans, or none
//   file-processing MS  (files.upload) the file that is uploaded is PROCESSING for that long
//   file-failed         (files.upload) the file that is uploaded becomes FAILED
// or either, for soaks:
//   any MS              another one of all of these each time, but for hold and what concerns
//                       files; what is slow or silent takes that time, then the connection is
//                       dropped where no answer came
//
// The first line that selects a request and is about delivery counts, and the first one about
// content: so `1 hold` and `1 status 503` together hold the first request back and then fail it.
#pragma once

#include "core/result.hpp"
#include "errors.hpp"
#include "mask_text.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gemini::emulator {

struct DeliveryFault {
  enum class Kind {
    none,
    silence,
    hold,
    slow,
    slow_body,
    stream_cut,
    reset,
    close,
    half_headers,
    no_length,
    huge
  };
  Kind kind = Kind::none;
  std::chrono::milliseconds duration{0}; // of slow and slow_body; of silence, 0: for ever
  std::size_t megabytes = 0;             // of huge
  std::size_t n_pieces = 0;              // of stream_cut
};

struct ContentFault {
  enum class Kind {
    none,
    status,
    redirect,
    bad_gzip,
    cut_json,
    array,
    html,
    empty,
    text,
    blocked,
    recitation,
    no_parts,
    thought_only,
    max_tokens,
    echo_key,
    refuse,
    masks,
    file_processing,
    file_failed,
    stream_error,
  };
  Kind kind = Kind::none;
  ApiError error;                      // of status and stream_error
  std::size_t n_pieces = 0;            // of stream_error: how many come before
  std::string text;                    // of text; of redirect: where to
  int http_status = 200;               // of html and empty
  std::vector<std::string> names = {}; // of refuse
  std::string model = {};              // of refuse; empty: all
  MaskDialect masks = MaskDialect::none;
  std::chrono::milliseconds duration{0}; // of file_processing
};

struct Fault {
  DeliveryFault delivery;
  ContentFault content;
};

// Which one a request is.
struct Turn {
  std::string call = "generate";
  std::uint64_t of_call = 0;        // from 1
  std::uint64_t of_generations = 0; // from 1; 0 where it is none
};

class FaultScript {
public:
  FaultScript() = default;
  // The error says which line cannot be understood, and why.
  static Result<FaultScript, std::string> parse(const std::string &text);

  Fault at(const Turn &turn) const;
  // The same for a request to generate.
  Fault at(std::uint64_t number) const { return at(Turn{"generate", number, number}); }

private:
  struct Line {
    std::string call = {}; // empty: requests to generate
    std::uint64_t first = 1;
    std::uint64_t last = UINT64_MAX;
    std::uint64_t step = 1; // counted from 0, so that `every 4` begins with the 4th
    double fraction = 1;    // of those
    std::uint64_t seed = 1;
    std::vector<Fault> faults; // one of them

    bool selects(const Turn &turn) const;
    const Fault &fault(const Turn &turn) const;
    std::uint64_t number(const Turn &turn) const;
  };
  class LineParser;

  std::vector<Line> lines_;
};

} // namespace gemini::emulator
