// SPDX-License-Identifier: LGPL-2.1-or-later
// What is asked about a picture, and how the model may go about it.
#pragma once

#include "core/analysis.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gemini {

enum class Thinking { automatic, off, minimal, low, medium, high, dynamic, unset };
enum class MediaResolution { unset, low, medium, high, ultra_high };
// Harm from which probability on is blocked.
enum class SafetyThreshold {
  unset,
  block_low_and_above,
  block_medium_and_above,
  block_only_high,
  block_none,
  off
};

// Optional values that are not set are not sent.
struct Question {
  Task task = Task::detect;
  std::string prompt = {};              // in the user's words; empty: the task's own default
  std::vector<std::string> labels = {}; // closed vocabulary; empty: open
  unsigned max_objects = 25;
  std::string system_instruction = {};
  std::string response_schema = {}; // JSON, for Task::ask
  Thinking thinking = Thinking::automatic;
  MediaResolution media_resolution = MediaResolution::unset;
  SafetyThreshold safety_threshold = SafetyThreshold::unset;
  std::optional<double> temperature = std::nullopt;
  std::optional<int> seed = std::nullopt;
  std::optional<unsigned> max_output_tokens = std::nullopt;
  bool operator==(const Question &) const = default;
};

} // namespace gemini
