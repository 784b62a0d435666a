// SPDX-License-Identifier: LGPL-2.1-or-later
// What was wrong with an answer, one short line each and never more than a screenful.
#pragma once

#include "wire/text.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gemini::wire {

class Problems {
public:
  static constexpr std::size_t kMaxLines = 10;
  static constexpr std::size_t kMaxBytes = 160;

  void add(std::string_view problem)
  {
    if (lines_.size() < kMaxLines)
      lines_.push_back(safe_line(problem, kMaxBytes));
    else
      ++unsaid_;
  }
  // `number` counts the items of the answer from 1.
  void add_item(std::size_t number, std::string_view problem)
  {
    add("item " + std::to_string(number) + ": " + std::string{problem});
  }

  std::vector<std::string> take()
  {
    if (unsaid_ > 0)
      lines_.push_back("and " + std::to_string(std::exchange(unsaid_, 0)) + " more");
    return std::exchange(lines_, {});
  }

private:
  std::vector<std::string> lines_;
  std::size_t unsaid_ = 0;
};

} // namespace gemini::wire
