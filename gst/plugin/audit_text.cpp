// SPDX-License-Identifier: LGPL-2.1-or-later
// Exchanges as text without secrets.
#include "plugin/audit_text.hpp"

#include <glib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace gemini {
namespace {

constexpr std::string_view kHidden = "(secret)";
// Shorter ones are hidden where they stand, but could be any word elsewhere.
constexpr std::size_t kShortestSecret = 8;

// Headers that are credentials, or that open something: an upload's id is as good as a key for it.
constexpr std::array<std::string_view, 8> kSecretHeaders = {"authorization",
                                                            "cookie",
                                                            "proxy-authorization",
                                                            "set-cookie",
                                                            "set-cookie2",
                                                            "x-goog-api-key",
                                                            "x-goog-iam-authorization-token",
                                                            "x-guploader-uploadid"};

// The parts of queries that say something and open nothing; any other may be a key, an upload's id
// or the signature of an address.
constexpr std::array<std::string_view, 6> kOpenParts = {
    "alt", "fields", "pageSize", "updateMask", "uploadType", "upload_protocol"};

std::string in_lower_case(std::string_view text)
{
  std::string lower{text};
  for (char &c : lower)
    c = g_ascii_tolower(c);
  return lower;
}

bool is_secret_header(std::string_view name)
{
  return std::find(kSecretHeaders.begin(), kSecretHeaders.end(), in_lower_case(name)) !=
         kSecretHeaders.end();
}

bool is_url(std::string_view text)
{
  return text.starts_with("https://") || text.starts_with("http://");
}

// The parts of an address, as views of it.
struct UrlParts {
  std::string_view authority;
  std::string_view path;
  std::string_view query; // without the question mark
};

UrlParts split_url(std::string_view url)
{
  url = url.substr(0, url.find('#'));
  UrlParts parts;
  if (const std::size_t query = url.find('?'); query != std::string_view::npos) {
    parts.query = url.substr(query + 1);
    url = url.substr(0, query);
  }
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos)
    url.remove_prefix(scheme + 3);
  const std::size_t path = std::min(url.find('/'), url.size());
  parts.authority = url.substr(0, path);
  parts.path = url.substr(path);
  // Name and password, where somebody wrote them.
  if (const std::size_t at = parts.authority.rfind('@'); at != std::string_view::npos)
    parts.authority.remove_prefix(at + 1);
  return parts;
}

// Calls `take` with the name and the value of each part of a query.
template <typename Take> void for_each_part(std::string_view query, Take take)
{
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    const std::size_t equals = std::min(part.find('='), part.size());
    take(part.substr(0, equals), part.substr(std::min(equals + 1, part.size())));
  }
}

bool is_open(std::string_view name)
{
  return std::find(kOpenParts.begin(), kOpenParts.end(), name) != kOpenParts.end();
}

// Path and query, as they stand in a request line.
std::string target_of(const UrlParts &parts)
{
  std::string target{parts.path.empty() ? "/" : parts.path};
  char separator = '?';
  for_each_part(parts.query, [&](std::string_view name, std::string_view value) {
    target += separator;
    target += name;
    target += '=';
    target += is_open(name) ? value : kHidden;
    separator = '&';
  });
  return target;
}

std::string open_url(std::string_view url)
{
  const UrlParts parts = split_url(url);
  const std::string scheme{url.substr(0, url.find("://") + 3)};
  return scheme + std::string{parts.authority} + target_of(parts);
}

void replace_all(std::string &text, std::string_view what, std::string_view with)
{
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

} // namespace

AuditText::AuditText(const net::HttpRequest &request, const net::HttpResult &result,
                     const Scrub &scrub)
    : request_(request), result_(result), scrub_(scrub)
{
  hide_secrets_of_query(request.url);
  hide_secrets_of(request.headers);
  if (result)
    hide_secrets_of(result->headers);
  // A secret that holds another one goes first.
  std::sort(secrets_.begin(), secrets_.end(),
            [](const std::string &a, const std::string &b) { return a.size() > b.size(); });
}

void AuditText::hide_secrets_of(const net::Headers &headers)
{
  for (const auto &[name, value] : headers) {
    if (is_url(value)) {
      hide_secrets_of_query(value);
    } else if (is_secret_header(name)) {
      // Of "Bearer TOKEN" the token, too.
      const std::size_t space = value.rfind(' ');
      for (const std::string &secret :
           {value, space == std::string::npos ? value : value.substr(space + 1)}) {
        if (secret.size() >= kShortestSecret)
          secrets_.push_back(secret);
      }
    }
  }
}

void AuditText::hide_secrets_of_query(std::string_view url)
{
  for_each_part(split_url(url).query, [this](std::string_view name, std::string_view value) {
    if (!is_open(name) && value.size() >= kShortestSecret)
      secrets_.emplace_back(value);
  });
}

std::string AuditText::scrubbed(std::string text) const
{
  for (const std::string &secret : secrets_)
    replace_all(text, secret, kHidden);
  return scrub_ ? scrub_(std::move(text)) : text;
}

std::string AuditText::head_of(const net::Headers &headers) const
{
  std::string head;
  for (const auto &[name, value] : headers) {
    head += name + ": ";
    if (is_secret_header(name))
      head += kHidden;
    else
      head += scrubbed(is_url(value) ? open_url(value) : value);
    head += "\r\n";
  }
  return head + "\r\n";
}

std::string AuditText::request_head() const
{
  const UrlParts url = split_url(request_.url);
  std::string head = std::string{request_.method} + ' ' + scrubbed(target_of(url)) +
                     " HTTP/1.1\r\nHost: " + std::string{url.authority} + "\r\n";
  if (request_.body)
    head += "Content-Type: " + request_.content_type +
            "\r\nContent-Length: " + std::to_string(request_body().size()) + "\r\n";
  return head + head_of(request_.headers);
}

std::string_view AuditText::request_body() const
{
  if (!request_.body)
    return {};
  const std::string_view body = *request_.body;
  return body.substr(std::min(request_.body_offset, body.size()), request_.body_size);
}

std::string AuditText::response() const
{
  if (result_)
    return "HTTP/1.1 " + std::to_string(result_->status) + "\r\n" + head_of(result_->headers) +
           scrubbed(result_->body);
  const net::HttpFailure &failure = result_.error();
  std::string text = std::string{"No whole reply ("} + to_string(failure.kind) +
                     "): " + scrubbed(failure.message) + "\r\n\r\n";
  return text + scrubbed(failure.body);
}

std::string file_word(std::string_view text)
{
  constexpr std::size_t kMostBytes = 100;
  if (text.empty())
    return "_";
  std::string word;
  g_autofree char *valid = g_utf8_make_valid(text.data(), static_cast<gssize>(text.size()));
  for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
    const gunichar c = g_utf8_get_char(at);
    const std::string_view bytes{at, static_cast<std::size_t>(g_utf8_next_char(at) - at)};
    if (word.size() + bytes.size() > kMostBytes)
      break;
    const bool is_plain = g_unichar_isalnum(c) || c == '-' || c == '_' || (c == '.' && at != valid);
    word += is_plain ? bytes : "_";
  }
  return word;
}

} // namespace gemini
