// SPDX-License-Identifier: LGPL-2.1-or-later
// Loops over samples that lie next to each other.
//
// That they are vectorized is checked by compiling with -fopt-info-vec-optimized, which names each
// of the loops below, and seen in tests/benchmarks/bench_overlay.
#include "render/sample_runs.hpp"

#include <cstring>

namespace gemini {
namespace {

// x / 255, rounded, exact for products of two bytes.
inline std::uint8_t mix(std::uint8_t sample, std::uint8_t keep, std::uint8_t value,
                        std::uint16_t /* all of them */)
{
  const auto t = static_cast<std::uint16_t>(sample * keep + 128);
  return static_cast<std::uint8_t>(value + static_cast<std::uint16_t>(t + (t >> 8)) / 256);
}

inline std::uint16_t mix(std::uint16_t sample, std::uint16_t keep, std::uint16_t value,
                         std::uint16_t bits)
{
  const std::uint32_t kept = (std::uint32_t{sample} * keep + 16384) >> 15;
  return static_cast<std::uint16_t>((value + kept) & bits);
}

// The sides of boxes are a few bytes wide and many rows high.
template <std::size_t kBytes>
void copy_narrow(std::uint8_t *to, std::ptrdiff_t stride, int n_rows, const std::uint8_t *from)
{
  std::uint8_t bytes[kBytes];
  std::memcpy(bytes, from, kBytes);
  for (int row = 0; row < n_rows; ++row, to += stride)
    std::memcpy(to, bytes, kBytes);
}

} // namespace

template <typename Sample>
void blend_samples(Sample *__restrict samples, const Sample *__restrict keep,
                   const Sample *__restrict value, std::size_t n, std::uint16_t bits)
{
  for (std::size_t i = 0; i < n; ++i)
    samples[i] = mix(samples[i], keep[i], value[i], bits);
}

template <typename Sample>
void tint_samples(Sample *samples, const Sample *keep, const Sample *value, std::size_t n,
                  std::uint16_t bits)
{
  for (; n >= kPattern; n -= kPattern, samples += kPattern)
    blend_samples(samples, keep, value, kPattern, bits);
  blend_samples(samples, keep, value, n, bits);
}

template void blend_samples(std::uint8_t *, const std::uint8_t *, const std::uint8_t *, std::size_t,
                            std::uint16_t);
template void blend_samples(std::uint16_t *, const std::uint16_t *, const std::uint16_t *,
                            std::size_t, std::uint16_t);
template void tint_samples(std::uint8_t *, const std::uint8_t *, const std::uint8_t *, std::size_t,
                           std::uint16_t);
template void tint_samples(std::uint16_t *, const std::uint16_t *, const std::uint16_t *,
                           std::size_t, std::uint16_t);

void copy_rows(std::uint8_t *to, std::ptrdiff_t stride, int n_rows, const std::uint8_t *from,
               std::size_t n)
{
  switch (n) {
  case 1:
    return copy_narrow<1>(to, stride, n_rows, from);
  case 2:
    return copy_narrow<2>(to, stride, n_rows, from);
  case 4:
    return copy_narrow<4>(to, stride, n_rows, from);
  case 8:
    return copy_narrow<8>(to, stride, n_rows, from);
  case 16:
    return copy_narrow<16>(to, stride, n_rows, from);
  default:
    for (int row = 0; row < n_rows; ++row, to += stride)
      std::memcpy(to, from, n);
  }
}

} // namespace gemini
