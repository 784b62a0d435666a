// SPDX-License-Identifier: LGPL-2.1-or-later
// What it costs to read 5 MB that were made to do harm, in time and memory, whatever was asked and
// about how many frames. Fails when a kind takes longer than 0.8 of what json-glib takes for 5 MB
// that mean no harm, both measured in the same run (where that takes a quarter of a second, 200
// ms), or when the heap grows by more than 64 MB on the way.
#include "png_file.hpp"
#include "stopwatch.hpp"
#include "wire/json_write.hpp"
#include "wire/reply.hpp"

#include <json-glib/json-glib.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <malloc.h>

namespace {

std::atomic<std::size_t> heap_bytes{0};
std::atomic<std::size_t> most_heap_bytes{0};

void *counted(void *block)
{
  if (!block)
    return nullptr;
  const std::size_t now = heap_bytes += malloc_usable_size(block);
  std::size_t most = most_heap_bytes;
  while (now > most && !most_heap_bytes.compare_exchange_weak(most, now)) {
  }
  return block;
}

void uncounted(void *block)
{
  if (block)
    heap_bytes -= malloc_usable_size(block);
}

} // namespace

// In place of the C library's, for this program and all libraries in it. Under a sanitizer, which
// does the same, benchmarks are not run.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
extern "C" {
void *__libc_malloc(std::size_t size);
void *__libc_calloc(std::size_t count, std::size_t size);
void *__libc_realloc(void *block, std::size_t size);
void *__libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void *block);

void *malloc(std::size_t size) noexcept
{
  return counted(__libc_malloc(size));
}

void *calloc(std::size_t count, std::size_t size) noexcept
{
  return counted(__libc_calloc(count, size));
}

void *realloc(void *block, std::size_t size) noexcept
{
  uncounted(block);
  void *moved = __libc_realloc(block, size);
  if (!moved && size > 0)
    counted(block);
  return counted(moved);
}

void *memalign(std::size_t alignment, std::size_t size) noexcept
{
  return counted(__libc_memalign(alignment, size));
}

void *aligned_alloc(std::size_t alignment, std::size_t size) noexcept
{
  return counted(__libc_memalign(alignment, size));
}

int posix_memalign(void **block, std::size_t alignment, std::size_t size) noexcept
{
  *block = counted(__libc_memalign(alignment, size));
  return *block ? 0 : ENOMEM;
}

void free(void *block) noexcept
{
  uncounted(block);
  __libc_free(block);
}
}
#endif

using gemini::Task;
using gemini::bench::Best;
using gemini::bench::Bytes;
using gemini::bench::Channels;
using gemini::bench::seconds_of;
using gemini::wire::ReadOptions;

namespace {

constexpr std::size_t kBytes = 5'000'000;
constexpr int kRounds = 3;
constexpr double kMaxRatio = 0.8;
constexpr double kMaxMegabytes = 64;

std::string filled(std::string_view piece, std::size_t bytes = kBytes)
{
  std::string text;
  text.reserve(bytes + piece.size());
  while (text.size() < bytes)
    text += piece;
  return text;
}

// Numbered pieces, so that no two are the same.
std::string numbered(const std::function<std::string(std::size_t)> &piece)
{
  std::string text;
  for (std::size_t i = 0; text.size() < kBytes; ++i)
    text += piece(i);
  return text;
}

std::string envelope(std::string_view text)
{
  std::string body = R"({"candidates":[{"content":{"parts":[{"text":)";
  gemini::wire::append_quoted(body, text);
  return body + R"(}]},"finishReason":"STOP"}]})";
}

std::string with_masks(const std::string &mask)
{
  std::string text = "[";
  for (int i = 0; i < 25; ++i)
    text += (i > 0 ? "," : "") + std::string{R"({"label":"n)"} + std::to_string(i) +
            R"(","box_2d":[0,0,1000,1000],"mask":)" + mask + "}";
  return text + "]";
}

std::string bomb(Channels channels)
{
  const std::size_t side = channels == Channels::gray ? 1024 : 512;
  const Bytes pixels(side * side * static_cast<std::size_t>(channels));
  return '"' + gemini::bench::base64(gemini::bench::png_file(pixels, side, side, channels)) + '"';
}

// A picture of the usual size, behind which the stream goes on for 20 MB.
std::string bomb_behind()
{
  Bytes file = gemini::bench::png_file(Bytes(20'000'000), 20'000'000, 1);
  constexpr std::size_t kHeaderAt = 8;
  constexpr std::size_t kHeaderBytes = 25;
  const Bytes small = gemini::bench::png_file(Bytes(256 * 256), 256, 256);
  const auto begin = small.begin() + kHeaderAt;
  std::copy(begin, begin + kHeaderBytes, file.begin() + kHeaderAt);
  return '"' + gemini::bench::base64(file) + '"';
}

// A list of these pieces as one member of an item.
std::string in_item(const char *member, std::string_view piece)
{
  return R"([{"label":"a",")" + std::string{member} + "\":[" + filled(piece) + "]}]";
}

struct Kind {
  const char *name;
  std::string body;
};

std::vector<Kind> kinds()
{
  const std::string box = R"({"box_2d":[1,2,3,4],"label":"a"},)";
  const std::size_t share = kBytes / 25;
  return {
      {"brackets", envelope(filled("["))},
      {"braces", envelope(filled(R"({"a":)"))},
      {"ends", envelope("[" + filled("]}"))},
      {"brackets in the envelope", filled("[")},
      {"empty objects", envelope("[" + filled("{},") + "{}]")},
      {"empty lists", envelope("[" + filled("[],") + "[]]")},
      {"many lists", envelope(filled("[1] "))},
      {"a long number", envelope(R"([{"box_2d":[1,2,3,)" + filled("1") + "]}]")},
      {"a long fraction", envelope(R"([{"box_2d":[1,2,3,0.)" + filled("1") + "]}]")},
      {"many numbers", envelope("[" + filled("1,") + "1]")},
      {"the same box again", envelope("[" + filled(box))},
      {"ever other boxes", envelope("[" + numbered([](std::size_t i) {
                                      return R"({"box_2d":[0,0,)" + std::to_string(i % 1000) + "," +
                                             std::to_string(i / 1000 % 1000) + R"(],"label":"n)" +
                                             std::to_string(i) + "\"},";
                                    }))},
      {"ever other members",
       envelope("[{" + numbered([](std::size_t i) { return "\"n" + std::to_string(i) + "\":1,"; }) +
                R"("box_2d":[1,2,3,4]}])")},
      {"a long label", envelope(R"([{"box_2d":[1,2,3,4],"label":")" + filled("x ") + "\"}]")},
      {"a long polygon", envelope(R"([{"box_2d":[0,0,1000,1000],"mask":[)" +
                                  filled("[0,0],[1000,1000],") + "[0,1]]}]")},
      {"long polygons", envelope(with_masks("[" + filled("[0,0],[1000,1000],", share) + "[0,1]]"))},
      {"long polygons as text",
       envelope(with_masks('"' + filled("0,0,1000,1000,", share) + "0,1\""))},
      {"the same polygon again",
       envelope("[" + filled(R"({"polygon":[[0,0],[1000,9],[1000,1000],[0,1000]],"label":"a"},)"))},
      {"a long base64",
       envelope(R"([{"box_2d":[0,0,1000,1000],"mask":"iVBORw0KGgo)" + filled("AAAA") + "\"}]")},
      {"base64 of line breaks",
       envelope(R"([{"box_2d":[0,0,1000,1000],"mask":"iVBORw0KGgo)" + filled("\n") + "\"}]")},
      {"gray bombs", envelope(with_masks(bomb(Channels::gray)))},
      {"colour bombs", envelope(with_masks(bomb(Channels::rgb_alpha)))},
      {"bombs behind pictures", envelope(with_masks(bomb_behind()))},
      {"quotes", envelope("[" + filled("\""))},
      {"quotes that do not end", envelope(R"(["a)" + filled("\" x"))},
      {"members without an end", envelope("[{" + filled(R"("a":"b, )") + "}]")},
      {"backslashes", envelope(R"(["a)" + filled("\\"))},
      {"escapes", envelope(R"(["a)" + filled(R"(\ud83d\u00)"))},
      {"many parts",
       R"({"candidates":[{"content":{"parts":[)" + filled(R"({"text":"["},)") + "{}]}}]}"},
      {"bytes that are no text", envelope(filled("[\xff\xfe"))},
      {"fences", envelope(filled("```json\n[\n```\n"))},
      {"comments", envelope("[" + filled("/**/ "))},
      {"lists of nothing", envelope("[" + filled(R"({"a":[]},)") + "{}]")},
      {"lists of nothing in one object", envelope("[{" + filled(R"("a":[],)") + "}]")},
      {"objects in objects", envelope("[" + filled(R"({"a":{"b":{"c":{"d":[]}}}},)") + "{}]")},
      {"frames without a thing", envelope("[" + filled(R"({"image":1,"result":[]},)") + "{}]")},
      {"frames of one thing", envelope("[" + filled(R"({"image":1,"box_2d":[1,2,3,4]},)") + "{}]")},
      {"named corners as a mask", envelope(in_item("mask", R"({"x":1,"y":2},)"))},
      {"named corners as points", envelope(in_item("points", R"({"x":1,"y":2},)"))},
      {"named corners as a path", envelope(in_item("trajectory", R"({"x":1,"y":2},)"))},
      {"objects without a name as a mask", envelope(in_item("mask", R"({"a":1},)"))},
      {"empty objects as a mask", envelope(in_item("mask", "{},"))},
      {"empty objects as a box", envelope(in_item("box_2d", "{},"))},
      {"boxes as a box", envelope(in_item("box_2d", R"({"x":1,"y":2,"width":3,"height":4},)"))},
      {"boxes without an end as a box",
       envelope(in_item("box_2d", R"({"x":1,"y":2,"z":3,"w":4},)"))},
      {"half a number as a mask", envelope(in_item("mask", R"("1,x",)"))},
      {"empty objects as coordinates", envelope(in_item("coordinates", "{},"))},
      {"many masks of named corners",
       envelope("[" + filled(R"({"mask":[)" + filled(R"({"x":1,"y":2},)", 4000) + "]},") + "{}]")},
      {"many points of named corners",
       envelope("[" + filled(R"({"points":[)" + filled(R"({"x":1,"y":2},)", 400) + "]},") + "{}]")},
      {"many masks of empty objects",
       envelope("[" + filled(R"({"mask":[)" + filled("{},", 100) + "]},") + "{}]")},
      {"many boxes of empty objects",
       envelope("[" + filled(R"({"coordinates":[)" + filled("{},", 100) + "]},") + "{}]")},
  };
}

double glib_seconds(const std::string &json)
{
  return seconds_of([&json] {
    JsonParser *parser = json_parser_new();
    if (!json_parser_load_from_data(parser, json.data(), static_cast<gssize>(json.size()), nullptr))
      std::abort();
    g_object_unref(parser);
  });
}

// A way in which an answer is read.
struct Reading {
  const char *name;
  Task task;
  bool has_schema = false;
  std::size_t n_frames = 1;
};

constexpr Reading kReadings[] = {
    {"detect", Task::detect},
    {"segment", Task::segment},
    {"point", Task::point},
    {"boxes-3d", Task::boxes_3d},
    {"classify", Task::classify},
    {"caption", Task::caption},
    {"ask", Task::ask},
    {"ask by schema", Task::ask, true},
    {"detect on 4", Task::detect, false, 4},
    {"segment on 4", Task::segment, false, 4},
    {"point on 4", Task::point, false, 4},
    {"ask on 4 by schema", Task::ask, true, 4},
};

struct Cost {
  double milliseconds = 0;
  double megabytes = 0;
};

// Measures again what took longer than `enough`: on a busy machine the first time says little.
Cost cost_of(const Reading &reading, const std::string &body, double enough)
{
  ReadOptions options{.task = reading.task, .width = 1280, .height = 720};
  options.has_schema = reading.has_schema;
  Best best;
  std::size_t growth = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::size_t before = heap_bytes;
    most_heap_bytes = before;
    best.add(seconds_of([&] { gemini::wire::read_replies(options, reading.n_frames, body); }));
    growth = std::max(growth, most_heap_bytes - before);
    if (best.milliseconds() <= enough)
      break;
  }
  return {best.milliseconds(), static_cast<double>(growth) / (1 << 20)};
}

} // namespace

int main()
{
  const std::string harmless =
      "[" + filled(R"({"box_2d": [100, 200, 300, 400], "label": "person"}, )") + "{}]";
  Best yardstick;
  for (int round = 0; round < kRounds; ++round)
    yardstick.add(glib_seconds(harmless));
  std::printf("yardstick, json-glib on %.1f MB: %.1f ms\n", kBytes / 1e6, yardstick.milliseconds());

  bool is_good = true;
  for (const Kind &kind : kinds()) {
    Cost worst;
    const char *slowest = "";
    for (const Reading &reading : kReadings) {
      const Cost cost = cost_of(reading, kind.body, kMaxRatio / 2 * yardstick.milliseconds());
      if (cost.milliseconds > worst.milliseconds)
        slowest = reading.name;
      worst = {std::max(worst.milliseconds, cost.milliseconds),
               std::max(worst.megabytes, cost.megabytes)};
    }
    const double ratio = worst.milliseconds / yardstick.milliseconds();
    const bool is_bounded = ratio <= kMaxRatio && worst.megabytes <= kMaxMegabytes;
    is_good = is_good && is_bounded;
    std::printf("%-34s %5.1f MB  %7.1f ms  ratio %5.2f  heap +%5.1f MB  %s%s\n", kind.name,
                static_cast<double>(kind.body.size()) / 1e6, worst.milliseconds, ratio,
                worst.megabytes, slowest, is_bounded ? "" : "  TOO MUCH");
  }
  return is_good ? 0 : 1;
}
