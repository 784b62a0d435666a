// SPDX-License-Identifier: LGPL-2.1-or-later
// The numbers of a box or a point, in whatever way a model strings them together.
#pragma once

#include "wire/json.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace gemini::wire {

// Gathers the numbers of one or several values; counts no further than one more than any shape has.
class Numbers {
public:
  static constexpr std::size_t kMost = 9;

  // A number, also as text; a list of them, also as text or in lists.
  void add(Json value);

  std::size_t count() const { return count_; }
  // What was no finite number stood among them.
  bool has_other() const { return has_other_; }
  // One of them was written with a decimal point.
  bool has_fraction() const { return has_fraction_; }
  // `i` must be below count() and kMost.
  double operator[](std::size_t i) const { return values_[i]; }

private:
  void push(double number, std::string_view text);
  void add_list(std::string_view text);

  std::array<double, kMost> values_{};
  std::size_t count_ = 0;
  bool has_other_ = false;
  bool has_fraction_ = false;
};

} // namespace gemini::wire
