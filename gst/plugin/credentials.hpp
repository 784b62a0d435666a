// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the key and the service's address come from.
#pragma once

#include "plugin/analyzer_settings.hpp"
#include "plugin/text_file.hpp"

#include <string>

namespace gemini {

struct Service {
  std::string base_url; // without a slash at its end
  std::string api_key;  // secret: goes into a header and nowhere else
};

// The property, else the key file, else GOOGLE_API_KEY, else GEMINI_API_KEY; and base-url, else
// GOOGLE_GEMINI_BASE_URL, else Google's. Reads the environment and files: at start only.
Result<Service, SettingProblem> find_service(const AnalyzerSettings &settings);

// `text` with every occurrence of the key blotted out: servers and proxies quote what they were
// sent.
std::string without_secret(std::string text, const std::string &secret);

} // namespace gemini
