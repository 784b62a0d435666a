// SPDX-License-Identifier: LGPL-2.1-or-later

// Where the service is, and what opens it.
#include "plugin/credentials.hpp"

#include <glib.h>

#include <algorithm>
#include <utility>

namespace gemini {
namespace {

constexpr const char *kGoogle = "https://generativelanguage.googleapis.com";
constexpr const char *kVertexVersion = "v1beta1";
constexpr std::size_t kMostFormer = 32;

std::string environment(const char *name)
{
  const char *value = g_getenv(name);
  return value ? value : "";
}

// An empty property is one that is not set.
std::string text_of(const std::optional<std::string> &property)
{
  return property.value_or("");
}

// What a name becomes part of is an address, where dots alone would mean another one. It is not
// quoted: who mixes properties up may have put a secret there.
std::string name_problem(const char *property, const std::string &name, std::string_view marks)
{
  const auto is_good = [marks](char c) {
    return g_ascii_isalnum(c) || marks.find(c) != std::string_view::npos;
  };
  if (name.empty() ||
      (g_ascii_isalnum(name.front()) && std::all_of(name.begin(), name.end(), is_good)))
    return {};
  const std::string allowed = marks.size() > 1 ? "letters, digits, hyphens, dots and colons"
                                               : "letters, digits and hyphens";
  return std::string{property} + " is not a name that Google Cloud knows: it has " + allowed +
         " only and begins with a letter or digit.";
}

// A secret with a line break in it would end the header that carries it.
bool is_printable(const std::string &secret)
{
  return std::all_of(secret.begin(), secret.end(), [](char c) { return c > ' ' && c < 127; });
}

void blot_out(std::string &text, const std::string &secret, std::string_view instead)
{
  for (auto at = text.find(secret); at != std::string::npos;
       at = text.find(secret, at + instead.size()))
    text.replace(at, secret.size(), instead);
}

} // namespace

Result<wire::Endpoint, SettingProblem> find_endpoint(const AnalyzerSettings &settings)
{
  wire::Endpoint endpoint;
  endpoint.api_version = settings.api_version;
  const std::string project = text_of(settings.vertex_project);
  const std::string location = text_of(settings.vertex_location);
  const bool is_vertex = !project.empty() || !location.empty();
  for (const std::string &problem : {name_problem("vertex-project", project, "-.:"),
                                     name_problem("vertex-location", location, "-")})
    if (!problem.empty())
      return SettingProblem{problem};
  if (is_vertex) {
    endpoint.platform = wire::Platform::vertex;
    if (endpoint.api_version == AnalyzerSettings{}.api_version)
      endpoint.api_version = kVertexVersion;
  }
  if (!project.empty()) {
    endpoint.project = project;
    endpoint.location = location.empty() ? "global" : location;
  }

  std::string url = text_of(settings.base_url);
  const char *from = "base-url";
  if (url.empty() && !is_vertex) {
    url = environment("GOOGLE_GEMINI_BASE_URL");
    from = "GOOGLE_GEMINI_BASE_URL";
  }
  if (url.empty())
    url = is_vertex ? wire::vertex_base_url(location.empty() ? "global" : location) : kGoogle;
  while (url.ends_with('/'))
    url.pop_back();
  if (const std::string problem = net::url_problem(url); !problem.empty())
    return SettingProblem{std::string{from} + " is not the address of a service: " + problem +
                          ". It looks like https://host or http://127.0.0.1:8080."};
  endpoint.base_url = std::move(url);
  return endpoint;
}

Credentials::Credentials(Kind kind, Found found, std::string token_account)
    : kind_(kind), token_account_(std::move(token_account)), path_(std::move(found.path)),
      secret_(std::move(found.secret))
{
}

Result<Credentials::Found, SettingProblem>
Credentials::read_secret(Kind kind, const std::string &path, ReadFile read_file)
{
  const char *property = kind == Kind::key ? "api-key-file" : "access-token";
  auto secret = read_file(path, property);
  if (!secret)
    return secret.error();
  if (secret->empty())
    return SettingProblem{std::string{property} + ": the file " + path + " is empty."};
  return Found{std::move(*secret), path};
}

Result<Credentials::Found, SettingProblem> Credentials::find_key(const AnalyzerSettings &settings,
                                                                 bool is_express)
{
  const auto find = [&]() -> Result<Found, SettingProblem> {
    // No key begins like this, and access-token is written so.
    if (std::string key = text_of(settings.api_key); key.starts_with('@'))
      return read_secret(Kind::key, key.substr(1));
    else if (!key.empty())
      return Found{std::move(key)};
    if (const std::string path = text_of(settings.api_key_file); !path.empty())
      return read_secret(Kind::key, path);
    for (const char *name : {"GOOGLE_API_KEY", "GEMINI_API_KEY"})
      if (std::string key = environment(name); !key.empty())
        return Found{std::move(key)};
    if (is_express)
      return SettingProblem{
          "There is neither a project nor an API key for Vertex AI: set vertex-project and "
          "access-token, or for express mode the environment variable GOOGLE_API_KEY, or the "
          "property api-key-file or api-key."};
    return SettingProblem{
        "There is no API key for Gemini: set the environment variable GEMINI_API_KEY, or the "
        "property api-key-file or api-key. Keys are made at https://aistudio.google.com/apikey."};
  };
  auto found = find();
  if (found && !is_printable(found->secret))
    return SettingProblem{
        "The API key has characters that no key has (white space, control or non-ASCII characters)."};
  return found;
}

Result<Credentials::Found, SettingProblem> Credentials::find_token(const std::string &value)
{
  auto found = value.starts_with('@') ? read_secret(Kind::token, value.substr(1)) : Found{value};
  if (found && !is_printable(found->secret))
    return SettingProblem{"access-token has characters that no token has (white space, control or "
                          "non-ASCII characters); it is set without the word Bearer."};
  return found;
}

Result<std::shared_ptr<Credentials>, SettingProblem>
Credentials::find(const AnalyzerSettings &settings, const wire::Endpoint &endpoint)
{
  const std::string token = text_of(settings.access_token);
  const bool is_vertex = endpoint.platform == wire::Platform::vertex;
  if (endpoint.project.empty()) {
    if (!token.empty())
      return SettingProblem{"access-token opens Vertex AI, which needs the project, too: set "
                            "vertex-project, or use a key (api-key) instead of the token."};
    auto key = find_key(settings, is_vertex);
    if (!key)
      return key.error();
    return std::shared_ptr<Credentials>{new Credentials{Kind::key, std::move(*key), ""}};
  }
  if (token.empty())
    return SettingProblem{
        "There is no access token for the project " + endpoint.project +
        ": set access-token to what `gcloud auth print-access-token` prints, or to @ and the path "
        "of a file that holds it; with a key Vertex AI is asked without vertex-project."};
  auto found = find_token(token);
  if (!found)
    return found.error();
  return std::shared_ptr<Credentials>{
      new Credentials{Kind::token, std::move(*found), endpoint.project + "/" + endpoint.location}};
}

net::Headers Credentials::headers() const
{
  const std::lock_guard lock{mutex_};
  if (kind_ == Kind::key)
    return {{"x-goog-api-key", secret_}};
  return {{"Authorization", "Bearer " + secret_}};
}

std::string Credentials::account() const
{
  if (kind_ == Kind::token)
    return token_account_;
  const std::lock_guard lock{mutex_};
  return secret_;
}

bool Credentials::read_again()
{
  std::optional<std::string> path;
  {
    const std::lock_guard lock{mutex_};
    path = path_;
  }
  if (!path)
    return false;
  auto found = read_secret(kind_, *path, read_regular_file);
  if (!found || !is_printable(found->secret))
    return false;
  const std::lock_guard lock{mutex_};
  // Meanwhile a token may have been set that is not of this file.
  return path_ == path && replace(std::move(found->secret));
}

Result<bool, SettingProblem> Credentials::set_token(const std::optional<std::string> &value)
{
  const std::string token = text_of(value);
  if (kind_ == Kind::key) {
    if (token.empty())
      return false;
    return SettingProblem{"access-token has no effect while a key is in use; set vertex-project, "
                          "too, and start anew."};
  }
  if (token.empty())
    return SettingProblem{"access-token cannot be unset while Vertex AI is asked; the one that was "
                          "set before stays in use."};
  auto found = find_token(token);
  if (!found)
    return found.error();
  const std::lock_guard lock{mutex_};
  path_ = std::move(found->path);
  return replace(std::move(found->secret));
}

bool Credentials::replace(std::string secret)
{
  if (secret == secret_)
    return false;
  former_.push_back(std::exchange(secret_, std::move(secret)));
  if (former_.size() > kMostFormer)
    former_.erase(former_.begin());
  ++generation_;
  return true;
}

unsigned Credentials::generation() const
{
  const std::lock_guard lock{mutex_};
  return generation_;
}

std::string Credentials::scrub(std::string text) const
{
  std::vector<std::string> secrets;
  {
    const std::lock_guard lock{mutex_};
    secrets = former_;
    secrets.push_back(secret_);
  }
  // One may be the beginning of another.
  std::sort(secrets.begin(), secrets.end(),
            [](const std::string &a, const std::string &b) { return a.size() > b.size(); });
  for (const std::string &secret : secrets)
    blot_out(text, secret, kind_ == Kind::key ? "(key)" : "(token)");
  return text;
}

} // namespace gemini
