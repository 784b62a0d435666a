// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the service is.
#include "wire/endpoint.hpp"

#include <glib.h>

#include <algorithm>
#include <array>

namespace gemini::wire {
namespace {

std::string escaped(std::string_view segment)
{
  g_autofree char *text =
      g_uri_escape_bytes(reinterpret_cast<const guint8 *>(segment.data()), segment.size(), nullptr);
  return text;
}

// The slashes stay.
std::string escaped_path(std::string_view path)
{
  std::string out;
  for (;;) {
    const std::size_t slash = path.find('/');
    out += escaped(path.substr(0, slash));
    if (slash == std::string_view::npos)
      return out;
    out += '/';
    path.remove_prefix(slash + 1);
  }
}

std::string_view without_prefix(std::string_view name, std::string_view prefix)
{
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

// "publishers/google/models/x" of a model that Vertex AI serves to everybody.
std::string publisher_model(std::string_view model)
{
  model = without_prefix(model, "models/");
  if (model.starts_with("publishers/"))
    return escaped_path(model);
  return "publishers/google/models/" + escaped(without_prefix(model, "google/"));
}

bool is_resource_name(std::string_view model)
{
  return model.starts_with("projects/");
}

// A model as the path of a call names it.
std::string model_path(const Endpoint &endpoint, std::string_view model)
{
  if (endpoint.platform == Platform::developer)
    return "models/" + escaped(without_prefix(model, "models/"));
  if (is_resource_name(model))
    return escaped_path(model);
  if (endpoint.project.empty())
    return publisher_model(model); // express mode
  return "projects/" + escaped(endpoint.project) + "/locations/" +
         (endpoint.location.empty() ? "global" : escaped(endpoint.location)) + "/" +
         publisher_model(model);
}

std::string root_of(const Endpoint &endpoint)
{
  return endpoint.base_url + "/" + escaped(endpoint.api_version) + "/";
}

} // namespace

std::string Endpoint::generate_url(std::string_view model) const
{
  return root_of(*this) + model_path(*this, model) + ":generateContent";
}

std::string Endpoint::stream_url(std::string_view model) const
{
  return root_of(*this) + model_path(*this, model) + ":streamGenerateContent?alt=sse";
}

std::string Endpoint::model_url(std::string_view model) const
{
  // What everybody may use belongs to no project.
  const bool is_public = platform == Platform::vertex && !is_resource_name(model);
  return root_of(*this) + (is_public ? publisher_model(model) : model_path(*this, model));
}

std::string Endpoint::upload_url() const
{
  return base_url + "/upload/" + escaped(api_version) + "/files";
}

std::string Endpoint::file_url(std::string_view name) const
{
  return root_of(*this) + "files/" + escaped(without_prefix(name, "files/"));
}

std::string vertex_base_url(std::string_view location)
{
  constexpr std::array<std::string_view, 2> kMultiRegions = {"eu", "us"};
  if (location.empty() || location == "global")
    return "https://aiplatform.googleapis.com";
  // Escaped, so that it can never become another host.
  if (std::find(kMultiRegions.begin(), kMultiRegions.end(), location) != kMultiRegions.end())
    return "https://aiplatform." + std::string{location} + ".rep.googleapis.com";
  return "https://" + escaped(location) + "-aiplatform.googleapis.com";
}

} // namespace gemini::wire
