// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers of the common kinds, and reading requests.
#include "answer.hpp"

#include "http_request.hpp"

#include <libsoup/soup.h>

#include <chrono>

namespace gemini::emulator {
namespace {

std::string value_or_nothing(const std::map<std::string, std::string> &map, const std::string &name)
{
  const auto at = map.find(name);
  return at == map.end() ? "" : at->second;
}

std::string in_seconds(std::chrono::milliseconds delay)
{
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(delay).count());
}

// So long from now, "Sun, 22 Nov 2026 16:00:00 GMT".
std::string http_date(std::chrono::milliseconds delay)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autoptr(GDateTime) then = g_date_time_add(now, 1000 * delay.count());
  g_autofree char *text = soup_date_time_to_string(then, SOUP_DATE_HTTP);
  return text;
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
  const bool is_in_list = is_in_array || error.is_in_list;
  Answer answer{.http_status = error.http_status, .pieces = {is_in_list ? "[" + body + "]" : body}};
  if (error.retry_after)
    answer.headers.emplace_back("Retry-After", error.is_retry_date
                                                   ? http_date(*error.retry_after)
                                                   : in_seconds(*error.retry_after));
  return answer;
}

Answer html_page(int status, const std::string &title)
{
  const std::string page = "<!DOCTYPE html>\n<html><head><title>" + title +
                           "</title></head>\n<body><h1>" + title +
                           "</h1><p>This is a page for people, not an answer.</p></body></html>\n";
  return {.http_status = status, .content_type = "text/html; charset=UTF-8", .pieces = {page}};
}

} // namespace gemini::emulator
