// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing bodies. A file that cannot be written is no reason to fail a request.
#include "body_files.hpp"

#include "json.hpp"

#include <glib.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <unistd.h>

namespace gemini::emulator {
namespace {

void erase_secret(std::string &text, const std::string &secret)
{
  constexpr char kInstead[] = "[key]";
  if (secret.empty())
    return;
  for (std::size_t at = text.find(secret); at != std::string::npos;
       at = text.find(secret, at + sizeof kInstead - 1))
    text.replace(at, secret.size(), kInstead);
}

std::string json_object(const std::map<std::string, std::string> &values)
{
  json::Members members;
  for (const auto &[name, value] : values)
    members.emplace_back(name, json::quote(value));
  return json::object(members);
}

std::string head_of(const HttpRequest &request)
{
  return json::object({{"method", json::quote(request.method)},
                       {"path", json::quote(request.path)},
                       {"query", json_object(request.query)},
                       {"headers", json_object(request.headers)},
                       {"credential", json::quote(request.credential)}}) +
         "\n";
}

const char *response_name(const Answer &answer)
{
  if (answer.content_type.starts_with("text/html"))
    return "response.html";
  return answer.content_type == "text/event-stream" ? "response.sse" : "response.json";
}

} // namespace

std::optional<std::string> BodyFiles::prepare() const
{
  if (dir_.empty())
    return std::nullopt;
  if (g_mkdir_with_parents(dir_.c_str(), 0777) != 0)
    return "the folder " + dir_ + " for recording cannot be made: " + g_strerror(errno);
  if (access(dir_.c_str(), W_OK) != 0)
    return "the folder " + dir_ + " for recording cannot be written to: " + g_strerror(errno);
  return std::nullopt;
}

void BodyFiles::write_request(std::uint64_t number, const HttpRequest &request) const
{
  if (dir_.empty())
    return;
  write(number, "head.json", request, head_of(request));
  write(number, "request.json", request, request.body);
}

void BodyFiles::write_response(std::uint64_t number, const HttpRequest &request,
                               const Answer &answer) const
{
  if (!dir_.empty())
    write(number, response_name(answer), request, answer.body());
}

void BodyFiles::write(std::uint64_t number, const char *name, const HttpRequest &request,
                      std::string body) const
{
  erase_secret(body, request.key);
  erase_secret(body, request.token);
  char file[64];
  std::snprintf(file, sizeof file, "/%06llu-%s", static_cast<unsigned long long>(number), name);
  g_autoptr(GError) error = nullptr;
  if (!g_file_set_contents((dir_ + file).c_str(), body.data(), static_cast<gssize>(body.size()),
                           &error))
    g_warning("%s", error->message);
}

} // namespace gemini::emulator
