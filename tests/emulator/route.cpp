// SPDX-License-Identifier: LGPL-2.1-or-later
// The paths of the Developer API and of Vertex AI.
#include "route.hpp"

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace gemini::emulator {
namespace {

constexpr Route::Kind kCalls[] = {Route::Kind::generate, Route::Kind::stream,
                                  Route::Kind::count_tokens};

std::optional<Route::Kind> find_call(const std::string &name)
{
  for (const auto kind : kCalls) {
    if (name == method_name(kind))
      return kind;
  }
  return std::nullopt;
}

std::vector<std::string> segments_of(const std::string &path)
{
  std::vector<std::string> out;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at + 1), path.size());
    out.push_back(path.substr(at + 1, end - at - 1));
    at = end;
  }
  return out;
}

// Whether the segments are these; * stands for any that is not empty.
bool matches(std::span<const std::string> segments, std::initializer_list<std::string_view> pattern)
{
  return std::ranges::equal(segments, pattern, [](const std::string &is, std::string_view wanted) {
    return wanted == "*" ? !is.empty() : is == wanted;
  });
}

struct Place {
  bool is_vertex;
  bool is_for_project;
};

// Whose models the segments name, where they name any: those of the Developer API or of Vertex AI.
std::optional<Place> place_of(std::span<const std::string> segments)
{
  if (matches(segments, {"*", "models"}))
    return Place{.is_vertex = false, .is_for_project = false};
  if (matches(segments, {"*", "publishers", "google", "models"}))
    return Place{.is_vertex = true, .is_for_project = false};
  if (matches(segments, {"*", "projects", "*", "locations", "*", "publishers", "google", "models"}))
    return Place{.is_vertex = true, .is_for_project = true};
  return std::nullopt;
}

// The same for segments that end with the name of a model.
std::optional<Place> place_of_model(std::span<const std::string> segments)
{
  if (segments.empty() || segments.back().empty())
    return std::nullopt;
  return place_of(segments.first(segments.size() - 1));
}

std::optional<Route> find_read(std::span<const std::string> segments)
{
  const bool has_verb = !segments.empty() && segments.back().find(':') != std::string::npos;
  if (const auto place = place_of(segments))
    return Route{.kind = Route::Kind::list_models,
                 .version = segments[0],
                 .is_vertex = place->is_vertex,
                 .is_for_project = place->is_for_project};
  if (const auto place = place_of_model(segments); place && !has_verb)
    return Route{.kind = Route::Kind::get_model,
                 .version = segments[0],
                 .model = segments.back(),
                 .is_vertex = place->is_vertex,
                 .is_for_project = place->is_for_project};
  if (matches(segments, {"*", "files"}))
    return Route{.kind = Route::Kind::list_files, .version = segments[0]};
  if (matches(segments, {"*", "files", "*"}))
    return Route{.kind = Route::Kind::get_file, .version = segments[0], .file = segments[2]};
  return std::nullopt;
}

std::optional<Route> find_delete(std::span<const std::string> segments)
{
  if (matches(segments, {"*", "files", "*"}))
    return Route{.kind = Route::Kind::delete_file, .version = segments[0], .file = segments[2]};
  return std::nullopt;
}

std::optional<Route> find_write(std::span<const std::string> segments)
{
  if (matches(segments, {"upload", "*", "files"}))
    return Route{.kind = Route::Kind::upload, .version = segments[1]};
  const auto place = place_of_model(segments);
  if (!place)
    return std::nullopt;
  const std::string &last = segments.back();
  const std::size_t colon = std::min(last.rfind(':'), last.size() - 1);
  const auto kind = find_call(last.substr(colon + 1));
  if (!kind)
    return std::nullopt;
  return Route{.kind = *kind,
               .version = segments[0],
               .model = last.substr(0, colon),
               .is_vertex = place->is_vertex,
               .is_for_project = place->is_for_project};
}

bool has_known_version(const Route &route)
{
  return route.version == "v1" || route.version == (route.is_vertex ? "v1beta1" : "v1beta");
}

} // namespace

std::optional<Route> find_route(const std::string &method, const std::string &path)
{
  const auto segments = segments_of(path);
  auto route = method == "GET"      ? find_read(segments)
               : method == "POST"   ? find_write(segments)
               : method == "DELETE" ? find_delete(segments)
                                    : std::nullopt;
  if (route && !has_known_version(*route))
    route.reset();
  return route;
}

const char *method_name(Route::Kind kind)
{
  switch (kind) {
  case Route::Kind::generate:
    return "generateContent";
  case Route::Kind::stream:
    return "streamGenerateContent";
  case Route::Kind::count_tokens:
    return "countTokens";
  case Route::Kind::list_models:
  case Route::Kind::get_model:
  case Route::Kind::upload:
  case Route::Kind::get_file:
  case Route::Kind::list_files:
  case Route::Kind::delete_file:
    break;
  }
  return "";
}

std::string call_name(const std::optional<Route> &route, const std::string &upload_command)
{
  if (!route)
    return "other";
  switch (route->kind) {
  case Route::Kind::list_models:
  case Route::Kind::get_model:
    return "models";
  case Route::Kind::generate:
    return "generate";
  case Route::Kind::stream:
    return "stream";
  case Route::Kind::count_tokens:
    return "count";
  case Route::Kind::upload:
    return upload_command == "start"   ? "files.start"
           : upload_command == "query" ? "files.query"
                                       : "files.upload";
  case Route::Kind::get_file:
    return "files.get";
  case Route::Kind::list_files:
    return "files.list";
  case Route::Kind::delete_file:
    break;
  }
  return "files.delete";
}

std::span<const std::string_view> call_names()
{
  static constexpr std::string_view kNames[] = {
      "generate",    "stream",    "models",     "count",        "files.start", "files.upload",
      "files.query", "files.get", "files.list", "files.delete", "other"};
  return kNames;
}

bool is_generation(std::string_view call)
{
  return call == "generate" || call == "stream";
}

} // namespace gemini::emulator
