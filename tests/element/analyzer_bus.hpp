// SPDX-License-Identifier: LGPL-2.1-or-later
// The bus of an analyzer in a harness, read to the end.
#pragma once

#include "support.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace gemini::test {

// What an analyzer says while it is tested.
class AnalyzerBus {
public:
  explicit AnalyzerBus(Analyzer &analyzer) : analyzer_(analyzer) {}

  // The next analysis as JSON; remembers what comes before it.
  std::string next_line()
  {
    for (;;) {
      g_autoptr(GstMessage) message = analyzer_.wait_for(static_cast<GstMessageType>(
          GST_MESSAGE_ELEMENT | GST_MESSAGE_WARNING | GST_MESSAGE_ERROR));
      fail_unless(message != nullptr, "no analysis was posted");
      const GstStructure *structure = gst_message_get_structure(message);
      if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ELEMENT)
        remember(message);
      else if (gst_structure_has_name(structure, "gemini-analysis"))
        return gst_structure_get_string(structure, "json");
    }
  }
  const std::vector<std::string> &warnings() const { return warnings_; }
  const std::string &error() const { return error_; }

private:
  void remember(GstMessage *message)
  {
    g_autoptr(GError) error = nullptr;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING) {
      gst_message_parse_warning(message, &error, nullptr);
      warnings_.emplace_back(error->message);
    } else {
      gst_message_parse_error(message, &error, nullptr);
      error_ = error->message;
    }
  }

  Analyzer &analyzer_;
  std::vector<std::string> warnings_;
  std::string error_;
};

inline bool has(const std::string &text, const std::string &part)
{
  return text.find(part) != std::string::npos;
}

inline void expect(const std::string &text, const std::string &part)
{
  fail_unless(has(text, part), "there is no '%s' in: %s", part.c_str(), text.c_str());
}

inline int count(std::size_t n)
{
  return static_cast<int>(n);
}

} // namespace gemini::test
