// SPDX-License-Identifier: LGPL-2.1-or-later
// The body of a generateContent request.
#include "wire/request.hpp"

#include "wire/json_write.hpp"
#include "wire/text.hpp"

#include <glib.h>

#include <cstddef>
#include <string_view>

namespace gemini::wire {
namespace {

// The key names matter to the model more than the sentences do.
std::string detect_prompt(const RequestSpec &spec)
{
  const std::string_view words = trimmed(spec.prompt);
  std::string text = "Detect ";
  text += words.empty() ? std::string_view{"all prominent things"} : words;
  text += " in this image.\nAnswer with a JSON list of at most ";
  text += std::to_string(spec.max_objects);
  text += spec.max_objects == 1 ? " entry" : " entries, the most prominent first";
  text +=
      ". Each entry stands for one single thing and has two keys: \"box_2d\", its bounding box as "
      "[ymin, xmin, ymax, xmax], four integers from 0 to 1000 relative to the height and width of the "
      "image, and \"label\", a short name for it; where several would be called the same, tell them apart "
      "by what can be seen. No masks, no code fence, no other text. If there is nothing to detect, "
      "answer [].";
  return text;
}

std::string prompt_text(const RequestSpec &spec)
{
  return detect_prompt(spec);
}

// Encodes straight into the body: pictures are large.
void append_base64(std::string &out, std::span<const std::uint8_t> bytes)
{
  const std::size_t begin = out.size();
  out.resize(begin + (bytes.size() / 3 + 1) * 4 + 4);
  int state = 0;
  int save = 0;
  std::size_t end = begin + g_base64_encode_step(bytes.data(), bytes.size(), FALSE,
                                                 out.data() + begin, &state, &save);
  end += g_base64_encode_close(FALSE, out.data() + end, &state, &save);
  out.resize(end);
}

std::string escaped(const std::string &segment)
{
  g_autofree char *text =
      g_uri_escape_bytes(reinterpret_cast<const guint8 *>(segment.data()), segment.size(), nullptr);
  return text;
}

} // namespace

std::string build_request(const RequestSpec &spec, std::span<const std::uint8_t> jpeg)
{
  constexpr std::string_view kBeforeImage =
      R"({"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/jpeg","data":")";
  constexpr std::string_view kBeforeText = R"("}},{"text":)";
  constexpr std::string_view kEnd =
      R"(}]}],"generationConfig":{"responseMimeType":"application/json"}})";

  const std::string text = prompt_text(spec);
  std::string body;
  body.reserve(kBeforeImage.size() + jpeg.size() / 3 * 4 + 16 + text.size() * 2 + 256);
  body += kBeforeImage;
  append_base64(body, jpeg);
  body += kBeforeText;
  append_quoted(body, text);
  body += kEnd;
  return body;
}

std::string generate_path(const std::string &api_version, const std::string &model)
{
  constexpr std::string_view kPrefix = "models/";
  const std::string name = model.starts_with(kPrefix) ? model.substr(kPrefix.size()) : model;
  return "/" + escaped(api_version) + "/models/" + escaped(name) + ":generateContent";
}

} // namespace gemini::wire
