// SPDX-License-Identifier: LGPL-2.1-or-later
// A mask as a picture; the first byte chooses how it comes: as a PNG, also with its checksums put
// right so that what stands behind them is met, as base64, or as the value of a mask.
#include "invariants.hpp"
#include "wire/base64.hpp"
#include "wire/json.hpp"
#include "wire/json_write.hpp"
#include "wire/mask.hpp"
#include "wire/png.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include <zlib.h>

using gemini::GridSize;
using gemini::max_mask_cells;
using gemini::Rect;
using gemini::fuzz::check_mask;
using gemini::fuzz::check_rings;
using gemini::fuzz::require;
using gemini::wire::JsonDocument;
using gemini::wire::kMaxPngPixels;

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kSignatureBytes = 8;

std::size_t big_endian(const std::uint8_t *bytes)
{
  return std::size_t{bytes[0]} << 24 | std::size_t{bytes[1]} << 16 | std::size_t{bytes[2]} << 8 |
         bytes[3];
}

void mend_checksums(Bytes &png)
{
  std::size_t at = kSignatureBytes;
  while (at + 12 <= png.size()) {
    const std::size_t size = big_endian(&png[at]);
    if (size > png.size() - at - 12)
      return;
    const uLong sum = crc32(0, &png[at + 4], static_cast<uInt>(size + 4));
    for (unsigned i = 0; i < 4; ++i)
      png[at + 8 + size + i] = static_cast<std::uint8_t>(sum >> (24 - 8 * i));
    at += size + 12;
  }
}

void check_png(std::span<const std::uint8_t> file)
{
  constexpr std::size_t kCheap = std::size_t{1} << 16;
  const auto image = gemini::wire::read_png(file);
  if (!image)
    return;
  require(image->width >= 1 && image->height >= 1 &&
              image->pixels.size() == static_cast<std::size_t>(image->width) *
                                          static_cast<std::size_t>(image->height) &&
              image->pixels.size() <= kMaxPngPixels,
          "pictures have as many pixels as allowed and as their sides say");
  const GridSize from{image->width, image->height};
  for (const GridSize to : {GridSize{1, 1}, GridSize{37, 300}, GridSize{300, 37}})
    check_mask(gemini::mask_from_map(image->pixels, from, {0, 0, 1, 1}, to, file.back()), 300 * 37);
  if (image->pixels.size() > kCheap)
    return;
  const auto again =
      gemini::wire::read_png(gemini::wire::write_png(image->pixels, image->width, image->height));
  require(again && again->pixels == image->pixels, "what is written is read back the same");
}

void check_value(std::string_view json)
{
  const std::optional<Rect> box = Rect{0.25, 0.125, 0.5, 0.75};
  const gemini::wire::MaskOptions options{320, 180, 127, max_mask_cells(25)};
  const JsonDocument document = JsonDocument::scattered(json);
  for (const JsonDocument::Root &root : document.roots()) {
    const auto mask =
        gemini::wire::read_mask(gemini::wire::mask_of(document.value(root)), box, options);
    if (!mask) {
      require(!mask.error().empty() && gemini::fuzz::is_utf8(mask.error()), "errors say something");
      continue;
    }
    require(mask->mask != nullptr, "a mask that was read is there");
    check_mask(*mask->mask, options.max_cells);
    check_rings(mask->rings);
    require(gemini::fuzz::is_utf8(mask->remark), "remarks are UTF-8");
  }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
  if (size < 2)
    return 0;
  Bytes bytes(data + 1, data + size);
  const std::string text(bytes.begin(), bytes.end());
  switch (data[0] % 5) {
  case 0:
    check_png(bytes);
    break;
  case 1:
    mend_checksums(bytes);
    check_png(bytes);
    break;
  case 2:
    if (const auto decoded = gemini::wire::decode_base64(text, 1000)) {
      require(decoded->size() <= 1000, "base64 stays within its bound");
      if (!decoded->empty())
        check_png(*decoded);
    }
    break;
  case 3: {
    std::string json = R"({"mask":)";
    gemini::wire::append_quoted(json, text);
    check_value(json + '}');
    break;
  }
  default:
    check_value(text);
  }
  return 0;
}
