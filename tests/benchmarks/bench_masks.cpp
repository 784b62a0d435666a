// SPDX-License-Identifier: LGPL-2.1-or-later
// What it costs to read an answer of ten masks of 256x256, 390 KB, down to the pixels of a 720p
// frame, beside what others would take for it: json-glib for the JSON, Cairo for the PNGs and for
// the bilinear scaling. Fails when ours takes more than 0.6 of that. Both are measured in turns in
// the same run, and the best of each counts.
#include "png_file.hpp"
#include "stopwatch.hpp"
#include "wire/json_write.hpp"
#include "wire/reply.hpp"

#include <cairo.h>
#include <json-glib/json-glib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

using gemini::bench::Best;
using gemini::bench::Bytes;
using gemini::bench::seconds_of;

namespace {

constexpr int kSide = 256;
constexpr int kWidth = 1280;
constexpr int kHeight = 720;
constexpr int kRounds = 15;
constexpr double kMaxRatio = 0.6;

// In thousandths, of sizes that things on a frame have.
struct Box {
  int x;
  int y;
  int w;
  int h;
};
constexpr std::array<Box, 10> kBoxes = {{
    {100, 100, 375, 528},
    {500, 50, 300, 600},
    {20, 600, 180, 300},
    {700, 500, 250, 400},
    {400, 400, 120, 240},
    {0, 0, 500, 1000},
    {850, 100, 100, 180},
    {250, 250, 400, 500},
    {600, 200, 200, 350},
    {300, 700, 600, 280},
}};

// A blob with noise, so that it compresses as badly as it can.
Bytes noisy_blob(unsigned seed)
{
  constexpr unsigned kNoise = 7;
  std::mt19937 random{seed};
  Bytes map;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const double angle = std::atan2(y - 128, x - 128);
      const double radius = 90 + 25 * std::sin(angle * (3 + seed % 4) + seed);
      const bool is_inside = std::hypot(x - 128, y - 128) < radius;
      map.push_back(static_cast<std::uint8_t>((is_inside ? 240 : 0) + random() % kNoise));
    }
  }
  return map;
}

std::string answer(const std::vector<Bytes> &files)
{
  std::string text = "```json\n[\n";
  for (std::size_t i = 0; i < files.size(); ++i) {
    const Box &box = kBoxes[i];
    text += i > 0 ? ",\n" : "";
    text += R"(  {"box_2d": [)" + std::to_string(box.y) + ", " + std::to_string(box.x) + ", " +
            std::to_string(box.y + box.h) + ", " + std::to_string(box.x + box.w) +
            R"(], "mask": "data:image/png;base64,)" + gemini::bench::base64(files[i]) +
            R"(", "label": "thing )" + std::to_string(i) + "\"}";
  }
  text += "\n]\n```";
  std::string body = R"({"candidates": [{"content": {"role": "model", "parts": [{"text": )";
  gemini::wire::append_quoted(body, text);
  return body + R"(}]}, "finishReason": "STOP"}], "modelVersion": "gemini"})";
}

// Whether all masks came out, at the size of their boxes.
bool read_ours(const std::string &body)
{
  const gemini::wire::ReadOptions options{
      .task = gemini::Task::segment, .width = kWidth, .height = kHeight};
  const auto reply = gemini::wire::read_reply(options, body);
  if (!reply || reply->objects.size() != kBoxes.size())
    return false;
  for (std::size_t i = 0; i < kBoxes.size(); ++i) {
    const auto &mask = reply->objects[i].mask;
    if (!mask || std::abs(mask->width - kBoxes[i].w * kWidth / 1000) > 1 ||
        std::abs(mask->height - kBoxes[i].h * kHeight / 1000) > 1)
      return false;
  }
  return true;
}

void parse_with_glib(const std::string &json)
{
  JsonParser *parser = json_parser_new();
  if (!json_parser_load_from_data(parser, json.data(), static_cast<gssize>(json.size()), nullptr))
    std::abort();
  g_object_unref(parser);
}

// Outside of it there is a second document: the text of the model.
std::string inner_json(const std::string &body)
{
  JsonParser *parser = json_parser_new();
  json_parser_load_from_data(parser, body.data(), static_cast<gssize>(body.size()), nullptr);
  JsonReader *reader = json_reader_new(json_parser_get_root(parser));
  json_reader_read_member(reader, "candidates");
  json_reader_read_element(reader, 0);
  json_reader_read_member(reader, "content");
  json_reader_read_member(reader, "parts");
  json_reader_read_element(reader, 0);
  json_reader_read_member(reader, "text");
  const std::string text = json_reader_get_string_value(reader);
  g_object_unref(reader);
  g_object_unref(parser);
  return text.substr(text.find('['), text.rfind(']') - text.find('[') + 1);
}

struct Source {
  const Bytes &bytes;
  std::size_t at = 0;
};

cairo_status_t take(void *closure, unsigned char *to, unsigned count)
{
  auto *source = static_cast<Source *>(closure);
  if (count > source->bytes.size() - source->at)
    return CAIRO_STATUS_READ_ERROR;
  std::memcpy(to, source->bytes.data() + source->at, count);
  source->at += count;
  return CAIRO_STATUS_SUCCESS;
}

cairo_surface_t *decode_with_cairo(const Bytes &file)
{
  Source source{file};
  cairo_surface_t *surface = cairo_image_surface_create_from_png_stream(take, &source);
  if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
    std::abort();
  return surface;
}

// Cairo reads gray as RGB. Made 8-bit outside of what is measured.
cairo_surface_t *gray_of(const Bytes &map)
{
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, kSide, kSide);
  unsigned char *to = cairo_image_surface_get_data(surface);
  const int stride = cairo_image_surface_get_stride(surface);
  for (int y = 0; y < kSide; ++y)
    std::memcpy(to + static_cast<std::ptrdiff_t>(y) * stride,
                map.data() + static_cast<std::ptrdiff_t>(y) * kSide, kSide);
  cairo_surface_mark_dirty(surface);
  return surface;
}

void scale_with_cairo(cairo_surface_t *map, const Box &box)
{
  const int width = box.w * kWidth / 1000;
  const int height = box.h * kHeight / 1000;
  cairo_surface_t *to = cairo_image_surface_create(CAIRO_FORMAT_A8, width, height);
  cairo_t *cairo = cairo_create(to);
  cairo_scale(cairo, static_cast<double>(width) / kSide, static_cast<double>(height) / kSide);
  cairo_set_source_surface(cairo, map, 0, 0);
  cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_BILINEAR);
  cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_PAD);
  cairo_set_operator(cairo, CAIRO_OPERATOR_SOURCE);
  cairo_paint(cairo);
  cairo_destroy(cairo);
  cairo_surface_flush(to);
  cairo_surface_destroy(to);
}

} // namespace

int main()
{
  std::vector<Bytes> files;
  std::vector<cairo_surface_t *> maps;
  for (unsigned i = 0; i < kBoxes.size(); ++i) {
    const Bytes map = noisy_blob(i + 1);
    files.push_back(gemini::bench::png_file(map, kSide, kSide));
    maps.push_back(gray_of(map));
  }
  const std::string body = answer(files);
  const std::string inner = inner_json(body);
  if (!read_ours(body)) {
    std::printf("the answer was not read with all its masks\n");
    return 1;
  }

  Best ours;
  Best json;
  Best png;
  Best scaling;
  for (int round = 0; round < kRounds; ++round) {
    ours.add(seconds_of([&body] { read_ours(body); }));
    json.add(seconds_of([&] {
      parse_with_glib(body);
      parse_with_glib(inner);
    }));
    png.add(seconds_of([&files] {
      for (const Bytes &file : files)
        cairo_surface_destroy(decode_with_cairo(file));
    }));
    scaling.add(seconds_of([&maps] {
      for (std::size_t i = 0; i < maps.size(); ++i)
        scale_with_cairo(maps[i], kBoxes[i]);
    }));
  }
  std::for_each(maps.begin(), maps.end(), cairo_surface_destroy);

  const double yardstick = json.milliseconds() + png.milliseconds() + scaling.milliseconds();
  const double ratio = ours.milliseconds() / yardstick;
  std::printf("an answer of %zu masks, %zu KB: %.2f ms\n", kBoxes.size(), body.size() / 1000,
              ours.milliseconds());
  std::printf("yardstick: %.2f ms (json-glib %.2f, Cairo PNG %.2f, Cairo scaling %.2f)\n",
              yardstick, json.milliseconds(), png.milliseconds(), scaling.milliseconds());
  std::printf("ratio %.3f, at most %.2f\n", ratio, kMaxRatio);
  return ratio <= kMaxRatio ? 0 : 1;
}
