// SPDX-License-Identifier: LGPL-2.1-or-later
// What a method and path ask for.
#pragma once

#include <optional>
#include <string>

namespace gemini::emulator {

struct Route {
  enum class Kind { list_models, get_model, generate, stream, count_tokens };
  Kind kind = Kind::list_models;
  std::string version = {}; // "v1beta"
  std::string model = {};   // empty for the list
  bool is_for_project =
      false; // Vertex AI with project and location, which wants a token instead of a key
};

// Nothing where the service knows no such path. `path` is decoded.
std::optional<Route> find_route(const std::string &method, const std::string &path);

// As in the path, "generateContent".
const char *method_name(Route::Kind kind);

} // namespace gemini::emulator
