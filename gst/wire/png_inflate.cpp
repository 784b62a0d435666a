// SPDX-License-Identifier: LGPL-2.1-or-later
// The picture of a PNG as it was compressed, inflated in one go.
#include "wire/png_inflate.hpp"

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

// Inflates the pieces of one stream.
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
  bool is_at_end() const { return is_at_end_; }
  std::size_t size() const { return stream_.total_out; }

private:
  z_stream stream_{};
  bool is_open_ = false;
  bool is_good_ = false;
  bool is_at_end_ = false;
};

} // namespace

std::optional<InflatedPng> inflate_png(std::span<const std::uint8_t> bytes,
                                       std::span<std::uint8_t> out)
{
  std::span<const std::uint8_t> rest = bytes.subspan(kSignatureBytes);
  Chunk chunk = take_chunk(rest);
  bool has_transparent_colours = false;
  for (; !chunk.name.empty() && chunk.name != "IDAT"; chunk = take_chunk(rest))
    has_transparent_colours = has_transparent_colours || chunk.name == "tRNS";
  Inflater inflater{out};
  for (; chunk.name == "IDAT"; chunk = take_chunk(rest))
    inflater.add(chunk.data);
  if (!inflater.is_at_end())
    return std::nullopt;
  return InflatedPng{inflater.size(), has_transparent_colours};
}

} // namespace gemini::wire
