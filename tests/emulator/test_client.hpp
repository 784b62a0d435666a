// SPDX-License-Identifier: LGPL-2.1-or-later
// A small blocking HTTP client and the requests that the tests of the emulator send with it.
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace gemini::emulator::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Response {
  int status = 0; // 0: no whole HTTP response
  std::string content_type;
  std::string body;
  Headers headers = {}; // names in lower case

  std::string header(const std::string &name) const; // empty where there is none

  // The string or number at a JSONPath such as $.error.status; empty where there is none.
  std::string at(const char *path) const;
  // How many elements the array at a path has; 0 where there is none.
  int length(const char *path) const;
  // What the model says.
  std::string text() const { return at("$.candidates[0].content.parts[0].text"); }
  // The JSON in that, out of its fence, to be asked with at().
  Response said() const;
};

// Fails the test where the texts differ.
void check_text(const std::string &is, const std::string &expected);

inline const Headers kGoodKey{{"x-goog-api-key", "emulator-key"}};
inline constexpr char kGenerate[] = "/v1beta/models/gemini-flash-latest:generateContent";
inline constexpr char kHello[] = R"({"contents":[{"parts":[{"text":"hello"}]}]})";
inline constexpr char kBoxesPrompt[] =
    R"(Detect all things. JSON list with the keys "box_2d" and "label".)";

Response get(const std::string &url, const Headers &headers = kGoodKey);
Response post(const std::string &url, const std::string &body, const Headers &headers = kGoodKey);
Response erase(const std::string &url, const Headers &headers = kGoodKey); // DELETE

// All that comes back over a connection of HTTP/1.1, as it is.
std::string post_raw(const std::string &host_url, const std::string &target,
                     const std::string &body);

// Uploads a file in one chunk; returns what the service says about it.
Response upload(const std::string &url, std::span<const std::uint8_t> bytes,
                const std::string &mime_type = "image/jpeg", const Headers &key = kGoodKey);

// Asks a model about a picture.
Response ask(const std::string &url, const char *model, std::span<const std::uint8_t> picture,
             const std::string &prompt, const std::string &config = "");

// The body of a request with one picture and a text; `more` goes behind the contents, with its
// comma.
std::string picture_request(std::span<const std::uint8_t> picture, const std::string &prompt,
                            const std::string &more = "");

} // namespace gemini::emulator::test
