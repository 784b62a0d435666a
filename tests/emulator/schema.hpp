// SPDX-License-Identifier: LGPL-2.1-or-later
// Checking JSON against tables of fields, as the service checks it against its protobuf messages.
#pragma once

#include "errors.hpp"

#include <json-glib/json-glib.h>

#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace gemini::emulator {

enum class Type {
  string,
  bytes, // base64
  boolean,
  int32, // numbers may be written as strings
  int64,
  number,
  duration, // "1.5s"
  word,     // one of an enum's names
  message,
  map,      // string to message
  anything, // not looked into
};

struct Message;

struct Field {
  const char *name; // in camelCase; snake_case is accepted too
  Type type;
  bool is_repeated = false;
  const Message *message = nullptr;             // of message and map
  std::span<const std::string_view> words = {}; // of word
};

struct Message {
  std::span<const Field> fields;
};

// The request messages that the emulator reads.
const Message &generate_content_request();
const Message &count_tokens_request();
// The same of Vertex AI, which knows some fields more.
const Message &vertex_generate_content_request();
const Message &vertex_count_tokens_request();
const Message &create_file_request();

// Everything that is wrong with `root`, by its form alone.
std::vector<FieldViolation> violations(JsonNode *root, const Message &message);

} // namespace gemini::emulator
