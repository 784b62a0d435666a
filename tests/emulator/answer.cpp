// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers of the common kinds, and reading requests.
#include "answer.hpp"

#include "http_request.hpp"

namespace gemini::emulator {
namespace {

std::string value_or_nothing(const std::map<std::string, std::string> &map, const std::string &name)
{
  const auto at = map.find(name);
  return at == map.end() ? "" : at->second;
}

} // namespace

std::string HttpRequest::header(const std::string &name) const
{
  return value_or_nothing(headers, name);
}

std::string HttpRequest::parameter(const std::string &name) const
{
  return value_or_nothing(query, name);
}

std::string Answer::body() const
{
  std::string whole;
  for (const auto &piece : pieces)
    whole += piece;
  return whole;
}

Answer json_answer(const std::string &body)
{
  return {.pieces = {body}};
}

Answer error_answer(const ApiError &error, bool is_in_array)
{
  const std::string body = error_body(error);
  return {.http_status = error.http_status, .pieces = {is_in_array ? "[" + body + "]" : body}};
}

Answer html_page(int status, const std::string &title)
{
  const std::string page = "<!DOCTYPE html>\n<html><head><title>" + title +
                           "</title></head>\n<body><h1>" + title +
                           "</h1><p>This is a page for people, not an answer.</p></body></html>\n";
  return {.http_status = status, .content_type = "text/html; charset=UTF-8", .pieces = {page}};
}

} // namespace gemini::emulator
