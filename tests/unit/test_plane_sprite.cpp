// SPDX-License-Identifier: LGPL-2.1-or-later
// What is blended into the samples of a frame, against a reference that is the definition itself,
// in floating point and pixel by pixel: of every sample, the pixels that it stands for, each
// covered by its part of the sprite.
#include "plugin/sample_layout.hpp"
#include "render/plane_sprite.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <string>

#include <gst/check/gstcheck.h>

using namespace gemini;

namespace {

// Where the samples of a colour are, as the documentation of GStreamer's formats has it.
struct Place {
  int plane;
  int first; // in elements
  int step;
  int sub_x; // as factors
  int sub_y;
};

enum class Model { yuv, rgb, gray };

struct Format {
  const char *name;
  Model model;
  int depth;
  int shift; // 0 for whole elements
  std::array<Place, 3> places;
  int alpha = -1; // its byte
};

constexpr Format kFormats[] = {
    {"I420", Model::yuv, 8, 0, {{{0, 0, 1, 1, 1}, {1, 0, 1, 2, 2}, {2, 0, 1, 2, 2}}}},
    {"YV12", Model::yuv, 8, 0, {{{0, 0, 1, 1, 1}, {2, 0, 1, 2, 2}, {1, 0, 1, 2, 2}}}},
    {"NV12", Model::yuv, 8, 0, {{{0, 0, 1, 1, 1}, {1, 0, 2, 2, 2}, {1, 1, 2, 2, 2}}}},
    {"NV21", Model::yuv, 8, 0, {{{0, 0, 1, 1, 1}, {1, 1, 2, 2, 2}, {1, 0, 2, 2, 2}}}},
    {"NV16", Model::yuv, 8, 0, {{{0, 0, 1, 1, 1}, {1, 0, 2, 2, 1}, {1, 1, 2, 2, 1}}}},
    {"Y42B", Model::yuv, 8, 0, {{{0, 0, 1, 1, 1}, {1, 0, 1, 2, 1}, {2, 0, 1, 2, 1}}}},
    {"Y41B", Model::yuv, 8, 0, {{{0, 0, 1, 1, 1}, {1, 0, 1, 4, 1}, {2, 0, 1, 4, 1}}}},
    {"YUV9", Model::yuv, 8, 0, {{{0, 0, 1, 1, 1}, {1, 0, 1, 4, 4}, {2, 0, 1, 4, 4}}}},
    {"Y444", Model::yuv, 8, 0, {{{0, 0, 1, 1, 1}, {1, 0, 1, 1, 1}, {2, 0, 1, 1, 1}}}},
    {"YUY2", Model::yuv, 8, 0, {{{0, 0, 2, 1, 1}, {0, 1, 4, 2, 1}, {0, 3, 4, 2, 1}}}},
    {"UYVY", Model::yuv, 8, 0, {{{0, 1, 2, 1, 1}, {0, 0, 4, 2, 1}, {0, 2, 4, 2, 1}}}},
    {"P010_10LE", Model::yuv, 10, 6, {{{0, 0, 1, 1, 1}, {1, 0, 2, 2, 2}, {1, 1, 2, 2, 2}}}},
    {"I420_10LE", Model::yuv, 10, 0, {{{0, 0, 1, 1, 1}, {1, 0, 1, 2, 2}, {2, 0, 1, 2, 2}}}},
    {"GRAY8", Model::gray, 8, 0, {{{0, 0, 1, 1, 1}, {}, {}}}},
    {"RGB", Model::rgb, 8, 0, {{{0, 0, 3, 1, 1}, {0, 1, 3, 1, 1}, {0, 2, 3, 1, 1}}}},
    {"BGR", Model::rgb, 8, 0, {{{0, 2, 3, 1, 1}, {0, 1, 3, 1, 1}, {0, 0, 3, 1, 1}}}},
    {"RGBx", Model::rgb, 8, 0, {{{0, 0, 4, 1, 1}, {0, 1, 4, 1, 1}, {0, 2, 4, 1, 1}}}},
    {"xRGB", Model::rgb, 8, 0, {{{0, 1, 4, 1, 1}, {0, 2, 4, 1, 1}, {0, 3, 4, 1, 1}}}},
    {"BGRx", Model::rgb, 8, 0, {{{0, 2, 4, 1, 1}, {0, 1, 4, 1, 1}, {0, 0, 4, 1, 1}}}},
    {"xBGR", Model::rgb, 8, 0, {{{0, 3, 4, 1, 1}, {0, 2, 4, 1, 1}, {0, 1, 4, 1, 1}}}},
    {"RGBA", Model::rgb, 8, 0, {{{0, 0, 4, 1, 1}, {0, 1, 4, 1, 1}, {0, 2, 4, 1, 1}}}, 3},
    {"ARGB", Model::rgb, 8, 0, {{{0, 1, 4, 1, 1}, {0, 2, 4, 1, 1}, {0, 3, 4, 1, 1}}}, 0},
    {"BGRA", Model::rgb, 8, 0, {{{0, 2, 4, 1, 1}, {0, 1, 4, 1, 1}, {0, 0, 4, 1, 1}}}, 3},
    {"ABGR", Model::rgb, 8, 0, {{{0, 3, 4, 1, 1}, {0, 2, 4, 1, 1}, {0, 1, 4, 1, 1}}}, 0},
};

// What the caps say besides the format.
struct Look {
  GstVideoColorMatrix matrix = GST_VIDEO_COLOR_MATRIX_BT709;
  GstVideoColorRange range = GST_VIDEO_COLOR_RANGE_16_235;
  GstVideoChromaSite site = GST_VIDEO_CHROMA_SITE_JPEG;
  GstVideoInterlaceMode interlace = GST_VIDEO_INTERLACE_MODE_PROGRESSIVE;
};

constexpr std::uint8_t kGuard = 0xd7;
constexpr int kPadding = 12; // bytes behind each row

struct Plane {
  int width = 0; // in elements
  int height = 0;
  std::ptrdiff_t stride = 0; // in bytes
  std::vector<std::uint8_t> bytes;
};

struct Picture {
  const Format *format;
  Look look;
  PixelSize size;
  std::vector<Plane> planes;

  int element_bytes() const { return format->depth > 8 ? 2 : 1; }
  unsigned at(int plane, int row, int element) const
  {
    const Plane &p = planes[static_cast<std::size_t>(plane)];
    const auto *from = p.bytes.data() + row * p.stride + element * element_bytes();
    return element_bytes() == 1 ? *from : from[0] | static_cast<unsigned>(from[1]) << 8;
  }
};

int n_components(const Format &format)
{
  return format.model == Model::gray ? 1 : 3;
}

int up(int n, int factor)
{
  return (n + factor - 1) / factor;
}

// Of samples by chance.
Picture make_picture(const Format &format, const Look &look, PixelSize size, std::mt19937 &chance,
                     int alpha = 255)
{
  Picture picture{&format, look, size, {}};
  picture.planes.resize(4);
  for (int c = 0; c < n_components(format); ++c) {
    const Place &place = format.places[static_cast<std::size_t>(c)];
    Plane &plane = picture.planes[static_cast<std::size_t>(place.plane)];
    plane.width = std::max(plane.width, place.step * up(size.width, place.sub_x));
    plane.height = up(size.height, place.sub_y);
  }
  for (Plane &plane : picture.planes) {
    plane.stride = plane.width * picture.element_bytes() + kPadding;
    plane.bytes.assign(static_cast<std::size_t>(plane.stride * plane.height), kGuard);
  }
  const unsigned max = (1U << format.depth) - 1;
  for (int c = 0; c < n_components(format); ++c) {
    const Place &place = format.places[static_cast<std::size_t>(c)];
    Plane &plane = picture.planes[static_cast<std::size_t>(place.plane)];
    for (int y = 0; y < plane.height; ++y) {
      for (int x = 0; x < up(size.width, place.sub_x); ++x) {
        const unsigned value = std::uniform_int_distribution<unsigned>{0, max}(chance)
                               << format.shift;
        auto *to = plane.bytes.data() + y * plane.stride +
                   (place.first + place.step * x) * picture.element_bytes();
        to[0] = static_cast<std::uint8_t>(value);
        if (picture.element_bytes() == 2)
          to[1] = static_cast<std::uint8_t>(value >> 8);
      }
    }
  }
  if (format.alpha >= 0)
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x)
        picture.planes[0]
            .bytes[static_cast<std::size_t>(y * picture.planes[0].stride + 4 * x + format.alpha)] =
            static_cast<std::uint8_t>(alpha >= 0 ? alpha
                                                 : std::uniform_int_distribution<>{0, 255}(chance));
  return picture;
}

GstVideoInfo info_of(const Picture &picture)
{
  GstVideoInfo info;
  gst_video_info_set_format(&info, gst_video_format_from_string(picture.format->name),
                            static_cast<guint>(picture.size.width),
                            static_cast<guint>(picture.size.height));
  info.colorimetry.matrix =
      picture.format->model == Model::yuv ? picture.look.matrix : info.colorimetry.matrix;
  info.colorimetry.range =
      picture.format->model == Model::yuv ? picture.look.range : info.colorimetry.range;
  info.chroma_site = picture.look.site;
  info.interlace_mode = picture.look.interlace;
  return info;
}

FrameLayout layout_of(const Picture &picture)
{
  const auto layout = sample_layout(info_of(picture));
  fail_unless(layout.has_value(), "%s has no layout", picture.format->name);
  return *layout;
}

void blend(const Sprite &sprite, PixelPoint at, Picture &picture)
{
  const FrameLayout layout = layout_of(picture);
  FrameMemory memory;
  for (std::size_t i = 0; i < picture.planes.size(); ++i) {
    memory.data[i] = picture.planes[i].bytes.data();
    memory.stride[i] = picture.planes[i].stride;
  }
  PlaneSprite{sprite, layout, alignment_of(layout, sprite.size, at)}.blend(layout, memory, at);
}

// The components of a colour, 0..1, in the depth of the format (ITU-R BT.601, 709 and 2020).
double component_of(const Picture &picture, int c, const std::array<double, 3> &rgb)
{
  const double max = (1 << picture.format->depth) - 1;
  if (picture.format->model == Model::rgb)
    return rgb[static_cast<std::size_t>(c)] * max;
  double kr = 0.299;
  double kb = 0.114;
  if (picture.format->model == Model::yuv && picture.look.matrix == GST_VIDEO_COLOR_MATRIX_BT709) {
    kr = 0.2126;
    kb = 0.0722;
  } else if (picture.format->model == Model::yuv &&
             picture.look.matrix == GST_VIDEO_COLOR_MATRIX_BT2020) {
    kr = 0.2627;
    kb = 0.0593;
  }
  const double y = kr * rgb[0] + (1 - kr - kb) * rgb[1] + kb * rgb[2];
  const double value = c == 0   ? y
                       : c == 1 ? (rgb[2] - y) / (2 * (1 - kb))
                                : (rgb[0] - y) / (2 * (1 - kr));
  const double one = 1 << (picture.format->depth - 8);
  const bool is_full =
      picture.format->model == Model::gray || picture.look.range == GST_VIDEO_COLOR_RANGE_0_255;
  if (is_full)
    return c == 0 ? value * max : value * max + 128 * one;
  return c == 0 ? (16 + 219 * value) * one : (128 + 224 * value) * one;
}

struct Weighted {
  int pixel;
  double weight;
};

// The pixels that a sample stands for, in one direction of a picture of `size`.
std::vector<Weighted> taps(int sample, int factor, bool is_cosited, int fields, int size)
{
  std::vector<Weighted> result;
  const auto add = [&](int pixel, double weight) {
    while (pixel >= size)
      pixel -= fields;
    result.push_back({std::max(0, pixel), weight});
  };
  if (factor == 1) {
    add(sample, 1);
  } else if (fields == 2) {
    const int field = sample % 2;
    add(field + 2 * (2 * (sample / 2)), 0.5);
    add(field + 2 * (2 * (sample / 2) + 1), 0.5);
  } else if (is_cosited && factor == 2) {
    add(2 * sample - 1, 0.25);
    add(2 * sample, 0.5);
    add(2 * sample + 1, 0.25);
  } else {
    for (int i = 0; i < factor; ++i)
      add(factor * sample + i, 1.0 / factor);
  }
  return result;
}

struct Pixel {
  double alpha = 0;
  std::array<double, 3> rgb{}; // not premultiplied
};

// The overlay at each pixel of the picture.
std::vector<Pixel> spread(const Sprite &sprite, PixelPoint at, PixelSize size)
{
  std::vector<Pixel> pixels(static_cast<std::size_t>(size.width * size.height));
  for (int y = 0; y < sprite.size.height; ++y) {
    for (int x = 0; x < sprite.size.width; ++x) {
      const std::uint32_t p = sprite.pixels[static_cast<std::size_t>(y * sprite.size.width + x)];
      Pixel &pixel = pixels[static_cast<std::size_t>((y + at.y) * size.width + x + at.x)];
      pixel.alpha = (p >> 24) / 255.0;
      for (std::size_t c = 0; c < 3 && p >> 24; ++c)
        pixel.rgb[c] = (p >> (16 - 8 * c) & 0xff) / 255.0 / pixel.alpha;
    }
  }
  return pixels;
}

// The largest difference of a sample of component `c` to the definition, in levels of 8 bits.
double error_of(const Picture &before, const Picture &after, const std::vector<Pixel> &overlay,
                int c)
{
  const Format &format = *before.format;
  const Place &place = format.places[static_cast<std::size_t>(c)];
  const bool is_cosited_x = (before.look.site & GST_VIDEO_CHROMA_SITE_H_COSITED) != 0;
  const bool is_cosited_y = (before.look.site & GST_VIDEO_CHROMA_SITE_V_COSITED) != 0;
  const int fields =
      before.look.interlace == GST_VIDEO_INTERLACE_MODE_INTERLEAVED && place.sub_y > 1 ? 2 : 1;
  double worst = 0;
  for (int row = 0; row < up(before.size.height, place.sub_y); ++row) {
    const auto down = taps(row, place.sub_y, is_cosited_y, fields, before.size.height);
    for (int column = 0; column < up(before.size.width, place.sub_x); ++column) {
      const auto across = taps(column, place.sub_x, is_cosited_x, 1, before.size.width);
      const int element = place.first + place.step * column;
      const double was = before.at(place.plane, row, element) >> format.shift;
      double expected = 0;
      for (const Weighted &y : down) {
        for (const Weighted &x : across) {
          const Pixel &p = overlay[static_cast<std::size_t>(y.pixel * before.size.width + x.pixel)];
          expected += x.weight * y.weight *
                      (p.alpha * component_of(before, c, p.rgb) + (1 - p.alpha) * was);
        }
      }
      const double is = after.at(place.plane, row, element) >> format.shift;
      worst = std::max(worst, std::abs(is - expected) / (1 << (format.depth - 8)));
    }
  }
  return worst;
}

// Whatever belongs to no sample is as it was, but for the byte that means nothing.
bool is_guard_whole(const Picture &picture)
{
  const int spare = picture.format->places[0].step == 4 && picture.format->model == Model::rgb
                        ? 6 - picture.format->places[0].first - picture.format->places[1].first -
                              picture.format->places[2].first
                        : -1;
  for (std::size_t i = 0; i < picture.planes.size(); ++i) {
    const Plane &plane = picture.planes[i];
    std::vector<bool> is_sample(static_cast<std::size_t>(plane.stride));
    for (int c = 0; c < n_components(*picture.format); ++c) {
      const Place &place = picture.format->places[static_cast<std::size_t>(c)];
      if (place.plane != static_cast<int>(i))
        continue;
      for (int x = 0; x < up(picture.size.width, place.sub_x); ++x)
        for (int byte = 0; byte < picture.element_bytes(); ++byte)
          is_sample[static_cast<std::size_t>(
              (place.first + place.step * x) * picture.element_bytes() + byte)] = true;
    }
    for (int x = 0; i == 0 && spare >= 0 && x < picture.size.width; ++x)
      is_sample[static_cast<std::size_t>(4 * x + spare)] = true;
    for (std::size_t byte = 0; byte < plane.bytes.size(); ++byte)
      if (!is_sample[byte % static_cast<std::size_t>(plane.stride)] && plane.bytes[byte] != kGuard)
        return false;
  }
  return true;
}

std::uint32_t random_pixel(std::mt19937 &chance)
{
  const auto byte = [&] {
    return static_cast<std::uint8_t>(std::uniform_int_distribution<>{0, 255}(chance));
  };
  return argb({byte(), byte(), byte()}, byte());
}

// Noise, plates, tints with soft edges, holes: in runs of any length, and rows like those above.
Sprite random_sprite(PixelSize size, std::mt19937 &chance)
{
  Sprite sprite = make_sprite(size);
  const auto chosen = [&](int n) { return std::uniform_int_distribution<>{0, n - 1}(chance); };
  for (int y = 0; y < size.height; ++y) {
    auto *row = sprite.pixels.data() + static_cast<std::ptrdiff_t>(y * size.width);
    if (y > 0 && chosen(3) > 0) {
      std::copy(row - size.width, row, row);
      continue;
    }
    for (int x = 0; x < size.width;) {
      const int kind = chosen(4);
      const int end = std::min(size.width, x + 1 + chosen(chosen(2) ? 6 : 60));
      std::uint32_t pixel = random_pixel(chance);
      for (; x < end; ++x) {
        if (kind == 0)
          pixel = random_pixel(chance);
        row[x] = kind == 1 ? 0 : kind == 2 ? pixel | 0xff000000U : pixel;
      }
    }
  }
  return sprite;
}

void check_blend(const Format &format, const Look &look, PixelSize size, PixelRect where,
                 std::mt19937 &chance)
{
  Picture picture = make_picture(format, look, size, chance);
  const Picture before = picture;
  const Sprite sprite = random_sprite({where.width, where.height}, chance);
  blend(sprite, {where.x, where.y}, picture);
  const auto overlay = spread(sprite, {where.x, where.y}, size);
  for (int c = 0; c < n_components(format); ++c) {
    const double error = error_of(before, picture, overlay, c);
    fail_unless(error <= (format.depth > 8 ? 0.8 : 1.6),
                "%s %dx%d, %dx%d at %d,%d: component %d is off by %.2f", format.name, size.width,
                size.height, where.width, where.height, where.x, where.y, c, error);
  }
  fail_unless(is_guard_whole(picture), "%s %dx%d, %dx%d at %d,%d: bytes that are no samples",
              format.name, size.width, size.height, where.width, where.height, where.x, where.y);
}

} // namespace

GST_START_TEST(every_format_is_as_defined_at_every_alignment)
{
  std::mt19937 chance{1};
  const Format &format = kFormats[static_cast<std::size_t>(__i__)];
  for (const PixelSize size : {PixelSize{12, 9}, PixelSize{11, 10}})
    for (int width = 1; width <= 5; ++width)
      for (int height = 1; height <= 5; ++height)
        for (int x = 0; x + width <= size.width; ++x)
          for (int y = 0; y + height <= size.height; y += width)
            check_blend(format, {}, size, {x, y, width, height}, chance);
}
GST_END_TEST

GST_START_TEST(every_format_is_as_defined_for_large_sprites)
{
  std::mt19937 chance{2};
  const Format &format = kFormats[static_cast<std::size_t>(__i__)];
  const auto chosen = [&](int n) { return std::uniform_int_distribution<>{0, n - 1}(chance); };
  for (int i = 0; i < 20; ++i) {
    const PixelSize size{1 + chosen(420), 1 + chosen(24)};
    const PixelSize sprite{1 + chosen(size.width), 1 + chosen(size.height)};
    check_blend(format, {}, size,
                {chosen(size.width - sprite.width + 1), chosen(size.height - sprite.height + 1),
                 sprite.width, sprite.height},
                chance);
  }
}
GST_END_TEST

GST_START_TEST(colours_and_chroma_are_those_of_the_caps)
{
  std::mt19937 chance{3};
  const Format &format = kFormats[static_cast<std::size_t>(__i__)];
  for (const auto matrix :
       {GST_VIDEO_COLOR_MATRIX_BT601, GST_VIDEO_COLOR_MATRIX_BT709, GST_VIDEO_COLOR_MATRIX_BT2020})
    for (const auto range : {GST_VIDEO_COLOR_RANGE_16_235, GST_VIDEO_COLOR_RANGE_0_255})
      for (const auto site :
           {GST_VIDEO_CHROMA_SITE_JPEG, GST_VIDEO_CHROMA_SITE_MPEG2, GST_VIDEO_CHROMA_SITE_COSITED})
        for (int x = 0; x < 4; ++x)
          for (int y = 0; y < 2; ++y)
            check_blend(format, {.matrix = matrix, .range = range, .site = site}, {13, 9},
                        {x, y, 13 - 2 * x, 9 - 3 * y}, chance);
}
GST_END_TEST

GST_START_TEST(each_field_has_its_own_chroma)
{
  std::mt19937 chance{4};
  const Format &format = kFormats[static_cast<std::size_t>(__i__)];
  if (format.places[1].sub_y > 2) {
    const Picture picture{&format, {.interlace = GST_VIDEO_INTERLACE_MODE_INTERLEAVED}, {8, 8}, {}};
    fail_if(sample_layout(info_of(picture)).has_value(), "nobody knows its rows of chroma");
    return;
  }
  for (int height = 4; height <= 12; height += 2)
    for (int y = 0; y < height; ++y)
      for (int rows = 1; y + rows <= height; ++rows)
        check_blend(format, {.interlace = GST_VIDEO_INTERLACE_MODE_INTERLEAVED}, {8, height},
                    {1, y, 6, rows}, chance);
}
GST_END_TEST

// A frame that is translucent itself becomes less so, and its colour counts by how much of it
// shows.
GST_START_TEST(translucent_frames_are_drawn_on_as_well)
{
  std::mt19937 chance{5};
  for (const Format &format : kFormats) {
    if (format.alpha < 0)
      continue;
    for (const int alpha : {-1, 0, 100, 254}) {
      const PixelSize size{70, 9};
      Picture picture = make_picture(format, {}, size, chance, alpha);
      const Picture before = picture;
      const Sprite sprite = random_sprite({64, 9}, chance);
      blend(sprite, {3, 0}, picture);
      const auto overlay = spread(sprite, {3, 0}, size);
      for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
          const Pixel &p = overlay[static_cast<std::size_t>(y * size.width + x)];
          const double below = before.at(0, y, 4 * x + format.alpha) / 255.0 * (1 - p.alpha);
          const double whole = p.alpha + below;
          const double is_alpha = picture.at(0, y, 4 * x + format.alpha);
          fail_unless(std::abs(is_alpha - 255 * whole) <= 1, "%s: alpha %.0f", format.name,
                      is_alpha);
          for (int c = 0; c < 3 && whole > 0; ++c) {
            const int element = format.places[static_cast<std::size_t>(c)].first + 4 * x;
            const double expected = (p.alpha * 255 * p.rgb[static_cast<std::size_t>(c)] +
                                     below * before.at(0, y, element)) /
                                    whole;
            const double is = picture.at(0, y, element);
            // What is hardly there has hardly a colour.
            fail_unless(std::abs(is - expected) * whole <= 1.5, "%s: %.0f is not %.1f (%.3f)",
                        format.name, is, expected, whole);
          }
        }
      }
    }
  }
}
GST_END_TEST

GST_START_TEST(what_is_opaque_is_exact_and_what_is_clear_changes_nothing)
{
  std::mt19937 chance{6};
  for (const Format &format : kFormats) {
    Picture picture = make_picture(format, {}, {16, 8}, chance);
    const Picture before = picture;
    blend(make_sprite({16, 8}, 0), {0, 0}, picture);
    for (std::size_t i = 0; i < picture.planes.size(); ++i)
      fail_unless(picture.planes[i].bytes == before.planes[i].bytes, "%s", format.name);
    const Color color{200, 30, 90};
    blend(make_sprite({16, 8}, argb(color)), {0, 0}, picture);
    for (int c = 0; c < n_components(format); ++c) {
      const Place &place = format.places[static_cast<std::size_t>(c)];
      const long expected = std::lround(
          component_of(picture, c, {color.red / 255.0, color.green / 255.0, color.blue / 255.0}));
      fail_unless(picture.at(place.plane, 0, place.first) == static_cast<unsigned>(expected)
                                                                 << format.shift,
                  "%s: component %d", format.name, c);
    }
  }
}
GST_END_TEST

static Suite *plane_sprite_suite()
{
  constexpr int kN = static_cast<int>(std::size(kFormats));
  Suite *suite = suite_create("plane_sprite");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_loop_test(tcase, every_format_is_as_defined_at_every_alignment, 0, kN);
  tcase_add_loop_test(tcase, every_format_is_as_defined_for_large_sprites, 0, kN);
  tcase_add_loop_test(tcase, colours_and_chroma_are_those_of_the_caps, 0, kN);
  tcase_add_loop_test(tcase, each_field_has_its_own_chroma, 0, kN);
  tcase_add_test(tcase, translucent_frames_are_drawn_on_as_well);
  tcase_add_test(tcase, what_is_opaque_is_exact_and_what_is_clear_changes_nothing);
  return suite;
}

GST_CHECK_MAIN(plane_sprite)
