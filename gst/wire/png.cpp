// SPDX-License-Identifier: LGPL-2.1-or-later
// Pictures in shades of gray as PNG, through libpng.
//
// libpng leaves by longjmp when something is wrong, which runs no destructor. So each function that
// calls it has variables of plain types only; what owns memory belongs to the functions above it.
#include "wire/png.hpp"

#include "wire/png_plain.hpp"

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <string_view>
#include <utility>

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

} // namespace

Result<GrayImage, const char *> read_png(std::span<const std::uint8_t> bytes,
                                         std::size_t max_pixels)
{
  constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";
  if (bytes.size() < kSignature.size() ||
      std::memcmp(bytes.data(), kSignature.data(), kSignature.size()) != 0)
    return "no PNG";
  if (bytes.size() < kHeaderBytes || std::memcmp(bytes.data() + 12, "IHDR", 4) != 0)
    return kDamaged;
  const std::size_t width = big_endian(bytes.subspan(16, 4));
  const std::size_t height = big_endian(bytes.subspan(20, 4));
  if (width == 0 || height == 0)
    return kDamaged;
  if (width > kMaxSide || height > kMaxSide || width * height > max_pixels)
    return kTooLarge;

  if (auto pixels = read_plain_png(bytes, width, height))
    return GrayImage{static_cast<int>(width), static_cast<int>(height), std::move(*pixels)};
  Source source{bytes.data(), bytes.size()};
  PngReader reader{source};
  std::size_t channels = 0;
  if (!reader.begin(channels))
    return kDamaged;
  GrayImage image{static_cast<int>(width), static_cast<int>(height),
                  std::vector<std::uint8_t>(width * height)};
  std::vector<std::uint8_t> pairs(channels == 2 ? 2 * width * height : 0);
  std::uint8_t *pixels = channels == 2 ? pairs.data() : image.pixels.data();
  std::vector<png_bytep> rows(height);
  for (std::size_t y = 0; y < height; ++y)
    rows[y] = pixels + y * width * channels;
  if (!reader.read(rows.data()))
    return kDamaged;
  if (channels == 2)
    flatten(pairs, image.pixels);
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
