// SPDX-License-Identifier: LGPL-2.1-or-later
// Keys in quotes, and what is said about them.
#include "implied_schema.hpp"

#include "json.hpp"
#include "meaning.hpp"

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace gemini::emulator {
namespace {

struct Key {
  std::string name;
  std::string about; // what stands between it and the next one
};

bool is_identifier(std::string_view text)
{
  return !text.empty() && !g_ascii_isdigit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return g_ascii_isalnum(c) || c == '_'; });
}

std::vector<Key> keys_in(std::string_view prompt)
{
  std::vector<Key> keys;
  std::size_t end_of_last = 0;
  for (std::size_t open = prompt.find('"'); open != std::string_view::npos;) {
    const std::size_t close = prompt.find('"', open + 1);
    if (close == std::string_view::npos)
      break;
    const std::string_view name = prompt.substr(open + 1, close - open - 1);
    if (!is_identifier(name)) {
      open = close; // this may be where the next one begins
      continue;
    }
    if (!keys.empty())
      keys.back().about = prompt.substr(end_of_last, open - end_of_last);
    keys.push_back({std::string{name}, {}});
    end_of_last = close + 1;
    open = prompt.find('"', close + 1);
  }
  if (!keys.empty())
    keys.back().about = prompt.substr(end_of_last);
  return keys;
}

bool has_any(const std::string &text, std::initializer_list<std::string_view> words)
{
  return std::ranges::any_of(
      words, [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

std::string type_of(const Key &key)
{
  const std::string type = "type";
  g_autofree char *lower = g_ascii_strdown(key.about.c_str(), -1);
  const std::string about = lower;
  const std::string name = spelled_out(key.name) + ' ';
  if (has_any(about, {"bool", "true", "whether", "yes or no"}) || name.starts_with("has ") ||
      name.starts_with("is "))
    return json::object({{type, json::quote("BOOLEAN")}});
  if (has_any(about, {"list", "array"}))
    return json::object(
        {{type, json::quote("ARRAY")}, {"items", json::object({{type, json::quote("STRING")}})}});
  if (has_any(about, {"integer", "number", "how many", "count"}) ||
      has_any(name, {"count ", "number of "}))
    return json::object({{type, json::quote("INTEGER")}});
  if (meaning_of(key.name) == Meaning::confidence)
    return json::object({{type, json::quote("NUMBER")}});
  return json::object({{type, json::quote("STRING")}});
}

} // namespace

std::string implied_schema(std::string_view prompt)
{
  g_autofree char *lower = g_ascii_strdown(prompt.data(), static_cast<gssize>(prompt.size()));
  const std::string text = lower;
  const auto keys = keys_in(prompt);
  if (keys.empty() || text.find("json") == std::string::npos || has_any(text, {"no json"}))
    return {};
  json::Members properties;
  for (const auto &key : keys)
    properties.emplace_back(key.name, type_of(key));
  std::string object =
      json::object({{"type", json::quote("OBJECT")}, {"properties", json::object(properties)}});
  if (!has_any(text, {"json list", "json array", "list of json", "array of json"}))
    return object;
  return json::object({{"type", json::quote("ARRAY")}, {"items", object}});
}

} // namespace gemini::emulator
