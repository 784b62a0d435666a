// SPDX-License-Identifier: LGPL-2.1-or-later
// What labels say, in the user's own words with fields between them.
#include "render/label_format.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace gemini {
namespace {

constexpr std::string_view kSpecial = "{}[]";

} // namespace

std::string seconds_text(std::chrono::nanoseconds time)
{
  const auto tenths = std::max<std::int64_t>(0, time / std::chrono::milliseconds{100});
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

std::optional<LabelFormat::Field> LabelFormat::field_of(std::string_view name)
{
  for (const auto &[known, field] : {std::pair{"label", Field::label},
                                     {"text", Field::text},
                                     {"state", Field::state},
                                     {"id", Field::id},
                                     {"confidence", Field::confidence},
                                     {"age", Field::age}})
    if (name == known)
      return field;
  return std::nullopt;
}

Result<LabelFormat, std::string> LabelFormat::parse(std::string_view text)
{
  LabelFormat format;
  Part part;
  const auto add = [&part](std::string_view more) {
    if (part.pieces.empty() || !std::holds_alternative<std::string>(part.pieces.back()))
      part.pieces.emplace_back(std::string{});
    std::get<std::string>(part.pieces.back()) += more;
  };
  const auto next_part = [&](bool is_optional) {
    format.parts_.push_back(std::exchange(part, {.pieces = {}, .is_optional = is_optional}));
  };
  while (!text.empty()) {
    const auto special = text.find_first_of(kSpecial);
    add(text.substr(0, special));
    if (special == std::string_view::npos)
      break;
    text.remove_prefix(special);
    const char c = text.front();
    if (text.size() > 1 && text[1] == c) {
      add(text.substr(0, 1));
      text.remove_prefix(2);
      continue;
    }
    if (c == '{') {
      const auto end = text.find('}');
      const std::string_view name = text.substr(1, end == std::string_view::npos ? end : end - 1);
      const auto field = end == std::string_view::npos ? std::nullopt : field_of(name);
      if (!field)
        return "there is no field {" + std::string{name} +
               "}: there are {label}, {text}, {id}, {confidence}, {age} and {state}, and \"{{\" is a "
               "brace";
      part.pieces.emplace_back(*field);
      text.remove_prefix(end + 1);
      continue;
    }
    const bool is_begin = c == '[';
    if (c == '}' || is_begin == part.is_optional)
      return "a '" + std::string{c} + "' is " +
             (is_begin ? "inside of brackets" : "without its beginning") +
             ": to have it shown, double it";
    next_part(is_begin);
    text.remove_prefix(1);
  }
  if (part.is_optional)
    return std::string{"a '[' is without its end: to have it shown, double it"};
  next_part(false);
  return format;
}

std::string LabelFormat::value_of(Field field, const LabelFields &fields)
{
  switch (field) {
  case Field::label:
    return std::string{fields.label};
  case Field::text:
    return std::string{fields.text};
  case Field::state:
    return std::string{fields.state};
  case Field::id:
    return fields.id ? std::to_string(*fields.id) : "";
  case Field::confidence:
    return fields.confidence ? std::to_string(std::lround(*fields.confidence * 100)) + "%" : "";
  case Field::age:
    return fields.age ? seconds_text(*fields.age) : "";
  }
  return "";
}

std::string LabelFormat::fill(const LabelFields &fields) const
{
  std::string text;
  for (const Part &part : parts_) {
    std::string words;
    bool is_whole = true;
    for (const Piece &piece : part.pieces) {
      if (const auto *literal = std::get_if<std::string>(&piece)) {
        words += *literal;
        continue;
      }
      const std::string value = value_of(std::get<Field>(piece), fields);
      is_whole = is_whole && !value.empty();
      words += value;
    }
    if (is_whole || !part.is_optional)
      text += words;
  }
  return text;
}

} // namespace gemini
