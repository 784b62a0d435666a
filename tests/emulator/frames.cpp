// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading which picture is which.
#include "frames.hpp"

#include <json-glib/json-glib.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string_view>

namespace gemini::emulator {
namespace {

bool names_both_keys(std::string_view text)
{
  return text.find("\"image\"") != std::string_view::npos &&
         text.find("\"result\"") != std::string_view::npos;
}

// "The first 3 images are for reference", "the first image is for reference"; 0 where there is no
// such thing.
std::size_t n_references(const std::string &prompt)
{
  g_autofree char *lower = g_ascii_strdown(prompt.c_str(), -1);
  const std::string_view text = lower;
  const std::size_t end = text.find("for reference");
  const std::size_t begin = text.substr(0, end).rfind("first ");
  if (end == std::string_view::npos || begin == std::string_view::npos)
    return 0;
  const std::string about{text.substr(begin + 6, end - begin - 6)};
  return about.starts_with("image") ? 1 : std::strtoul(about.c_str(), nullptr, 10);
}

// Without the sentences that say how the answers are put together.
std::string text_for_one(const std::string &text)
{
  std::string out;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    if (!names_both_keys(line))
      out += line + '\n';
  }
  if (!out.empty())
    return out;
  // All of it in a single line: what comes before the first of the two keys.
  const std::size_t key = std::min(text.find("\"image\""), text.find("\"result\""));
  return text.substr(0, text.rfind(". ", key)) + ".\n";
}

} // namespace

bool is_per_frame(const GenerateRequest &request)
{
  if (request.schema_text.empty())
    return names_both_keys(request.text);
  g_autoptr(JsonParser) parser = json_parser_new();
  return json_parser_load_from_data(parser, request.schema_text.c_str(), -1, nullptr) &&
         result_schema(AnswerSchema{json_parser_get_root(parser)}).has_value();
}

std::size_t n_frames(const GenerateRequest &request)
{
  const std::size_t n_images = request.images.size();
  if (!is_per_frame(request))
    return std::min<std::size_t>(n_images, 1);
  return n_images - std::min(n_references(request.text), n_images);
}

GenerateRequest frame_request(const GenerateRequest &request, std::size_t number)
{
  const std::size_t first = request.images.size() - n_frames(request);
  GenerateRequest out = request;
  out.images = {request.images[first + number]};
  out.text = text_for_one(request.text);
  return out;
}

std::optional<AnswerSchema> result_schema(const AnswerSchema &schema)
{
  const auto items = schema.items();
  if (schema.type() != AnswerSchema::Type::array || !items)
    return std::nullopt;
  std::optional<AnswerSchema> result;
  bool has_image = false;
  for (const auto &[name, property] : items->properties()) {
    has_image = has_image || name == "image";
    if (name == "result")
      result = property;
  }
  return has_image ? result : std::nullopt;
}

} // namespace gemini::emulator
