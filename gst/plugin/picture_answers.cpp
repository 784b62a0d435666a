// SPDX-License-Identifier: LGPL-2.1-or-later
// From what was said about pictures of parts of frames to what is known of the frames.
#include "plugin/picture_answers.hpp"

#include "wire/text.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

namespace gemini {

namespace {

bool has_place(const Object &object)
{
  return object.box || object.mask || !object.polygon.empty() || object.point || object.box_3d;
}

void add(Usage &sum, const Usage &usage)
{
  sum.prompt += usage.prompt;
  sum.output += usage.output;
  sum.thoughts += usage.thoughts;
  sum.cached += usage.cached;
  sum.total += usage.total;
}

// "crop 2 of 3 (person 7)"
std::string name_of(std::span<const AnalysisJob::Frame> pictures, std::size_t place)
{
  std::string name = "crop " + std::to_string(place + 1) + " of " + std::to_string(pictures.size());
  if (const auto &parent = pictures[place].parent) {
    std::string words = wire::safe_line(parent->label, 40);
    if (parent->id)
      words += (words.empty() ? "" : " ") + std::to_string(*parent->id);
    if (!words.empty())
      name += " (" + words + ")";
  }
  return name;
}

// What the one picture has to complain of.
std::vector<std::string> problems_of(const Analysis &said)
{
  std::vector<std::string> problems = said.problems;
  if (!is_usable(said))
    problems.push_back(said.failure ? said.failure->message : "no answer");
  return problems;
}

// Those of single pictures by their names, those of several once.
std::vector<std::string> all_problems(std::span<const AnalysisJob::Frame> pictures,
                                      std::span<const Analysis> said)
{
  struct Line {
    std::string text;
    std::size_t place = 0;
    std::size_t n = 0;
  };
  std::vector<Line> lines;
  for (std::size_t i = 0; i < said.size(); ++i)
    for (std::string &text : problems_of(said[i])) {
      const auto same = std::find_if(lines.begin(), lines.end(),
                                     [&text](const Line &line) { return line.text == text; });
      if (same != lines.end())
        ++same->n;
      else
        lines.push_back({.text = std::move(text), .place = i, .n = 1});
    }
  std::vector<std::string> problems;
  for (const Line &line : lines)
    problems.push_back(line.n == 1 ? name_of(pictures, line.place) + ": " + line.text : line.text);
  return problems;
}

Analysis join(std::span<const AnalysisJob::Frame> pictures, std::span<Analysis> said)
{
  const auto with = [&](AnalysisStatus status) {
    return std::find_if(said.begin(), said.end(),
                        [status](const Analysis &one) { return one.status == status; });
  };
  auto first = std::find_if(said.begin(), said.end(), is_usable);
  const bool is_any_usable = first != said.end();
  if (!is_any_usable)
    first = with(AnalysisStatus::failed);
  if (first == said.end())
    first = said.begin(); // all were blocked

  Usage usage;
  std::vector<Object> objects;
  const bool is_all_ok = std::all_of(said.begin(), said.end(), [](const Analysis &one) {
    return one.status == AnalysisStatus::ok;
  });
  std::vector<std::string> problems;
  if (is_any_usable)
    problems = all_problems(pictures, said);
  for (Analysis &one : said) {
    add(usage, one.usage);
    std::move(one.objects.begin(), one.objects.end(), std::back_inserter(objects));
  }
  Analysis whole = std::move(*first);
  if (is_any_usable)
    whole.status = is_all_ok ? AnalysisStatus::ok : AnalysisStatus::partial;
  whole.usage = usage;
  whole.objects = std::move(objects);
  whole.problems = std::move(problems);
  return whole;
}

} // namespace

void put_on_frame(const AnalysisJob::Frame &picture, Analysis &said)
{
  if (picture.view != View{})
    for (Object &object : said.objects)
      object = to_frame(picture.view, std::move(object), picture.aspect);
  if (!picture.parent)
    return;
  auto words = std::exchange(said.text, std::nullopt);
  auto json = std::exchange(said.json, std::nullopt);
  if (words || json)
    said.objects.insert(said.objects.begin(),
                        Object{.label = picture.parent->label, .text = words ? words : json});
  for (Object &object : said.objects) {
    object.parent = picture.parent;
    if (!has_place(object))
      object.box = picture.view.part;
  }
}

std::vector<Analysis> join_pictures(std::span<const AnalysisJob::Frame> pictures,
                                    std::vector<Analysis> said)
{
  std::vector<Analysis> joined;
  for (std::size_t begin = 0, end = 0; begin < said.size(); begin = end) {
    const std::uint64_t id = said[begin].request_id;
    while (end < said.size() && said[end].request_id == id)
      ++end;
    joined.push_back(end - begin == 1 ? std::move(said[begin])
                                      : join(pictures.subspan(begin, end - begin),
                                             std::span{said}.subspan(begin, end - begin)));
  }
  return joined;
}

} // namespace gemini
