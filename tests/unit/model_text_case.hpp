// SPDX-License-Identifier: LGPL-2.1-or-later
// Cases of what models write, one a line of a text file, and what was read as text to compare with.
// The notation is explained at the top of model_text_cases.txt. Include before gstcheck.h.
#pragma once

#include "wire/reply.hpp"
#include "wire_support.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace gemini::test {

struct ModelTextCase {
  std::string name;
  wire::ReadOptions options;
  std::string finish_reason = "STOP";
  std::string answer;
  std::string objects; // "-" where there are none
  std::string text;
  std::string json;
  std::string problems;
  std::string mistake; // in the line itself
};

inline std::vector<std::string> split(const std::string &text, char separator)
{
  std::vector<std::string> pieces{""};
  for (const char c : text) {
    if (c == separator)
      pieces.emplace_back();
    else
      pieces.back() += c;
  }
  return pieces;
}

inline std::string unescaped(std::string_view text)
{
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    if (c == '(') { // \(3:abc\)
      const std::size_t colon = text.find(':', i);
      const std::size_t end = text.find("\\)", i);
      const std::string piece = unescaped(text.substr(colon + 1, end - colon - 1));
      const std::string count{text.substr(i + 1, colon - i - 1)};
      out += repeated(piece, std::strtoul(count.c_str(), nullptr, 10));
      i = end + 1;
    } else if (c == 'x') {
      const std::string hex{text.substr(i + 1, 2)};
      out += static_cast<char>(std::strtoul(hex.c_str(), nullptr, 16));
      i += 2;
    } else {
      constexpr std::string_view kNames = "nrt";
      const std::size_t at = kNames.find(c);
      out += at == std::string_view::npos ? c : "\n\r\t"[at];
    }
  }
  return out;
}

// "detect; max=3; labels=a,b"
inline void read_options(const std::string &text, ModelTextCase &c)
{
  constexpr Task kTasks[] = {Task::detect,  Task::segment,  Task::point, Task::boxes_3d,
                             Task::caption, Task::classify, Task::ask};
  c.options.width = 100;
  c.options.height = 100;
  for (std::string option : split(text, ';')) {
    option.erase(0, option.find_first_not_of(' '));
    const std::string value = option.substr(std::min(option.find('=') + 1, option.size()));
    const auto *task = std::find_if(std::begin(kTasks), std::end(kTasks),
                                    [&](Task t) { return option == to_string(t); });
    if (task != std::end(kTasks))
      c.options.task = *task;
    else if (option == "schema")
      c.options.has_schema = true;
    else if (option.rfind("max=", 0) == 0)
      c.options.max_objects = std::strtoul(value.c_str(), nullptr, 10);
    else if (option.rfind("labels=", 0) == 0)
      c.options.labels = split(value, ',');
    else if (option.rfind("finish=", 0) == 0)
      c.finish_reason = value;
    else
      c.mistake = "no option: " + option;
  }
}

inline ModelTextCase read_case(const std::string &line)
{
  const std::vector<std::string> fields = split(line, '\t');
  ModelTextCase c;
  c.name = fields.front();
  if (fields.size() != 7) {
    c.mistake = std::to_string(fields.size()) + " fields, not 7";
    return c;
  }
  read_options(fields[1], c);
  c.answer = unescaped(fields[2]);
  c.objects = unescaped(fields[3]);
  c.text = unescaped(fields[4]);
  c.json = unescaped(fields[5]);
  c.problems = unescaped(fields[6]);
  return c;
}

inline std::vector<ModelTextCase> read_cases(const char *path)
{
  std::vector<ModelTextCase> cases;
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.front() != '#')
      cases.push_back(read_case(line));
  }
  return cases;
}

inline std::string numbers(std::initializer_list<double> values, double scale = 1)
{
  std::string text;
  for (const double value : values) {
    char number[32];
    std::snprintf(number, sizeof number, "%s%g", text.empty() ? "" : ",",
                  std::round(value * scale * 1e4) / 1e4 + 0.0);
    text += number;
  }
  return text;
}

// How much of a mask is of the object, to the nearest tenth: its edges may be drawn in several
// right ways.
inline std::string tenths(const Mask &mask)
{
  const auto inside = std::count_if(mask.coverage.begin(), mask.coverage.end(),
                                    [](std::uint8_t cell) { return cell > 127; });
  const double part = static_cast<double>(inside) / static_cast<double>(mask.coverage.size());
  return numbers({std::round(part * 10)});
}

inline std::string describe_shapes(const Object &object)
{
  std::string text = object.label;
  if (object.box)
    text +=
        "[" +
        numbers({object.box->x, object.box->y, object.box->right(), object.box->bottom()}, 1e3) +
        "]";
  if (object.point)
    text += "(" + numbers({object.point->x, object.point->y}, 1e3) + ")";
  if (const auto &box = object.box_3d)
    text += "<" + numbers({box->center[0], box->center[1], box->center[2]}) + " " +
            numbers({box->size[0], box->size[1], box->size[2]}) + " " +
            numbers({box->rotation[0], box->rotation[1], box->rotation[2]}) + ">";
  if (object.mask)
    text += "#" + tenths(*object.mask);
  for (const Ring &ring : object.polygon)
    text += "~" + std::to_string(ring.size());
  if (object.confidence)
    text += "=" + numbers({*object.confidence});
  return text;
}

inline std::string describe_all(const std::vector<Object> &objects)
{
  std::string text;
  for (const Object &object : objects)
    text += (text.empty() ? "" : " | ") + describe_shapes(object);
  return objects.empty() ? "-" : text;
}

} // namespace gemini::test
