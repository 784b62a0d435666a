// SPDX-License-Identifier: LGPL-2.1-or-later
// What the benchmark prints, and what it asks for.
#pragma once

#include "methods.hpp"

#include <string>

namespace gemini::bench {

void print_head(const char *title);
// Mean overlaps after 1, 2 and 3 seconds; `n` boxes are judged after 2.
void print_row(const std::string &name, const Scores &scores);

enum class Wanted { at_least, at_most };

class Goals {
public:
  // Prints what is and what should be.
  void ask(const std::string &what, double is, Wanted wanted, double limit);
  bool are_met() const { return are_met_; }

private:
  bool are_met_ = true;
};

} // namespace gemini::bench
