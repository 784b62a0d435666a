// SPDX-License-Identifier: LGPL-2.1-or-later
// The blocking client. Each call has a session of its own, so that calls of several threads do not
// meet.
#include "test_client.hpp"

#include "json.hpp"

#include <memory>
#include <string_view>

#include <gst/check/gstcheck.h>

namespace gemini::emulator::test {
namespace {

Response send(const char *method, const std::string &url, const std::string *body,
              const Headers &headers)
{
  g_autoptr(GMainContext) context = g_main_context_new();
  g_main_context_push_thread_default(context);
  Response out;
  {
    g_autoptr(SoupSession) session = soup_session_new();
    // The servers of these tests have certificates of their own.
    g_autoptr(SoupMessage) message = soup_message_new(method, url.c_str());
    g_signal_connect(message, "accept-certificate", G_CALLBACK(+[] { return TRUE; }), nullptr);
    soup_message_add_flags(message, SOUP_MESSAGE_NO_REDIRECT);
    for (const auto &[name, value] : headers)
      soup_message_headers_replace(soup_message_get_request_headers(message), name.c_str(),
                                   value.c_str());
    if (body) {
      g_autoptr(GBytes) bytes = g_bytes_new(body->data(), body->size());
      soup_message_set_request_body_from_bytes(message, "application/json", bytes);
    }
    g_autoptr(GBytes) reply = soup_session_send_and_read(session, message, nullptr, nullptr);
    if (reply) {
      gsize size = 0;
      const auto *data = static_cast<const char *>(g_bytes_get_data(reply, &size));
      out.body.assign(data ? data : "", size);
      out.status = static_cast<int>(soup_message_get_status(message));
      const char *type =
          soup_message_headers_get_one(soup_message_get_response_headers(message), "Content-Type");
      out.content_type = type ? type : "";
      const auto add = +[](const char *name, const char *value, gpointer out_headers) noexcept {
        g_autofree char *lower = g_ascii_strdown(name, -1);
        static_cast<Headers *>(out_headers)->emplace_back(lower, value);
      };
      soup_message_headers_foreach(soup_message_get_response_headers(message), add, &out.headers);
    }
    soup_session_abort(session);
  }
  while (g_main_context_iteration(context, FALSE))
    ;
  g_main_context_pop_thread_default(context);
  return out;
}

} // namespace

void check_text(const std::string &is, const std::string &expected)
{
  fail_unless(is == expected, "'%s' instead of '%s'", is.c_str(), expected.c_str());
}

std::string Response::header(const std::string &name) const
{
  for (const auto &[is, value] : headers) {
    if (is == name)
      return value;
  }
  return {};
}

std::string Response::at(const char *path) const
{
  g_autoptr(JsonParser) parser = json_parser_new();
  if (!json_parser_load_from_data(parser, body.data(), static_cast<gssize>(body.size()), nullptr) ||
      !json_parser_get_root(parser))
    return {};
  g_autoptr(JsonNode) found = json_path_query(path, json_parser_get_root(parser), nullptr);
  if (!found || json_array_get_length(json_node_get_array(found)) == 0)
    return {};
  JsonNode *node = json_array_get_element(json_node_get_array(found), 0);
  if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
    return json_node_get_string(node);
  g_autofree char *text = json_to_string(node, FALSE);
  return text;
}

int Response::length(const char *path) const
{
  const std::string array = at(path);
  g_autoptr(JsonParser) parser = json_parser_new();
  if (array.empty() || !json_parser_load_from_data(parser, array.c_str(), -1, nullptr) ||
      !JSON_NODE_HOLDS_ARRAY(json_parser_get_root(parser)))
    return 0;
  return static_cast<int>(json_array_get_length(json_node_get_array(json_parser_get_root(parser))));
}

Response Response::said() const
{
  std::string json = text();
  constexpr std::string_view kFence = "```json\n";
  if (json.starts_with(kFence) && json.ends_with("\n```"))
    json = json.substr(kFence.size(), json.size() - kFence.size() - 4);
  return {.status = status, .content_type = {}, .body = json};
}

Response ask(const std::string &url, const char *model, std::span<const std::uint8_t> picture,
             const std::string &prompt, const std::string &config)
{
  const std::string more = config.empty() ? "" : R"(,"generationConfig":{)" + config + "}";
  return post(url + "/v1beta/models/" + model + ":generateContent",
              picture_request(picture, prompt, more));
}

Response get(const std::string &url, const Headers &headers)
{
  return send("GET", url, nullptr, headers);
}

Response post(const std::string &url, const std::string &body, const Headers &headers)
{
  return send("POST", url, &body, headers);
}

Response erase(const std::string &url, const Headers &headers)
{
  return send("DELETE", url, nullptr, headers);
}

std::string post_raw(const std::string &host_url, const std::string &target,
                     const std::string &body)
{
  const std::string request = "POST " + target +
                              " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                              "x-goog-api-key: emulator-key\r\nContent-Length: " +
                              std::to_string(body.size()) + "\r\n\r\n" + body;
  const bool is_tls = host_url.starts_with("https://");
  const std::string host = host_url.substr(host_url.find("//") + 2);
  g_autoptr(GSocketClient) client = g_socket_client_new();
  g_socket_client_set_tls(client, is_tls);
  const auto prepare = +[](GSocketClient *, GSocketClientEvent event, GSocketConnectable *,
                           GIOStream *stream, gpointer) noexcept {
    if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
      g_signal_connect(stream, "accept-certificate", G_CALLBACK(+[] { return TRUE; }), nullptr);
  };
  g_signal_connect(client, "event", G_CALLBACK(prepare), nullptr);
  g_autoptr(GError) error = nullptr;
  g_autoptr(GSocketConnection) connection =
      g_socket_client_connect_to_host(client, host.c_str(), is_tls ? 443 : 80, nullptr, &error);
  fail_unless(connection != nullptr, "%s", error ? error->message : "");
  GIOStream *stream = G_IO_STREAM(connection);
  fail_unless(g_output_stream_write_all(g_io_stream_get_output_stream(stream), request.data(),
                                        request.size(), nullptr, nullptr, nullptr));
  std::string out;
  char buffer[4096];
  gssize size = 0;
  GInputStream *in = g_io_stream_get_input_stream(stream);
  while ((size = g_input_stream_read(in, buffer, sizeof buffer, nullptr, nullptr)) > 0)
    out.append(buffer, static_cast<std::size_t>(size));
  return out;
}

Response upload(const std::string &url, std::span<const std::uint8_t> bytes,
                const std::string &mime_type, const Headers &key)
{
  Headers headers = key;
  headers.insert(headers.end(),
                 {{"X-Goog-Upload-Protocol", "resumable"},
                  {"X-Goog-Upload-Command", "start"},
                  {"X-Goog-Upload-Header-Content-Length", std::to_string(bytes.size())},
                  {"X-Goog-Upload-Header-Content-Type", mime_type}});
  const Response start = post(url + "/upload/v1beta/files", "{}", headers);
  if (start.status != 200)
    return start;
  return post(start.header("x-goog-upload-url"), {bytes.begin(), bytes.end()},
              {{"X-Goog-Upload-Command", "upload, finalize"}, {"X-Goog-Upload-Offset", "0"}});
}

std::string picture_request(std::span<const std::uint8_t> picture, const std::string &prompt,
                            const std::string &more)
{
  g_autofree char *data = g_base64_encode(picture.data(), picture.size());
  const bool is_png = picture.size() > 1 && picture[1] == 'P';
  return std::string{R"({"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":")"} +
         (is_png ? "image/png" : "image/jpeg") + R"(","data":")" + data + R"("}},{"text":)" +
         json::quote(prompt) + "}]}]" + more + "}";
}

} // namespace gemini::emulator::test
