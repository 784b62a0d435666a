// SPDX-License-Identifier: LGPL-2.1-or-later

// Where the service is: the addresses of its calls, of the Gemini API and of Vertex AI.
#pragma once

#include <string>
#include <string_view>

namespace gemini::wire {

enum class Platform { developer, vertex };

// All functions escape what a path cannot hold. Model names may begin with "models/" (or, of
// Vertex, be a whole resource name).
struct Endpoint {
  Platform platform = Platform::developer;
  std::string base_url;    // without a slash at its end
  std::string api_version; // "v1beta"; of Vertex "v1beta1"
  // Vertex only; both empty: express mode, which goes by key and names neither.
  std::string project = {};
  std::string location = {};

  bool has_files() const { return platform == Platform::developer; }
  std::string generate_url(std::string_view model) const;
  std::string stream_url(std::string_view model) const; // server-sent events
  std::string model_url(std::string_view model) const;
  std::string upload_url() const;                    // of the Files API
  std::string file_url(std::string_view name) const; // "files/abc"; also the URI in requests

  bool operator==(const Endpoint &) const = default;
};

// The host of Vertex AI for a location: global, a multi-region (us, eu) or a region.
std::string vertex_base_url(std::string_view location);

} // namespace gemini::wire
