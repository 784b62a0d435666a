// SPDX-License-Identifier: LGPL-2.1-or-later
// One element's way to the service.
#include "net/http_client.hpp"

#include "net/network.hpp"

namespace gemini::net {

HttpClient::HttpClient() : network_(Network::share()) {}

HttpClient::~HttpClient()
{
  cancel_all();
}

void HttpClient::post(HttpRequest request, Done done)
{
  network_->post(this, std::move(request), std::move(done));
}

void HttpClient::cancel_all()
{
  network_->cancel(this);
}

std::string url_problem(const std::string &url)
{
  g_autoptr(GError) error = nullptr;
  g_autoptr(GUri) uri =
      g_uri_parse(url.c_str(), static_cast<GUriFlags>(SOUP_HTTP_URI_FLAGS), &error);
  if (!uri)
    return error->message;
  const std::string scheme = g_uri_get_scheme(uri);
  if (scheme != "http" && scheme != "https")
    return "it does not begin with https:// or http://";
  const char *host = g_uri_get_host(uri);
  if (!host || !*host)
    return "it names no host";
  if (g_uri_get_userinfo(uri))
    return "it must have no name and password, which would be shown in messages";
  if (g_uri_get_query(uri) || g_uri_get_fragment(uri))
    return "it must have no query and no fragment";
  return {};
}

} // namespace gemini::net
