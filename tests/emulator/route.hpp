// SPDX-License-Identifier: LGPL-2.1-or-later
// What a method and path ask for.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gemini::emulator {

struct Route {
  enum class Kind {
    list_models,
    get_model,
    generate,
    stream,
    count_tokens,
    upload, // every step of it: the headers tell which
    get_file,
    list_files,
    delete_file,
  };
  Kind kind = Kind::list_models;
  std::string version = {}; // "v1beta"
  std::string model = {};   // empty for the list
  std::string file = {};    // "abc" of files/abc
  bool is_vertex = false;   // a path of Vertex AI
  bool is_for_project =
      false; // Vertex AI with project and location, which wants a token instead of a key
};

// Nothing where the service knows no such path. `path` is decoded.
std::optional<Route> find_route(const std::string &method, const std::string &path);

// As in the path, "generateContent".
const char *method_name(Route::Kind kind);

// What tests and fault scripts call it: "generate", "stream", "models", "count", "files.start",
// "files.upload", "files.query", "files.get", "files.list", "files.delete", and "other" where the
// service knows no such path. `upload_command` is the header X-Goog-Upload-Command.
std::string call_name(const std::optional<Route> &route, const std::string &upload_command);
// All of them.
std::span<const std::string_view> call_names();
// Whether it asks a model for something: "generate" and "stream".
bool is_generation(std::string_view call);

} // namespace gemini::emulator
