// SPDX-License-Identifier: LGPL-2.1-or-later
// Ways to say where things are some time after they were seen, and how well each says it.
#pragma once

#include "film.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace gemini::bench {

enum class Method { stale, velocity, csrt, ours, ours_every, ours_masks };
inline constexpr std::size_t kMethods = 6;
inline constexpr std::array<const char *, kMethods> kMethodNames = {
    "stale", "velocity", "CSRT", "ours", "every picture", "with masks"};

// The picture on which a box is judged.
inline std::size_t horizon(const Film &film, std::size_t start, std::size_t seconds)
{
  return start + seconds * film.rate;
}

// The pictures on which the live tracker follows objects: at most 15 a second.
std::size_t live_stride(const Film &film);

// Sums of overlaps, 1, 2 and 3 seconds after the seeds.
class Score {
public:
  void add(std::size_t seconds, double overlap);
  void add(const Score &other);
  std::size_t count(std::size_t seconds) const { return counts_[seconds - 1]; }
  double mean(std::size_t seconds) const;

private:
  std::array<double, kHorizons> sums_{};
  std::array<std::size_t, kHorizons> counts_{};
};

struct Scores {
  std::array<Score, kMethods> of{};
  Score ours_beside_csrt; // of the starts that CSRT had

  const Score &operator[](Method method) const { return of[static_cast<std::size_t>(method)]; }
  Score &operator[](Method method) { return of[static_cast<std::size_t>(method)]; }
  void add(const Scores &other);
};

// CSRT takes most of the time: from every start, every third, or none.
enum class Csrts : std::size_t { none = 0, all = 1, thirds = 3 };

// Of all methods that this build and this film have.
Scores judge(const Film &film, Csrts csrts);

} // namespace gemini::bench
