// SPDX-License-Identifier: LGPL-2.1-or-later
// Our own result format.
#include "wire/ndjson.hpp"

#include "wire/iso_time.hpp"
#include "wire/json_write.hpp"
#include "wire/pixel_number.hpp"
#include "wire/png.hpp"

#include <glib.h>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gemini::wire {
namespace {

using namespace std::chrono_literals;

// Writes the members of one object, with the commas between them.
class Members {
public:
  explicit Members(std::string &out) : out_(out) { out_ += '{'; }
  ~Members() { out_ += '}'; }
  Members(const Members &) = delete;
  Members &operator=(const Members &) = delete;

  // The name of a member, whose value the caller appends to what is returned.
  std::string &name(std::string_view name)
  {
    if (!is_first_)
      out_ += ',';
    is_first_ = false;
    append_quoted(out_, name);
    return out_ += ':';
  }
  void null(std::string_view n) { name(n) += "null"; }
  void number(std::string_view n, std::integral auto value) { name(n) += std::to_string(value); }
  void text(std::string_view n, std::string_view value) { append_quoted(name(n), value); }
  void text_or_null(std::string_view n, std::string_view value)
  {
    if (value.empty())
      null(n);
    else
      text(n, value);
  }
  void time(std::string_view n, std::chrono::nanoseconds value)
  {
    if (value < 0ns)
      null(n);
    else
      number(n, value.count());
  }

private:
  std::string &out_;
  bool is_first_ = true;
};

void append_numbers(std::string &out, std::span<const double> values)
{
  char separator = '[';
  for (const double value : values) {
    out += separator;
    append_number(out, value);
    separator = ',';
  }
  out += ']';
}

void append_box(std::string &out, const Rect &box, const Analysis &analysis)
{
  out += '[';
  append_pixels(out, box.x, analysis.width);
  out += ',';
  append_pixels(out, box.y, analysis.height);
  out += ',';
  append_pixels(out, box.w, analysis.width);
  out += ',';
  append_pixels(out, box.h, analysis.height);
  out += ']';
}

void append_point(std::string &out, const Point &point, const Analysis &analysis)
{
  out += '[';
  append_pixels(out, point.x, analysis.width);
  out += ',';
  append_pixels(out, point.y, analysis.height);
  out += ']';
}

template <typename T, typename F>
void append_list(std::string &out, const std::vector<T> &list, F append_one)
{
  out += '[';
  for (bool is_first = true; const T &one : list) {
    if (!std::exchange(is_first, false))
      out += ',';
    append_one(one);
  }
  out += ']';
}

void append_ring(std::string &out, const Ring &ring, const Analysis &analysis)
{
  append_list(out, ring, [&](const Point &point) { append_point(out, point, analysis); });
}

void append_mask(std::string &out, const Mask &mask, const Analysis &analysis)
{
  Members members{out};
  append_box(members.name("box"), mask.rect, analysis);
  const std::vector<std::uint8_t> png = write_png(mask.coverage, mask.width, mask.height);
  g_autofree char *base64 = g_base64_encode(png.data(), png.size());
  members.text("png", base64);
}

void append_box_3d(std::string &out, const Box3d &box)
{
  Members members{out};
  append_numbers(members.name("center"), box.center);
  append_numbers(members.name("size"), box.size);
  append_numbers(members.name("rotation"), box.rotation);
}

void append_parent(std::string &out, const Parent &parent)
{
  Members members{out};
  if (parent.id)
    members.number("id", *parent.id);
  else
    members.null("id");
  members.text("label", parent.label);
}

void append_track(Members &members, const Track &track)
{
  members.text("state", to_string(track.state));
  const auto age = std::chrono::floor<std::chrono::milliseconds>(std::max(track.age, 0ns));
  members.number("age_ms", age.count());
  append_number(members.name("track_confidence"), track.confidence);
}

void append_object(std::string &out, const Object &object, const Analysis &analysis)
{
  Members members{out};
  if (object.id != 0)
    members.number("id", object.id);
  else
    members.null("id");
  members.text("label", object.label);
  if (object.confidence)
    append_number(members.name("confidence"), *object.confidence);
  else
    members.null("confidence");
  append_track(members, object.track);
  if (object.box)
    append_box(members.name("box"), *object.box, analysis);
  if (object.mask)
    append_mask(members.name("mask"), *object.mask, analysis);
  // As a rule there is one ring; a second, say round a hole, makes it a list of them.
  if (object.polygon.size() == 1)
    append_ring(members.name("polygon"), object.polygon.front(), analysis);
  else if (!object.polygon.empty())
    append_list(members.name("polygons"), object.polygon,
                [&](const Ring &ring) { append_ring(out, ring, analysis); });
  if (object.point)
    append_point(members.name("point"), *object.point, analysis);
  if (object.box_3d)
    append_box_3d(members.name("box_3d"), *object.box_3d);
  if (object.text)
    members.text("text", *object.text);
  if (object.parent)
    append_parent(members.name("parent"), *object.parent);
}

// Where it was last is enough to say of what is gone.
void append_gone(std::string &out, Object object, const Analysis &analysis)
{
  object.mask.reset();
  object.polygon.clear();
  append_object(out, object, analysis);
}

void append_usage(std::string &out, const Usage &usage)
{
  Members members{out};
  members.number("prompt", usage.prompt);
  members.number("output", usage.output);
  members.number("thoughts", usage.thoughts);
  members.number("cached", usage.cached);
  members.number("total", usage.total);
}

void append_failure(std::string &out, const Failure &failure)
{
  Members members{out};
  members.text("kind", to_string(failure.kind));
  members.text("message", failure.message);
  if (failure.http_status > 0)
    members.number("http_status", failure.http_status);
  else
    members.null("http_status");
}

} // namespace

std::string to_ndjson(const Analysis &analysis)
{
  std::string out;
  out.reserve(512 + analysis.objects.size() * 128);
  {
    Members members{out};
    members.text("schema", "gst-gemini/1");
    members.text("source", analysis.source);
    members.number("request_id", analysis.request_id);
    members.time("pts", analysis.pts);
    members.time("running_time", analysis.running_time);
    members.text_or_null("captured_at",
                         analysis.captured_at ? iso_time(*analysis.captured_at) : std::string{});
    members.number("width", analysis.width);
    members.number("height", analysis.height);
    members.text("task", to_string(analysis.task));
    members.text("model", analysis.model);
    members.text_or_null("model_version", analysis.model_version);
    members.number("latency_ms", analysis.latency.count());
    members.number("attempts", analysis.attempts);
    members.text("status", to_string(analysis.status));
    if (analysis.is_growing)
      members.name("growing") += "true";
    members.text_or_null("finish_reason", analysis.finish_reason);
    append_usage(members.name("usage"), analysis.usage);
    if (analysis.text)
      members.text("text", *analysis.text);
    else
      members.null("text");
    members.name("json") += analysis.json ? std::string_view{*analysis.json} : "null";
    append_list(members.name("objects"), analysis.objects,
                [&](const Object &object) { append_object(out, object, analysis); });
    if (!analysis.gone.empty())
      append_list(members.name("gone"), analysis.gone,
                  [&](const Object &object) { append_gone(out, object, analysis); });
    if (!analysis.problems.empty())
      append_list(members.name("problems"), analysis.problems,
                  [&](const std::string &problem) { append_quoted(out, problem); });
    if (analysis.failure)
      append_failure(members.name("error"), *analysis.failure);
  }
  return out;
}

} // namespace gemini::wire
