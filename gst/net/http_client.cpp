// SPDX-License-Identifier: LGPL-2.1-or-later
// One element's way to the service.
#include "net/http_client.hpp"

#include "net/network.hpp"

#include <atomic>

namespace gemini::net {

namespace {

// Never 0.
std::uint64_t next_number()
{
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

} // namespace

std::string_view HttpReply::header(std::string_view name) const
{
  for (const auto &[key, value] : headers) {
    if (key == name)
      return value;
  }
  return {};
}

HttpClient::HttpClient() : network_(Network::share()), id_(next_number())
{
  network_->join(id_);
}

HttpClient::~HttpClient()
{
  network_->leave(id_);
}

std::uint64_t HttpClient::send(HttpRequest request, Done done)
{
  const std::uint64_t number = next_number();
  network_->send(id_, number, std::move(request), std::move(done));
  return number;
}

void HttpClient::cancel(std::uint64_t request)
{
  network_->cancel(id_, request);
}

void HttpClient::cancel_all()
{
  network_->cancel_all(id_);
}

void HttpClient::run(std::function<void()> job)
{
  network_->run(id_, std::move(job));
}

void HttpClient::run_at(std::chrono::steady_clock::time_point when, std::function<void()> job)
{
  network_->run_at(id_, when, std::move(job));
}

bool HttpClient::is_network_thread() const
{
  return network_->is_current();
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
