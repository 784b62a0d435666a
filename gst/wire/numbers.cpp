// SPDX-License-Identifier: LGPL-2.1-or-later
// The numbers of a box or a point, in whatever way a model strings them together.
#include "wire/numbers.hpp"

#include "wire/text.hpp"

#include <algorithm>
#include <cmath>

namespace gemini::wire {

void Numbers::add(Json value)
{
  if (value.is_array()) {
    for (const Json child : value) {
      if (count_ > kMost || has_other_)
        return;
      add(child);
    }
  } else if (const auto number = value.number()) {
    push(*number, value.text());
  } else if (value.is_string()) {
    add_list(value.text());
  } else {
    has_other_ = true;
  }
}

void Numbers::push(double number, std::string_view text)
{
  if (count_ < kMost)
    values_[count_] = number;
  if (count_ <= kMost)
    ++count_;
  has_fraction_ = has_fraction_ || text.find_first_of(".eE") != std::string_view::npos;
}

// "[1, 2, 3, 4]", "1 2 3 4" and the like.
void Numbers::add_list(std::string_view text)
{
  constexpr std::string_view kSeparators = " \t\r\n,;[](){}";
  constexpr std::string_view kDegrees = "\xc2\xb0"; // °
  while (count_ <= kMost && !has_other_) {
    text.remove_prefix(std::min(text.find_first_not_of(kSeparators), text.size()));
    if (text.empty())
      return;
    std::string_view piece = text.substr(0, text.find_first_of(kSeparators));
    text.remove_prefix(piece.size());
    if (piece.ends_with(kDegrees) && piece.size() > kDegrees.size())
      piece.remove_suffix(kDegrees.size());
    const auto number = parse_number(piece);
    if (number && std::isfinite(*number))
      push(*number, piece);
    else
      has_other_ = true;
  }
}

} // namespace gemini::wire
