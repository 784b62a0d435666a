// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the key and the service's address come from.
#include "plugin/credentials.hpp"

#include "net/http_client.hpp"

#include <glib.h>

#include <algorithm>

namespace gemini {

namespace {

constexpr const char *kGoogle = "https://generativelanguage.googleapis.com";

std::string environment(const char *name)
{
  const char *value = g_getenv(name);
  return value ? value : "";
}

Result<std::string, SettingProblem> find_key(const AnalyzerSettings &settings)
{
  if (settings.api_key && !settings.api_key->empty())
    return *settings.api_key;
  if (settings.api_key_file && !settings.api_key_file->empty()) {
    auto key = read_text_file(*settings.api_key_file, "api-key-file");
    if (key && key->empty())
      return SettingProblem{"api-key-file: the file " + *settings.api_key_file + " is empty."};
    return key;
  }
  for (const char *name : {"GOOGLE_API_KEY", "GEMINI_API_KEY"})
    if (std::string key = environment(name); !key.empty())
      return key;
  return SettingProblem{
      "There is no API key for Gemini: set the environment variable GEMINI_API_KEY, or the "
      "property api-key-file or api-key. Keys are made at https://aistudio.google.com/apikey."};
}

} // namespace

Result<Service, SettingProblem> find_service(const AnalyzerSettings &settings)
{
  auto key = find_key(settings);
  if (!key)
    return key.error();
  // A key with a line break in it would end the header that carries it.
  if (!std::all_of(key->begin(), key->end(), [](char c) { return c > ' ' && c < 127; }))
    return SettingProblem{
        "The API key has characters that no key has (white space, control or non-ASCII characters)."};

  std::string url = settings.base_url.value_or("");
  const char *from = "base-url";
  if (url.empty()) {
    url = environment("GOOGLE_GEMINI_BASE_URL");
    from = "GOOGLE_GEMINI_BASE_URL";
  }
  if (url.empty())
    url = kGoogle;
  while (url.ends_with('/'))
    url.pop_back();
  if (const std::string problem = net::url_problem(url); !problem.empty())
    return SettingProblem{std::string{from} + " is not the address of a service: " + problem +
                          ". It looks like https://host or http://127.0.0.1:8080."};
  return Service{.base_url = std::move(url), .api_key = std::move(*key)};
}

std::string without_secret(std::string text, const std::string &secret)
{
  if (secret.empty())
    return text;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
    text.replace(at, secret.size(), "(key)");
  return text;
}

} // namespace gemini
