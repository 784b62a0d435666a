// SPDX-License-Identifier: LGPL-2.1-or-later
// The one kind of PNG that models write, read in one go.
#include "wire/png_plain.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include <zlib.h>

namespace gemini::wire {
namespace {

constexpr std::size_t kSignatureBytes = 8;
constexpr std::size_t kChunkBytes = 12; // of a chunk without data: size, name, checksum

std::uint32_t big_endian(const std::uint8_t *bytes)
{
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
         std::uint32_t{bytes[2]} << 8 | bytes[3];
}

struct Chunk {
  std::string_view name;
  std::span<const std::uint8_t> data;
};

// Takes the next chunk off the beginning of `rest`; one without a name where that is damaged.
Chunk take_chunk(std::span<const std::uint8_t> &rest)
{
  if (rest.size() < kChunkBytes)
    return {};
  const std::size_t size = big_endian(rest.data());
  if (size > rest.size() - kChunkBytes)
    return {};
  const std::span<const std::uint8_t> named = rest.subspan(4, size + 4);
  if (crc32(0, named.data(), static_cast<uInt>(named.size())) != big_endian(&rest[size + 8]))
    return {};
  rest = rest.subspan(size + kChunkBytes);
  return {{reinterpret_cast<const char *>(named.data()), 4}, named.subspan(4)};
}

// Inflates the pieces of one stream into a place of exactly its size.
class Inflater {
public:
  explicit Inflater(std::span<std::uint8_t> out)
  {
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<uInt>(out.size());
    is_good_ = inflateInit(&stream_) == Z_OK;
    is_open_ = is_good_;
  }
  ~Inflater()
  {
    if (is_open_)
      inflateEnd(&stream_);
  }
  Inflater(const Inflater &) = delete;
  Inflater &operator=(const Inflater &) = delete;

  void add(std::span<const std::uint8_t> data)
  {
    if (!is_good_ || is_at_end_)
      return;
    // zlib does not write to it, but in older versions takes it as not const.
    stream_.next_in = const_cast<Bytef *>(data.data());
    stream_.avail_in = static_cast<uInt>(data.size());
    const int result = inflate(&stream_, Z_NO_FLUSH);
    is_at_end_ = result == Z_STREAM_END;
    is_good_ = result == Z_OK || result == Z_STREAM_END || data.empty();
  }
  bool is_whole() const { return is_at_end_ && stream_.avail_out == 0; }

private:
  z_stream stream_{};
  bool is_open_ = false;
  bool is_good_ = false;
  bool is_at_end_ = false;
};

// Each row of the file follows the byte of its filter: none, or the difference to the row above.
bool unfilter(std::span<const std::uint8_t> rows, std::size_t width, std::span<std::uint8_t> out)
{
  constexpr std::uint8_t kNone = 0;
  constexpr std::uint8_t kUp = 2;
  const std::uint8_t *above = nullptr;
  std::uint8_t *to = out.data();
  for (std::size_t at = 0; at < rows.size(); at += width + 1) {
    const std::uint8_t *from = &rows[at + 1];
    if (rows[at] == kNone || (rows[at] == kUp && !above))
      std::copy_n(from, width, to);
    else if (rows[at] == kUp)
      std::transform(from, from + width, above, to, [](std::uint8_t a, std::uint8_t b) {
        return static_cast<std::uint8_t>(a + b);
      });
    else
      return false;
    above = to;
    to += width;
  }
  return true;
}

} // namespace

std::optional<std::vector<std::uint8_t>> read_plain_png(std::span<const std::uint8_t> bytes,
                                                        std::size_t width, std::size_t height)
{
  // Depth, colour type, compression, filter and interlace, as the header has them.
  constexpr std::array<std::uint8_t, 5> kPlain = {8, 0, 0, 0, 0};
  std::span<const std::uint8_t> rest = bytes.subspan(kSignatureBytes);
  const Chunk header = take_chunk(rest);
  if (header.name != "IHDR" || header.data.size() != 8 + kPlain.size() ||
      !std::equal(kPlain.begin(), kPlain.end(), header.data.begin() + 8))
    return std::nullopt;
  std::vector<std::uint8_t> rows((width + 1) * height);
  Inflater inflater{rows};
  Chunk chunk = take_chunk(rest);
  while (chunk.name == "IDAT") {
    inflater.add(chunk.data);
    chunk = take_chunk(rest);
  }
  if (chunk.name != "IEND" || !inflater.is_whole())
    return std::nullopt;
  std::vector<std::uint8_t> pixels(width * height);
  if (!unfilter(rows, width, pixels))
    return std::nullopt;
  return pixels;
}

} // namespace gemini::wire
