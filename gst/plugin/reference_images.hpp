// SPDX-License-Identifier: LGPL-2.1-or-later

// `reference-images`: pictures that are shown to the model before the frames.
#pragma once

#include "core/failure.hpp"
#include "core/result.hpp"
#include "net/http_client.hpp"
#include "plugin/text_file.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gemini {

struct ReferenceImage {
  enum class Kind { content, web, uploaded } kind = Kind::content;
  std::string uri; // as the user wrote it, for messages; without a query, which may be a secret
  // Of content: the file's bytes and what they are by their signature.
  std::shared_ptr<const std::string> content = nullptr;
  std::string mime_type = {};
  std::string name = {}; // of uploaded: "files/abc"
  std::string url = {};  // of web: the whole address
};

// Reads the list: one URI per comma or line; file:// or a plain path, https:// (http:// on loopback
// only), files/ID. A comma within a URI is written %2C; a path cannot have one, but its file:// URI
// can. A file of a folder "files" is ./files/ID. There are at most 64. Files are read at once, at
// most kLargestReference bytes each; what is missing, too large or no picture that the service
// reads is named.
inline constexpr std::size_t kLargestReference = std::size_t{64} << 20;
Result<std::vector<ReferenceImage>, SettingProblem> read_reference_images(std::string_view list);

// Fetches one from the web, without any key, following redirects; `done` as of HttpClient. The
// result is of kind content. Failures name the picture; those that may heal are the caller's to try
// again.
void fetch_reference(net::HttpClient &client, const ReferenceImage &image,
                     std::chrono::milliseconds timeout,
                     std::function<void(Result<ReferenceImage, Failure>)> done);

} // namespace gemini
