// SPDX-License-Identifier: LGPL-2.1-or-later
// What holds for whatever is read, however wild the input. The fuzzer sees a broken promise as a
// crash.
#pragma once

#include "core/analysis.hpp"
#include "core/mask.hpp"
#include "wire/reply.hpp"

#include <glib.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace gemini::fuzz {

inline void require(bool holds, const char *promise)
{
  if (holds)
    return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

inline bool is_in_unit(double value)
{
  constexpr double kRounding = 1e-9;
  return value >= 0 && value <= 1 + kRounding; // false for what is no number
}

inline bool is_utf8(std::string_view text)
{
  return g_utf8_validate_len(text.data(), text.size(), nullptr);
}

// What has been followed may lie anywhere.
inline void check_followed(const Object &object)
{
  if (object.box)
    require(std::isfinite(object.box->x) && std::isfinite(object.box->y) && object.box->w >= 0 &&
                object.box->h >= 0 && std::isfinite(object.box->area()),
            "rectangles are finite");
  if (object.point)
    require(std::isfinite(object.point->x) && std::isfinite(object.point->y), "points are finite");
}

inline void check_track(const Track &track)
{
  require(track.age >= std::chrono::nanoseconds{0} && is_in_unit(track.confidence),
          "nobody was seen in the future, or more than surely");
}

inline void check_rect(const Rect &rect)
{
  require(is_in_unit(rect.x) && is_in_unit(rect.y) && is_in_unit(rect.right()) &&
              is_in_unit(rect.bottom()) && rect.w >= 0 && rect.h >= 0,
          "rectangles are within the picture");
}

inline void check_mask(const Mask &mask, std::size_t max_cells)
{
  check_rect(mask.rect);
  require(mask.width >= 1 && mask.height >= 1, "masks have cells");
  require(mask.coverage.size() ==
              static_cast<std::size_t>(mask.width) * static_cast<std::size_t>(mask.height),
          "masks have as many cells as their sides say");
  require(mask.coverage.size() <= max_cells, "masks have no more cells than allowed");
}

inline void check_rings(const std::vector<Ring> &rings)
{
  for (const Ring &ring : rings) {
    require(ring.size() >= 3, "rings have three points");
    for (const Point &point : ring)
      require(is_in_unit(point.x) && is_in_unit(point.y), "outlines are within the picture");
  }
}

inline void check_object(const Object &object, std::size_t max_cells)
{
  require(is_utf8(object.label), "labels are UTF-8");
  require(!object.confidence || is_in_unit(*object.confidence), "confidences are 0 to 1");
  if (object.box)
    check_rect(*object.box);
  if (object.mask)
    check_mask(*object.mask, max_cells);
  check_rings(object.polygon);
  if (object.point)
    require(is_in_unit(object.point->x) && is_in_unit(object.point->y),
            "points are within the picture");
  if (object.box_3d) {
    for (const std::array<double, 3> &numbers :
         {object.box_3d->center, object.box_3d->size, object.box_3d->rotation}) {
      for (const double number : numbers)
        require(std::isfinite(number), "boxes in space are finite");
    }
  }
}

inline void check_reply(const wire::ReadOptions &options, const wire::Reply &reply)
{
  require(reply.objects.size() <= options.max_objects, "there are no more objects than asked for");
  std::size_t mask_bytes = 0;
  for (const Object &object : reply.objects) {
    check_object(object, max_mask_cells(options.max_objects));
    mask_bytes += object.mask ? object.mask->coverage.size() : 0;
  }
  require(mask_bytes <= kMaxMaskBytes, "all masks together stay within their bound");
  require(reply.problems.empty() || reply.status != AnalysisStatus::ok,
          "an answer with problems is not all right");
  require(!reply.problems.empty() || reply.status != AnalysisStatus::partial,
          "a partial answer says why");
  for (const std::string &problem : reply.problems)
    require(is_utf8(problem), "problems are UTF-8");
  require(is_utf8(reply.finish_reason) && is_utf8(reply.model_version) &&
              is_utf8(reply.block_message) && is_utf8(reply.text.value_or("")) &&
              is_utf8(reply.json.value_or("")),
          "texts are UTF-8");
  require(reply.json.value_or("").find('\n') == std::string::npos, "JSON is on one line");
}

// Options by one byte, so that every task is met: the task, the number of objects, a schema.
inline wire::ReadOptions options_of(std::uint8_t choice)
{
  constexpr std::array kTasks = {Task::detect,  Task::segment,  Task::point, Task::boxes_3d,
                                 Task::caption, Task::classify, Task::ask};
  wire::ReadOptions options;
  options.task = kTasks[choice % kTasks.size()];
  options.max_objects = (choice & 0x40) != 0 ? 2 : 25;
  options.has_schema = (choice & 0x80) != 0;
  if ((choice & 0x20) != 0)
    options.labels = {"cat", "dog", "Fahrrad"};
  options.width = 320;
  options.height = 180;
  return options;
}

inline void check_body(const wire::ReadOptions &options, std::string_view body)
{
  const auto reply = wire::read_reply(options, body);
  if (reply)
    check_reply(options, *reply);
  else
    require(is_utf8(reply.error().message), "messages are UTF-8");
}

} // namespace gemini::fuzz
