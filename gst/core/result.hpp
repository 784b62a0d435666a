// SPDX-License-Identifier: LGPL-2.1-or-later
// A value or the reason why there is none. Becomes std::expected when the floor is C++23.
#pragma once

#include <utility>
#include <variant>

namespace gemini {

template <typename T, typename E> class Result {
public:
  // Implicit, so that functions return a value or an error as it is.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(E error) : content_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return content_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T &value() { return std::get<0>(content_); }
  const T &value() const { return std::get<0>(content_); }
  T &operator*() { return value(); }
  const T &operator*() const { return value(); }
  T *operator->() { return &value(); }
  const T *operator->() const { return &value(); }

  E &error() { return std::get<1>(content_); }
  const E &error() const { return std::get<1>(content_); }

private:
  std::variant<T, E> content_;
};

} // namespace gemini
