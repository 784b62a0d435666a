// SPDX-License-Identifier: LGPL-2.1-or-later
// Pictures in shades of gray as PNG, through libpng.
//
// libpng leaves by longjmp when something is wrong, which runs no destructor. So each function that
// calls it has variables of plain types only; what owns memory belongs to the functions above it.
#include "wire/png.hpp"

#include "wire/png_inflate.hpp"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>
#include <optional>
#include <string_view>

#include <png.h>

namespace gemini::wire {
namespace {

// Longer sides than any picture of so few pixels needs.
constexpr png_uint_32 kMaxSide = 1 << 16;
// The signature and the chunk that says the size.
constexpr std::size_t kHeaderBytes = 33;
// For chunks other than those of the picture, of which none is wanted.
constexpr png_alloc_size_t kMaxChunkBytes = 1 << 16;
constexpr png_uint_32 kMaxChunks = 16;

constexpr const char *kDamaged = "a damaged PNG";
constexpr const char *kTooLarge = "a PNG that is too large";

struct Source {
  const std::uint8_t *data = nullptr;
  std::size_t left = 0;
};

[[noreturn]] void leave(png_structp png, png_const_charp)
{
  png_longjmp(png, 1);
}

void ignore(png_structp, png_const_charp) {}

void take(png_structp png, png_bytep to, std::size_t count)
{
  auto *source = static_cast<Source *>(png_get_io_ptr(png));
  if (count > source->left)
    png_error(png, "");
  std::memcpy(to, source->data, count);
  source->data += count;
  source->left -= count;
}

class PngReader {
public:
  explicit PngReader(Source &source)
      : png_(png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, leave, ignore))
  {
    if (!png_)
      return;
    info_ = png_create_info_struct(png_);
    png_set_read_fn(png_, &source, take);
    png_set_user_limits(png_, kMaxSide, kMaxSide);
    png_set_chunk_malloc_max(png_, kMaxChunkBytes);
    png_set_chunk_cache_max(png_, kMaxChunks);
    png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader &) = delete;
  PngReader &operator=(const PngReader &) = delete;

  // Reads what stands before the picture. `channels` is 1, or 2 where there is transparency.
  bool begin(std::size_t &channels)
  {
    if (!png_ || !info_ || setjmp(png_jmpbuf(png_)))
      return false;
    png_read_info(png_, info_);
    png_set_expand(png_); // palettes, fewer than 8 bits, transparent colours
    png_set_scale_16(png_);
    png_set_rgb_to_gray_fixed(png_, PNG_ERROR_ACTION_NONE, PNG_RGB_TO_GRAY_DEFAULT,
                              PNG_RGB_TO_GRAY_DEFAULT);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    channels = png_get_channels(png_, info_);
    return png_get_bit_depth(png_, info_) == 8 && (channels == 1 || channels == 2);
  }

  // `rows` has one pointer for each row of the picture.
  bool read(png_bytepp rows)
  {
    if (setjmp(png_jmpbuf(png_)))
      return false;
    png_read_image(png_, rows);
    return true;
  }

private:
  png_structp png_;
  png_infop info_ = nullptr;
};

void append(png_structp png, png_bytep from, std::size_t count)
{
  // Without memory std::bad_alloc has to end the program rather than pass through C.
  [&]() noexcept {
    auto *out = static_cast<std::vector<std::uint8_t> *>(png_get_io_ptr(png));
    out->insert(out->end(), from, from + count);
  }();
}

void flush_nothing(png_structp) {}

bool write_rows(png_structp png, png_infop info, const std::uint8_t *pixels, png_uint_32 width,
                png_uint_32 height)
{
  if (!png || !info || setjmp(png_jmpbuf(png)))
    return false;
  png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  // Masks are mostly flat: the fastest level makes them as small as the others, within a few bytes.
  png_set_compression_level(png, 1);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
  png_write_info(png, info);
  for (png_uint_32 y = 0; y < height; ++y)
    png_write_row(png, pixels + std::size_t{y} * width);
  png_write_end(png, nullptr);
  return true;
}

std::size_t big_endian(std::span<const std::uint8_t> bytes)
{
  std::size_t value = 0;
  for (const std::uint8_t byte : bytes)
    value = value << 8 | byte;
  return value;
}

// Gray and alpha in pairs, laid over black.
void flatten(std::span<const std::uint8_t> pairs, std::span<std::uint8_t> out)
{
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::uint8_t>((unsigned{pairs[2 * i]} * pairs[2 * i + 1] + 127) / 255);
}

struct Header {
  std::size_t width = 0;
  std::size_t height = 0;
  std::size_t bits = 0; // of a pixel; 0: the header is none
  bool is_interlaced = false;
  bool is_plain = false; // 8-bit gray in simple rows: what models write

  std::size_t row_bytes() const { return (width * bits + 7) / 8; }
  // What the picture inflates to, each row with the byte of its filter. Interlaced it has nearly
  // twice as many rows, all of them shorter.
  std::size_t most_bytes() const
  {
    constexpr std::size_t kPasses = 7;
    const std::size_t bytes = (row_bytes() + 1) * height;
    return is_interlaced ? bytes + (height + kPasses) * 3 : bytes;
  }
};

Header read_header(std::span<const std::uint8_t> bytes)
{
  constexpr std::array<std::size_t, 7> kChannels = {1, 0, 3, 1, 2, 0, 4}; // by colour type
  if (bytes.size() < kHeaderBytes || std::memcmp(bytes.data() + 12, "IHDR", 4) != 0)
    return {};
  const std::uint8_t depth = bytes[24];
  const std::uint8_t colour = bytes[25];
  const bool is_possible = depth <= 16 && colour < kChannels.size();
  const bool is_interlaced = bytes[28] != 0;
  return {.width = big_endian(bytes.subspan(16, 4)),
          .height = big_endian(bytes.subspan(20, 4)),
          .bits = is_possible ? kChannels[colour] * depth : 0,
          .is_interlaced = is_interlaced,
          .is_plain = depth == 8 && colour == PNG_COLOR_TYPE_GRAY && !is_interlaced};
}

// Each row follows the byte of its filter. Of these none and the difference to the row above are
// known; whether there was no other.
bool unfilter(std::span<const std::uint8_t> rows, std::size_t width, std::span<std::uint8_t> out)
{
  const std::uint8_t *above = nullptr;
  std::uint8_t *to = out.data();
  for (std::size_t at = 0; at < rows.size(); at += width + 1) {
    const std::uint8_t *from = &rows[at + 1];
    const bool is_up = rows[at] == PNG_FILTER_VALUE_UP;
    if (!is_up && rows[at] != PNG_FILTER_VALUE_NONE)
      return false;
    if (is_up && above)
      std::transform(from, from + width, above, to, [](std::uint8_t a, std::uint8_t b) {
        return static_cast<std::uint8_t>(a + b);
      });
    else
      std::copy_n(from, width, to);
    above = to;
    to += width;
  }
  return true;
}

bool read_with_libpng(std::span<const std::uint8_t> bytes, const Header &header,
                      std::span<std::uint8_t> out)
{
  Source source{bytes.data(), bytes.size()};
  PngReader reader{source};
  std::size_t channels = 0;
  if (!reader.begin(channels))
    return false;
  std::vector<std::uint8_t> pairs(channels == 2 ? 2 * out.size() : 0);
  std::uint8_t *pixels = channels == 2 ? pairs.data() : out.data();
  std::vector<png_bytep> rows(header.height);
  for (std::size_t y = 0; y < header.height; ++y)
    rows[y] = pixels + y * header.width * channels;
  if (!reader.read(rows.data()))
    return false;
  if (channels == 2)
    flatten(pairs, out);
  return true;
}

} // namespace

Result<GrayImage, const char *> read_png(std::span<const std::uint8_t> bytes,
                                         std::size_t max_pixels)
{
  constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";
  if (bytes.size() < kSignature.size() ||
      std::memcmp(bytes.data(), kSignature.data(), kSignature.size()) != 0)
    return "no PNG";
  const Header header = read_header(bytes);
  if (header.width == 0 || header.height == 0 || header.bits == 0)
    return kDamaged;
  if (header.width > kMaxSide || header.height > kMaxSide ||
      header.row_bytes() * header.height > max_pixels)
    return kTooLarge;

  std::vector<std::uint8_t> rows(header.most_bytes());
  const std::optional<InflatedPng> picture = inflate_png(bytes, rows);
  if (!picture)
    return kDamaged;
  GrayImage image{static_cast<int>(header.width), static_cast<int>(header.height),
                  std::vector<std::uint8_t>(header.width * header.height)};
  const bool is_plain = header.is_plain && !picture->has_transparent_colours;
  if (is_plain && picture->size == rows.size() && unfilter(rows, header.width, image.pixels))
    return image;
  rows = {};
  if (!read_with_libpng(bytes, header, image.pixels))
    return kDamaged;
  return image;
}

std::vector<std::uint8_t> write_png(std::span<const std::uint8_t> pixels, int width, int height)
{
  std::vector<std::uint8_t> out;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, leave, ignore);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  if (png)
    png_set_write_fn(png, &out, append, flush_nothing);
  if (!write_rows(png, info, pixels.data(), static_cast<png_uint_32>(width),
                  static_cast<png_uint_32>(height)))
    out.clear();
  png_destroy_write_struct(&png, &info);
  return out;
}

} // namespace gemini::wire
