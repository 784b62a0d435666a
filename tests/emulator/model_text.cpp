// SPDX-License-Identifier: LGPL-2.1-or-later
// The tasks, one function each.
#include "model_text.hpp"

#include "json.hpp"
#include "kinds.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>

namespace gemini::emulator {
namespace {

// The number after "at most", "up to" or "limit to"; no limit where there is none.
std::size_t cap_named(const std::string &prompt)
{
  g_autofree char *lower = g_ascii_strdown(prompt.c_str(), -1);
  const std::string_view text = lower;
  for (const std::string_view phrase : {"at most ", "up to ", "limit to ", "maximum of "}) {
    const std::size_t at = text.find(phrase);
    if (at == std::string_view::npos)
      continue;
    const std::string rest{text.substr(at + phrase.size(), 10)};
    if (const unsigned long cap = std::strtoul(rest.c_str(), nullptr, 10); cap > 0)
      return cap;
  }
  return std::numeric_limits<std::size_t>::max();
}

std::vector<Sight> look_for(const GenerateRequest &request, Vision vision, Eyes &eyes)
{
  if (request.images.empty())
    return {};
  std::vector<Sight> sights = eyes.look(request.images.back().picture);
  const KindFilter is_asked_for = kinds_named(vision, request.text);
  std::erase_if(sights, [&](const Sight &sight) { return !is_asked_for(sight.label); });
  if (const std::size_t cap = cap_named(request.text); sights.size() > cap)
    sights.resize(cap);
  return sights;
}

std::string box_2d(const Box &box, const Picture &picture)
{
  const auto scaled = [](double value, int size) {
    return std::to_string(std::clamp(std::lround(value / size * 1000), 0L, 1000L));
  };
  return "[" + scaled(box.top, picture.height) + ", " + scaled(box.left, picture.width) + ", " +
         scaled(box.bottom, picture.height) + ", " + scaled(box.right, picture.width) + "]";
}

std::string list_of(const std::vector<std::string> &items)
{
  std::string out = "[";
  for (const auto &item : items)
    out += (out.size() > 1 ? ",\n  " : "\n  ") + item;
  return out + (items.empty() ? "]" : "\n]");
}

// A list as the model writes it: bare in JSON mode, under its name where the schema's root is an
// object, and otherwise in a fence.
std::string wrapped(const GenerateRequest &request, const std::string &list)
{
  if (!request.list_name.empty())
    return json::object({{request.list_name, list}});
  return request.is_json ? list : "```json\n" + list + "\n```";
}

std::string boxes(const GenerateRequest &request, const std::vector<Sight> &sights)
{
  std::vector<std::string> items;
  items.reserve(sights.size());
  for (const auto &sight : sights) {
    items.push_back("{\"box_2d\": " + box_2d(sight.box, request.images.back().picture) +
                    ", \"label\": " + json::quote(sight.label) + "}");
  }
  return wrapped(request, list_of(items));
}

// "a person", "2 cars"
std::string counted(const std::string &label, int n)
{
  if (n > 1)
    return std::to_string(n) + " " + label + "s";
  const bool begins_with_vowel = std::string_view{"aeiou"}.find(label.front()) != std::string::npos;
  return (begins_with_vowel ? "an " : "a ") + label;
}

std::string caption(const GenerateRequest &request, const std::vector<Sight> &sights)
{
  std::map<std::string, int> counts;
  for (const auto &sight : sights)
    ++counts[sight.label];
  std::string things;
  std::size_t n = 0;
  for (const auto &[label, count] : counts) {
    ++n;
    things += n == 1 ? "" : n == counts.size() ? " and " : ", ";
    things += counted(label, count);
  }
  const std::string sentence = request.images.empty() ? "I was given no picture."
                               : things.empty()       ? "I see nothing in particular."
                                                      : "The picture shows " + things + ".";
  return request.is_json ? json::object({{"description", json::quote(sentence)}}) : sentence;
}

} // namespace

std::string model_text(const GenerateRequest &request, Vision vision, Eyes &eyes)
{
  const auto sights = look_for(request, vision, eyes);
  const bool wants_boxes = request.text.find("box_2d") != std::string::npos ||
                           request.schema_text.find("\"box_2d\"") != std::string::npos;
  return wants_boxes ? boxes(request, sights) : caption(request, sights);
}

} // namespace gemini::emulator
