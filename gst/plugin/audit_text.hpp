// SPDX-License-Identifier: LGPL-2.1-or-later

// How exchanges look in an audit: the text of HTTP/1.1, whatever the protocol was, without secrets.
#pragma once

#include "net/http_client.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gemini {

using Scrub = std::function<std::string(std::string)>;

// One exchange as text. What is hidden in one place of it is hidden in all others but the request's
// body.
class AuditText {
public:
  // `scrub` takes further secrets out of text.
  AuditText(const net::HttpRequest &request, const net::HttpResult &result, const Scrub &scrub);

  // Up to the empty line; request_body() comes behind it.
  std::string request_head() const;
  std::string_view request_body() const;
  std::string response() const;

private:
  void hide_secrets_of(const net::Headers &headers);
  void hide_secrets_of_query(std::string_view url);
  std::string scrubbed(std::string text) const;
  std::string head_of(const net::Headers &headers) const;

  const net::HttpRequest &request_;
  const net::HttpResult &result_;
  const Scrub &scrub_;
  std::vector<std::string> secrets_;
};

// A word for the name of a file: letters, digits, points, hyphens and underscores, not too many,
// and never hidden.
std::string file_word(std::string_view text);

} // namespace gemini
