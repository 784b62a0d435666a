// SPDX-License-Identifier: LGPL-2.1-or-later
// What the tests of gst/wire share: replies made and lines read by json-glib, an opinion
// independent of our reader and writer; objects as short text, to compare with. Include before
// gstcheck.h.
#pragma once

#include "core/analysis.hpp"

#include <json-glib/json-glib.h>

#include <clocale>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace gemini::test {

struct ParserUnref {
  void operator()(JsonParser *parser) const { g_object_unref(parser); }
};
using ParserPtr = std::unique_ptr<JsonParser, ParserUnref>;

// Null where json-glib refuses `json`.
inline ParserPtr parse(const std::string &json)
{
  ParserPtr parser{json_parser_new()};
  if (!json_parser_load_from_data(parser.get(), json.data(), static_cast<gssize>(json.size()),
                                  nullptr))
    return nullptr;
  return parser;
}

inline JsonObject *root_object(const ParserPtr &parser)
{
  return json_node_get_object(json_parser_get_root(parser.get()));
}

// A JSON string with its quotation marks. `text` must be UTF-8 without NUL.
inline std::string quoted(const std::string &text)
{
  JsonNode *node = json_node_init_string(json_node_alloc(), text.c_str());
  g_autofree char *json = json_to_string(node, FALSE);
  json_node_unref(node);
  return json;
}

// The body of a reply with one candidate and one part.
inline std::string reply_body(const std::string &text, const std::string &finish_reason = "STOP")
{
  return R"({"candidates":[{"content":{"role":"model","parts":[{"text":)" + quoted(text) +
         R"(}]},"finishReason":")" + finish_reason +
         R"(","index":0}],"usageMetadata":{"promptTokenCount":1130,"candidatesTokenCount":40,)"
         R"("totalTokenCount":1170},"modelVersion":"gemini-x"})";
}

// "label[left,top,right,bottom]" with the edges in thousandths, several separated by spaces.
inline std::string describe(const std::vector<Object> &objects)
{
  const auto thousandths = [](double value) { return std::round(value * 1e5) / 100; };
  std::string text;
  for (const Object &object : objects) {
    if (!text.empty())
      text += ' ';
    text += object.label;
    if (!object.box)
      continue;
    char box[128];
    std::snprintf(box, sizeof box, "[%g,%g,%g,%g]", thousandths(object.box->x),
                  thousandths(object.box->y), thousandths(object.box->right()),
                  thousandths(object.box->bottom()));
    text += box;
  }
  return text;
}

inline std::string join(const std::vector<std::string> &lines)
{
  std::string text;
  for (const std::string &line : lines) {
    if (!text.empty())
      text += " | ";
    text += line;
  }
  return text;
}

// Says what differs, where something does.
inline bool same(const std::string &is, const std::string &should)
{
  if (is != should)
    std::fprintf(stderr, "is:     %s\nshould: %s\n", is.c_str(), should.c_str());
  return is == should;
}

// Writes decimals with a comma as long as it lives, where such a locale is installed or can be
// made.
class DecimalComma {
public:
  DecimalComma()
  {
    g_autofree char *folder = g_dir_make_tmp("gst-gemini-XXXXXX", nullptr);
    folder_ = folder;
    const std::string locale = (folder_ / "de_DE.UTF-8").string();
    const char *command[] = {"localedef", "-i", "de_DE", "-f", "UTF-8", locale.c_str(), nullptr};
    g_spawn_sync(nullptr, const_cast<char **>(command), nullptr,
                 static_cast<GSpawnFlags>(G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
                                          G_SPAWN_STDERR_TO_DEV_NULL),
                 nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
    g_setenv("LOCPATH", folder_.c_str(), TRUE);
    is_set_ = std::setlocale(LC_ALL, "de_DE.UTF-8") != nullptr;
    if (!is_set_) {
      g_unsetenv("LOCPATH");
      is_set_ = std::setlocale(LC_ALL, "de_DE.UTF-8") != nullptr;
    }
  }
  ~DecimalComma()
  {
    std::setlocale(LC_ALL, "C");
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  DecimalComma(const DecimalComma &) = delete;
  DecimalComma &operator=(const DecimalComma &) = delete;
  bool is_set() const { return is_set_; }

private:
  std::filesystem::path folder_;
  bool is_set_ = false;
};

inline std::string repeated(std::string_view piece, std::size_t times)
{
  std::string text;
  text.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i)
    text += piece;
  return text;
}

} // namespace gemini::test
