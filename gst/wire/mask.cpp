// SPDX-License-Identifier: LGPL-2.1-or-later
// Masks in all the ways that models write them.
#include "wire/mask.hpp"

#include "wire/base64.hpp"
#include "wire/model_text.hpp"
#include "wire/png.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace gemini::wire {
namespace {

// In order of preference, as is_name() takes them.
constexpr std::array<std::string_view, 19> kMaskNames = {
    "mask",     "masks",    "segmentationmask", "segmentation", "segmentationmap",
    "mask2d",   "maskdata", "maskpng",          "binarymask",   "polygon",
    "polygons", "contour",  "contours",         "outline",      "outlines",
    "boundary", "vertices", "segments",         "points",
};
constexpr std::array<std::string_view, 6> kDataNames = {"data", "png",   "base64",
                                                        "url",  "image", "maskdata"};

// A picture of kMaxPngPixels that does not compress at all is hardly longer.
constexpr std::size_t kMaxFileBytes = std::size_t{5} << 20;
// The maps of models have 256x256, which may be in colours with transparency.
constexpr std::size_t kMinMapPixels = std::size_t{1} << 18;
// Where in a text a picture has to begin, so that a long text is not searched to its end. Tokens of
// a mask are shorter.
constexpr std::size_t kMaxPreface = 4096;
// Base64 of the signature of a PNG and of a JPEG.
constexpr std::string_view kPngBeginning = "iVBORw0KGgo";
constexpr std::string_view kJpegBeginning = "/9j/";

constexpr std::string_view kTokens = "made of segmentation tokens, which cannot be decoded";

using ReadResult = Result<ReadMask, std::string>;

// What a mask is read with.
struct MaskPlace {
  const std::optional<Rect> &box;
  const MaskOptions &options;
  const MaskHints &hints;
};

ReadResult read_value(Json mask, const MaskPlace &place);

ReadResult wrong(std::string_view what)
{
  return std::string{"the mask is "} + std::string{what};
}

Json member_called(Json object, std::string_view plain)
{
  for (const Json child : object) {
    if (is_name(child.key(), plain))
      return child;
  }
  return {};
}

bool is_empty(Json value)
{
  return value.kind() == Json::Kind::null ||
         (value.is_string() ? trimmed(value.text()).empty()
                            : (value.is_array() || value.is_object()) && value.size() == 0);
}

// Where `part`, in lower case, begins in `text` in any case, or npos.
std::size_t find_word(std::string_view text, std::string_view part)
{
  const auto found =
      std::search(text.begin(), text.end(), part.begin(), part.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
      });
  return found == text.end() ? std::string_view::npos
                             : static_cast<std::size_t>(found - text.begin());
}

// What stands behind "data:image/png;base64," and what else there may be before a picture; all of
// `text` where there is no such thing.
std::string_view without_preface(std::string_view text)
{
  constexpr std::string_view kBase64 = "base64";
  constexpr std::string_view kSeparators = ",;: =\"'\t\r\n";
  constexpr std::size_t kMaxTypeBytes = 100;
  const std::string_view preface = text.substr(0, kMaxPreface);
  if (const std::size_t url = find_word(preface, "data:"); url != std::string_view::npos) {
    text.remove_prefix(url);
    const std::string_view head = text.substr(0, kMaxTypeBytes);
    const std::size_t encoding = find_word(head, kBase64);
    const std::size_t comma = head.find(',');
    if (encoding != std::string_view::npos)
      text.remove_prefix(encoding + kBase64.size());
    else if (comma != std::string_view::npos)
      text.remove_prefix(comma);
    text.remove_prefix(std::min(text.find_first_not_of(kSeparators), text.size()));
    return text;
  }
  const std::size_t bare = preface.find(kPngBeginning);
  return bare == std::string_view::npos ? text : text.substr(bare);
}

bool has_tokens(std::string_view text)
{
  const std::string_view beginning = text.substr(0, kMaxPreface);
  return find_word(beginning, "<seg") != std::string_view::npos ||
         find_word(beginning, "<start_of_mask") != std::string_view::npos;
}

bool begins_with(const std::vector<std::uint8_t> &bytes, std::string_view magic)
{
  return bytes.size() >= magic.size() &&
         std::equal(magic.begin(), magic.end(), bytes.begin(),
                    [](char c, std::uint8_t byte) { return static_cast<std::uint8_t>(c) == byte; });
}

const char *name_of_other(const std::vector<std::uint8_t> &bytes)
{
  if (begins_with(bytes, "\xff\xd8"))
    return "a JPEG";
  if (begins_with(bytes, "RIFF"))
    return "a WebP";
  if (begins_with(bytes, "GIF8"))
    return "a GIF";
  return "data that is no PNG";
}

// The part of a map that lies on `box`, given that all of it lies on `whole`.
GrayImage cut_map(const GrayImage &map, const Rect &whole, const Rect &box)
{
  // From a cell on, how many; one at least.
  const auto part = [](double begin, double end, int size) {
    const int from = std::clamp(static_cast<int>(std::lround(begin * size)), 0, size - 1);
    const int to = std::clamp(static_cast<int>(std::lround(end * size)), from + 1, size);
    return std::pair{from, to - from};
  };
  const auto [x, width] =
      part((box.x - whole.x) / whole.w, (box.right() - whole.x) / whole.w, map.width);
  const auto [y, height] =
      part((box.y - whole.y) / whole.h, (box.bottom() - whole.y) / whole.h, map.height);
  GrayImage cut{.width = width, .height = height, .pixels = {}};
  for (int row = y; row < y + height; ++row) {
    const auto begin = map.pixels.begin() + static_cast<std::ptrdiff_t>(row) * map.width + x;
    cut.pixels.insert(cut.pixels.end(), begin, begin + width);
  }
  return cut;
}

ReadResult read_picture(std::string_view base64, const MaskPlace &place)
{
  base64 = base64.substr(0, base64.find('<')); // tokens behind it
  if (base64.size() / 4 * 3 > kMaxFileBytes)
    return wrong("a file that is too long");
  const auto bytes = decode_base64(base64, kMaxFileBytes);
  if (!bytes)
    return wrong("no base64");
  if (bytes->empty())
    return wrong("empty");
  if (!begins_with(*bytes, "\x89PNG"))
    return wrong(name_of_other(*bytes));
  const auto &[box, options, hints] = place;
  if (!box || box->w <= 0 || box->h <= 0)
    return wrong("a PNG without a box to lie on");
  // Many masks have small grids, and must not take long together for the sake of large maps.
  const std::size_t max_pixels =
      std::clamp(2 * std::min(options.max_cells, kMaxPngPixels), kMinMapPixels, kMaxPngPixels);
  Result<GrayImage, const char *> map = read_png(*bytes, max_pixels);
  if (!map)
    return wrong(map.error());
  if (hints.whole_box)
    *map = cut_map(*map, *hints.whole_box, *box);
  const GridSize size =
      grid_size(*box, options.picture_width, options.picture_height, options.max_cells);
  ReadMask read{.mask = std::make_shared<const Mask>(mask_from_map(
                    map->pixels, {map->width, map->height}, *box, size, options.threshold)),
                .rings = {},
                .remark = {}};
  if (std::all_of(read.mask->coverage.begin(), read.mask->coverage.end(),
                  [](std::uint8_t cell) { return cell == 0; }))
    read.remark = "nothing of the mask is above the threshold";
  return read;
}

ReadResult read_outline(Json value, const MaskPlace &place)
{
  Result<ReadPolygon, std::string> polygon = read_polygon(value, place.box, place.hints.polygon);
  if (!polygon)
    return std::move(polygon.error());
  return ReadMask{
      .mask = nullptr, .rings = std::move(polygon->rings), .remark = std::move(polygon->remark)};
}

ReadResult read_text(Json value, const MaskPlace &place)
{
  constexpr std::size_t kMaxQuote = 40;
  constexpr std::size_t kMinDataBytes = 64;
  const std::string_view text = trimmed(value.text());
  if (text.empty())
    return wrong("empty");
  const std::string_view picture = without_preface(text);
  if (picture.size() < text.size() || picture.starts_with(kPngBeginning) ||
      picture.starts_with(kJpegBeginning))
    return read_picture(picture, place);
  if (has_tokens(text))
    return wrong(kTokens);
  if (begins_polygon(text))
    return read_outline(value, place);
  if (text.size() >= kMinDataBytes && text.find(' ') == std::string_view::npos)
    return read_picture(text, place); // to say what it is
  return wrong("only the text \"" + safe_line(text, kMaxQuote) + "\"");
}

ReadResult read_object(Json object, const MaskPlace &place)
{
  const Json inline_data = member_called(object, "inlinedata");
  const Json holder = inline_data.is_object() ? inline_data : object;
  for (const std::string_view name : kDataNames) {
    if (const Json data = member_called(holder, name); data.is_string())
      return read_picture(without_preface(trimmed(data.text())), place);
  }
  // A mask in a mask; where it is a list, the polygon reads it.
  if (const Json mask = member_called(object, "mask"); mask.is_string() || mask.is_object())
    return read_value(mask, place);
  if (member_called(object, "counts"))
    return wrong("made of run lengths, which are not read");
  return read_outline(object, place);
}

// True and false only, also in rows.
bool is_truths(Json array)
{
  return std::all_of(array.begin(), array.end(), [](Json child) {
    return child.kind() == Json::Kind::boolean ||
           (child.is_array() && child.size() > 0 && is_truths(child));
  });
}

ReadResult read_array(Json array, const MaskPlace &place)
{
  if (is_truths(array))
    return wrong("a list of true and false");
  if (array.front().is_string() && has_tokens(array.front().text()) && array.size() > 1)
    return wrong(kTokens);
  // The picture alone in a list.
  const Json only = array.size() == 1 ? array.front() : Json{};
  if (only.is_string())
    return read_text(only, place);
  if (only.is_object() && !member_called(only, "x"))
    return read_object(only, place);
  return read_outline(array, place);
}

ReadResult read_value(Json mask, const MaskPlace &place)
{
  if (!mask || is_empty(mask))
    return wrong("empty");
  if (mask.is_string())
    return read_text(mask, place);
  if (mask.is_object())
    return read_object(mask, place);
  if (mask.is_array())
    return read_array(mask, place);
  return wrong("only \"" + safe_line(mask.text(), 20) + '"');
}

} // namespace

bool holds_mask(Json object)
{
  return bool{mask_of(object)};
}

Json mask_of(Json object)
{
  if (!object.is_object())
    return {};
  const Json mask =
      member_named_any(object, kMaskNames, [](Json value) { return !is_empty(value); });
  if (mask)
    return mask;
  // So that it can be said that it is empty.
  return member_named_any(object, kMaskNames,
                          [](Json value) { return value.kind() != Json::Kind::null; });
}

Json polygon_of(Json mask)
{
  if (mask.is_string())
    return begins_polygon(mask.text()) ? mask : Json{};
  if (mask.is_array() && mask.size() == 1 && !mask.front().is_array())
    return polygon_of(mask.front());
  return mask.is_array() || mask.is_object() ? mask : Json{};
}

std::vector<Json> other_masks_of(Json object, Json mask)
{
  constexpr std::size_t kMaxPlaceholder = 1024;
  bool may_be_picture = mask.is_string() && mask.text().size() <= kMaxPlaceholder;
  std::vector<Json> others;
  for (const std::string_view name : kMaskNames) {
    const Json other = member_called(object, name);
    if (!other || other == mask || is_empty(other))
      continue;
    const Json polygon = polygon_of(other);
    const bool is_outline = polygon.is_array() || polygon.is_string();
    if (is_outline || may_be_picture)
      others.push_back(other);
    may_be_picture = may_be_picture && is_outline;
  }
  return others;
}

Result<ReadMask, std::string> read_mask(Json mask, const std::optional<Rect> &box,
                                        const MaskOptions &options, const MaskHints &hints)
{
  ReadResult read = trace_mask(mask, box, options, hints);
  if (read && !read->mask)
    read->mask = fill_rings(read->rings, options);
  return read;
}

ReadResult trace_mask(Json mask, const std::optional<Rect> &box, const MaskOptions &options,
                      const MaskHints &hints)
{
  return read_value(mask, {box, options, hints});
}

std::shared_ptr<const Mask> fill_rings(std::span<const Ring> rings, const MaskOptions &options)
{
  // The outline may lie a little out of the box, which the model rounded.
  const Rect bounds = bounds_of(rings);
  const GridSize size =
      grid_size(bounds, options.picture_width, options.picture_height, options.max_cells);
  return std::make_shared<const Mask>(mask_from_rings(rings, bounds, size));
}

} // namespace gemini::wire
