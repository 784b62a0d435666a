// SPDX-License-Identifier: LGPL-2.1-or-later
// What labels say, in the user's own words with fields between them.
#pragma once

#include "core/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gemini {

// "2.3 s". Tenths are as many as anybody reads, and what it is in is drawn anew for each.
std::string seconds_text(std::chrono::nanoseconds time);

// What there is to say of one object. An empty text, or none, is a field without a value.
struct LabelFields {
  std::string_view label = {};
  std::string_view text = {};                                 // what was said about it
  std::string_view state = {};                                // new, kept, lost
  std::optional<std::uint64_t> id = std::nullopt;             // the same on all frames
  std::optional<double> confidence = std::nullopt;            // 0..1
  std::optional<std::chrono::nanoseconds> age = std::nullopt; // since the model saw it
};

// "{label}[ #{id}][ {confidence}]": fields are in braces, and what is in brackets goes where one of
// its fields has no value. Of two braces or brackets in a row one is meant as such.
class LabelFormat {
public:
  // The error says what is wrong with the text.
  static Result<LabelFormat, std::string> parse(std::string_view text);

  std::string fill(const LabelFields &fields) const;

private:
  enum class Field { label, text, state, id, confidence, age };
  using Piece = std::variant<std::string, Field>;
  struct Part {
    std::vector<Piece> pieces;
    bool is_optional = false;
  };

  static std::optional<Field> field_of(std::string_view name);
  static std::string value_of(Field field, const LabelFields &fields);

  std::vector<Part> parts_;
};

} // namespace gemini
