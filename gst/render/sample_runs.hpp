// SPDX-License-Identifier: LGPL-2.1-or-later
// Loops over samples of one or two bytes that lie next to each other. The whole cost of the overlay
// is here, so they are written for the compiler to vectorize, and compiled for that.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gemini {

// How much of a sample is kept: 0 to whole.
template <typename Sample> inline constexpr std::uint16_t kWhole = 0;
template <> inline constexpr std::uint16_t kWhole<std::uint8_t> = 255;
template <> inline constexpr std::uint16_t kWhole<std::uint16_t> = 32768;

// Of patterns that are repeated: a multiple of 1, 2, 3 and 4, and of what vectors hold.
inline constexpr std::size_t kPattern = 96;

// samples[i] = value[i] + samples[i] * keep[i] / whole, rounded; only `bits` of it. The sum has to
// fit. Nothing may overlap.
template <typename Sample>
void blend_samples(Sample *__restrict samples, const Sample *__restrict keep,
                   const Sample *__restrict value, std::size_t n, std::uint16_t bits);
// The same, of kPattern values that are repeated.
template <typename Sample>
void tint_samples(Sample *samples, const Sample *keep, const Sample *value, std::size_t n,
                  std::uint16_t bits);
// `n_rows` copies of `n` bytes, `stride` bytes apart.
void copy_rows(std::uint8_t *to, std::ptrdiff_t stride, int n_rows, const std::uint8_t *from,
               std::size_t n);

} // namespace gemini
