// SPDX-License-Identifier: LGPL-2.1-or-later
// A line of a record.
#include "invariants.hpp"
#include "wire/ndjson.hpp"
#include "wire/ndjson_read.hpp"
#include "wire/png.hpp"

using gemini::Analysis;
using gemini::fuzz::check_followed;
using gemini::fuzz::check_object;
using gemini::fuzz::check_track;
using gemini::fuzz::is_utf8;
using gemini::fuzz::require;

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
  const std::string_view line{reinterpret_cast<const char *>(data), size};
  const auto read = gemini::wire::from_ndjson(line);
  if (!read) {
    require(!read.error().empty() && is_utf8(read.error()), "errors say something");
    return 0;
  }
  std::size_t mask_bytes = 0;
  for (const gemini::Object &object : read->objects) {
    check_track(object.track);
    const bool was_followed = object.track.age.count() > 0 || object.track.confidence < 1;
    if (was_followed)
      check_followed(object);
    else
      check_object(object, gemini::wire::kMaxPngPixels);
    mask_bytes += object.mask ? object.mask->coverage.size() : 0;
  }
  for (const gemini::Object &object : read->gone) {
    check_track(object.track);
    check_followed(object);
  }
  require(mask_bytes <= gemini::kMaxMaskBytes, "all masks together stay within their bound");
  const std::string written = gemini::wire::to_ndjson(*read);
  require(written.find('\n') == std::string::npos && is_utf8(written), "it is one line of text");
  const auto again = gemini::wire::from_ndjson(written);
  require(again.has_value(), "what is written can be read");
  require(gemini::wire::to_ndjson(*again) == written, "what is read is written the same again");
  return 0;
}
