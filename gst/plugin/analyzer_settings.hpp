// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything a user can set on geminianalyzer. The defaults live here and nowhere else.
#pragma once

#include "core/geometry.hpp"
#include "core/question.hpp"
#include "core/sampler.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gemini {

enum class Mode { automatic, live, accurate };
enum class UploadBy { automatic, inline_data, files };
enum class OnError { go_on, stop };
enum class Regions { frame, detections };
enum class Tracking { automatic, none, motion };

// As they were set, with the defaults.
struct AnalyzerSettings {
  Task task = Task::detect;
  std::optional<std::string> prompt;
  std::optional<std::string> labels;
  std::optional<std::string> system_instruction;
  std::optional<std::string> response_schema;
  Thinking thinking = Thinking::automatic;
  MediaResolution media_resolution = MediaResolution::unset;
  SafetyThreshold safety_threshold = SafetyThreshold::unset;
  double temperature = -1;        // negative: not sent
  int seed = -1;                  // likewise
  unsigned max_output_tokens = 0; // 0: likewise
  unsigned mask_threshold = 127;
  std::string model = "gemini-flash-latest";
  std::optional<std::string> api_key;
  std::optional<std::string> api_key_file;
  std::optional<std::string> base_url;
  std::string api_version = "v1beta";
  std::optional<std::string> fallback_models;
  std::optional<std::string> vertex_project;
  std::optional<std::string> vertex_location;
  std::optional<std::string> access_token;
  std::optional<std::string> reference_images;
  UploadBy upload = UploadBy::automatic;
  unsigned frames_per_request = 1;
  unsigned requests_per_minute = 0; // 0: no limit, as of the next two
  std::uint64_t max_requests = 0;
  std::uint64_t max_tokens = 0;
  double price_input = 0; // per million tokens; 0: unknown
  double price_output = 0;
  unsigned retries = 4; // attempts after the first
  OnError on_error = OnError::go_on;
  bool stream = false;
  std::optional<std::string> record_location;
  std::optional<std::string> replay_location;
  std::optional<std::string> audit_location;
  Rate analysis_rate{1, 1};
  std::optional<std::string> region;
  Regions regions = Regions::frame;
  std::optional<std::string> region_labels;
  unsigned region_min_size = 32; // pixels
  unsigned max_regions = 8;
  bool once_per_object = false;
  std::optional<std::string> privacy_regions;
  std::optional<std::string> privacy_labels;
  double change_threshold = 0; // 0..1; 0: every due sample is sent
  unsigned max_silence_ms = 0; // 0: for ever
  unsigned sharpest_window_ms = 0;
  Mode mode = Mode::automatic;
  Tracking tracking = Tracking::automatic;
  unsigned max_latency_ms = 10'000;
  std::uint64_t max_held_bytes = std::uint64_t{512} << 20;
  unsigned max_in_flight = 4;
  unsigned max_objects = 25;
  unsigned eos_timeout_ms = 30'000;
  unsigned max_image_size = 1024;
  unsigned jpeg_quality = 85;
  unsigned result_ttl_ms = 5'000;
  unsigned timeout_ms = 60'000;
  bool post_messages = true;
};

// Which parts of a frame are sent, and which must not be.
struct SentParts {
  Rect region{0, 0, 1, 1};
  std::vector<std::string> region_labels; // of regions=detections; empty: all
  std::vector<Rect> privacy_regions;
  std::vector<std::string> privacy_labels;
};

// What follows from the settings: files read, lists split, numbers checked. See derive().
struct DerivedSettings {
  Question question;
  std::vector<std::string> models; // in the order in which they are tried; never empty
  SentParts parts;
};

// The settings with what follows from them. Shared as an immutable snapshot: a request never sees
// half-changed properties.
struct ResolvedSettings : AnalyzerSettings, DerivedSettings {};

} // namespace gemini
