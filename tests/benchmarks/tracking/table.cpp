// SPDX-License-Identifier: LGPL-2.1-or-later
// Of fixed width, so that two runs can be compared line by line.
#include "table.hpp"

#include <cstdio>

namespace gemini::bench {

void print_head(const char *title)
{
  std::printf("\n%-24s %4s", title, "n");
  for (const char *name : kMethodNames)
    std::printf("  %-14s", name);
  std::printf("\n");
}

void print_row(const std::string &name, const Scores &scores)
{
  std::printf("%-24s %4zu", name.c_str(), scores[Method::stale].count(2));
  for (const Score &score : scores.of) {
    std::printf(" ");
    for (std::size_t seconds = 1; seconds <= kHorizons; ++seconds)
      if (score.count(seconds) > 0)
        std::printf(" %4.2f", score.mean(seconds));
      else
        std::printf("    -");
  }
  std::printf("\n");
  std::fflush(stdout);
}

void Goals::ask(const std::string &what, double is, Wanted wanted, double limit)
{
  const bool is_met = wanted == Wanted::at_least ? is >= limit : is <= limit;
  std::printf("%s: %.3f, %s %.3f%s\n", what.c_str(), is,
              wanted == Wanted::at_least ? "at least" : "at most", limit, is_met ? "" : "  MISSED");
  are_met_ = are_met_ && is_met;
}

} // namespace gemini::bench
