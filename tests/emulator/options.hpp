// SPDX-License-Identifier: LGPL-2.1-or-later
// Every setting of the emulator and its default.
#pragma once

#include <cstdint>
#include <string>

namespace gemini::emulator {

enum class Vision {
  none,   // sees nothing
  shapes, // finds uniformly coloured shapes exactly, for tests that know the truth
  coco,   // finds 80 kinds of things with a neural network; needs OpenCV and the models
};

// ${GST_GEMINI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gst-gemini}/models, where get-models.sh puts
// them.
std::string default_models_dir();

// JPEG and PNG are looked at. WebP, HEIC and HEIF are known by their signature and may come before
// the pictures that are asked about, where they are counted and billed; asked about, they are
// refused as pictures that cannot be processed.
struct Options {
  int port = 0; // 0: any free one
  // Keys that are accepted, with commas between. The files and the quota of one are not those of
  // another.
  std::string api_key = "emulator-key";
  Vision vision = Vision::shapes;
  int latency_ms = 0; // from the whole request to its answer, or longer where the eyes need longer
  int jitter_ms = 0;  // uniformly 0..jitter is added, the same in every run
  int stream_delay_ms = 0; // between two pieces of a streamed answer
  std::string faults = {}; // text of a fault script, see faults.hpp
  std::string record_dir =
      {}; // empty: none; else every request and response body is written there, never a key
  std::string log_file = {};   // empty: none; else a line for each call, "MICROSECONDS CALL"
  int requests_per_minute = 0; // of each key; 0: no limit
  std::string tls_cert = {};   // PEM files; empty: plain http
  std::string tls_key = {};
  bool http2 =
      true; // with TLS, where nghttpx is installed: what the client prefers of HTTP/2 and 1.1
  std::string models_dir = default_models_dir();
  std::int64_t file_lifetime_ms = std::int64_t{48} * 3600 * 1000; // of what is uploaded
  int file_processing_ms = 0; // how long a file is PROCESSING before it is ACTIVE
  std::int64_t project_bytes = std::int64_t{20} << 30; // of all files of a key
};

} // namespace gemini::emulator
