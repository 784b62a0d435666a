// SPDX-License-Identifier: LGPL-2.1-or-later
// PNGs as models send them: 8-bit gray, no filter, one IDAT.
#pragma once

#include <glib.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <zlib.h>

namespace gemini::bench {

using Bytes = std::vector<std::uint8_t>;

inline void put32(Bytes &out, std::size_t value)
{
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    out.push_back(static_cast<std::uint8_t>(value >> shift));
}

inline void put_chunk(Bytes &out, std::string_view name, const Bytes &data)
{
  put32(out, data.size());
  const std::size_t begin = out.size();
  out.insert(out.end(), name.begin(), name.end());
  out.insert(out.end(), data.begin(), data.end());
  put32(out, crc32(0, out.data() + begin, static_cast<uInt>(out.size() - begin)));
}

enum class Channels : std::uint8_t { gray = 1, rgb_alpha = 4 };

// `pixels` has a byte for each channel.
inline Bytes png_file(const Bytes &pixels, std::size_t width, std::size_t height,
                      Channels channels = Channels::gray)
{
  const std::size_t stride = width * static_cast<std::size_t>(channels);
  Bytes rows;
  rows.reserve((stride + 1) * height);
  for (std::size_t y = 0; y < height; ++y) {
    rows.push_back(0);
    const auto begin = pixels.begin() + static_cast<std::ptrdiff_t>(y * stride);
    rows.insert(rows.end(), begin, begin + static_cast<std::ptrdiff_t>(stride));
  }
  uLongf size = compressBound(rows.size());
  Bytes data(size);
  compress2(data.data(), &size, rows.data(), rows.size(), 9);
  data.resize(size);
  Bytes head;
  put32(head, width);
  put32(head, height);
  const std::uint8_t colour = channels == Channels::gray ? 0 : 6;
  head.insert(head.end(), {8, colour, 0, 0, 0});
  Bytes out = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  put_chunk(out, "IHDR", head);
  put_chunk(out, "IDAT", data);
  put_chunk(out, "IEND", {});
  return out;
}

inline std::string base64(const Bytes &bytes)
{
  g_autofree char *text = g_base64_encode(bytes.data(), bytes.size());
  return text;
}

} // namespace gemini::bench
