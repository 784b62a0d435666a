// SPDX-License-Identifier: LGPL-2.1-or-later
// Which bytes of a frame the overlay changes, and to what, in every format, size and stride.

#include "overlay_fixture.hpp"
#include "render/palette.hpp"
#include "render/scene_renderer.hpp"
#include "support/convert_frame.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace gemini::test;

namespace {

const std::vector<GstVideoFormat> kFormats{GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_NV12,
                                           GST_VIDEO_FORMAT_BGRx, GST_VIDEO_FORMAT_BGRA,
                                           GST_VIDEO_FORMAT_Y444, GST_VIDEO_FORMAT_GRAY8};

// The place of component `c` of pixel x, y in the bytes of a frame.
std::size_t index_of(const GstVideoInfo &info, guint c, int x, int y)
{
  const auto plane = GST_VIDEO_INFO_COMP_PLANE(&info, c);
  const int row = y >> GST_VIDEO_FORMAT_INFO_H_SUB(info.finfo, c);
  const int column = x >> GST_VIDEO_FORMAT_INFO_W_SUB(info.finfo, c);
  return info.offset[plane] + static_cast<std::size_t>(row * info.stride[plane]) +
         static_cast<std::size_t>(column * GST_VIDEO_INFO_COMP_PSTRIDE(&info, c)) +
         static_cast<std::size_t>(GST_VIDEO_INFO_COMP_POFFSET(&info, c));
}

// Which bytes lie under the rectangles.
std::vector<bool> bytes_under(const std::vector<PixelRect> &rects, const GstVideoInfo &info)
{
  std::vector<bool> is_under(info.size);
  for (const PixelRect &r : rects) {
    for (int y = r.y; y < r.bottom(); ++y) {
      for (int x = r.x; x < r.right(); ++x) {
        for (guint c = 0; c < GST_VIDEO_INFO_N_COMPONENTS(&info); ++c)
          is_under[index_of(info, c, x, y)] = true;
        if (info.finfo->format == GST_VIDEO_FORMAT_BGRx)
          is_under[index_of(info, 0, x, y) + 1] = true; // the byte that means nothing
      }
    }
  }
  return is_under;
}

// The first byte that may not have changed; the number of bytes when there is none. (One assertion
// a byte would take check's own time.)
std::size_t first_wrong_change(const Bytes &bytes, const std::vector<bool> &is_under)
{
  std::size_t i = 0;
  while (i < bytes.size() && (bytes[i] == kFill || is_under[i]))
    ++i;
  return i;
}

std::string describe(const Layout &layout)
{
  return std::string(gst_video_format_to_string(layout.format)) + " " +
         std::to_string(layout.width) + "x" + std::to_string(layout.height) + " padded by " +
         std::to_string(layout.padding);
}

std::vector<Layout> all_layouts()
{
  constexpr PixelSize kSizes[] = {{640, 480}, {333, 217}, {90, 160}, {17, 9}, {1, 1}};
  std::vector<Layout> layouts;
  for (const GstVideoFormat format : kFormats) {
    for (const PixelSize size : kSizes) {
      for (const int padding : {0, 36})
        layouts.push_back({format, size.width, size.height, padding});
    }
  }
  return layouts;
}

// Components as the caps have them: BT.601 for frames of up to 576 lines.
std::vector<int> components(const GstVideoInfo &info, Color c)
{
  if (GST_VIDEO_INFO_IS_RGB(&info))
    return {c.red, c.green, c.blue};
  const double y = 0.299 * c.red + 0.587 * c.green + 0.114 * c.blue;
  if (GST_VIDEO_INFO_IS_GRAY(&info))
    return {static_cast<int>(y)};
  return {static_cast<int>(16 + y * 219 / 255),
          static_cast<int>(128 + (c.blue - y) / 1.772 * 224 / 255),
          static_cast<int>(128 + (c.red - y) / 1.402 * 224 / 255)};
}

// The same picture in another format.
Ref<GstBuffer> converted(const Ref<GstBuffer> &buffer, const GstVideoInfo &from,
                         const GstVideoInfo &to)
{
  auto result = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, to.size, nullptr));
  if (!convert_frame(buffer.get(), from, result.get(), to))
    return {};
  return result;
}

std::shared_ptr<const Mask> full_mask(const Rect &rect)
{
  return std::make_shared<const Mask>(Mask{rect, 1, 1, {255}});
}

} // namespace

GST_START_TEST(only_pixels_under_sprites_change)
{
  const std::vector<Annotation> annotations{
      {"person", Rect{0.1, 0.2, 0.5, 0.55}},
      {"M&M <none>", Rect{0.55, 0.61, 0.6, 0.6}},
      {std::string(10'000, 'x'), Rect{0.03, 0.03, 0.3, 0.1}},
      {"日本語 😀 مرحبا", Rect{0.7, 0.02, 0.2, 0.2}},
      {.label = "dog", .mask = full_mask({0.05, 0.3, 0.3, 0.3})},
      {.label = "nose", .point = Point{0.999, 0.3}},
      {.label = "cup", .box_3d = Box3d{{-0.3, 1, 0}, {0.5, 0.5, 0.5}, {1, 2, 3}}},
      {.label = "a class"}};
  const std::string words = "A caption <b> & more";
  std::vector<Object> objects;
  for (const Annotation &a : annotations)
    objects.push_back(
        {.label = a.label, .box = a.box, .mask = a.mask, .point = a.point, .box_3d = a.box_3d});
  auto analysis = std::make_shared<Analysis>();
  analysis->text = words;

  for (const Layout &layout : all_layouts()) {
    const Overlay overlay{layout};
    auto frame = make_frame(layout);
    add_scene(frame, objects, analysis);
    SceneRenderer renderer;
    std::vector<PixelRect> rects;
    const auto drawing = renderer.render({layout.width, layout.height}, annotations, {}, words);
    for (const PlacedSprite &p : *drawing)
      rects.push_back({p.at.x, p.at.y, p.sprite->size.width, p.sprite->size.height});
    const auto out = overlay.run(std::move(frame));
    const Bytes bytes = bytes_of(out);
    fail_if(is_untouched(out), "%s: nothing drawn", describe(layout).c_str());
    const std::size_t wrong = first_wrong_change(bytes, bytes_under(rects, info_of(layout)));
    fail_unless(wrong == bytes.size(), "%s: byte %zu", describe(layout).c_str(), wrong);
  }
}
GST_END_TEST

GST_START_TEST(boxes_are_drawn_where_they_are_in_their_colour)
{
  for (const Layout &layout : all_layouts()) {
    if (layout.width < 300)
      continue;
    const Overlay overlay{layout};
    g_object_set(overlay.element(), "line-width", 4, nullptr);
    gst_util_set_object_arg(G_OBJECT(overlay.element()), "show", "boxes");
    auto frame = make_frame(layout);
    const Rect box{0.2, 0.25, 0.5, 0.5};
    add_scene(frame, {make_object("person", box)});
    const Bytes bytes = bytes_of(overlay.run(std::move(frame)));

    const GstVideoInfo info = info_of(layout);
    const std::vector<int> expected = components(info, color_of("person"));
    const int left = static_cast<int>(box.x * layout.width);
    const int right = static_cast<int>(box.right() * layout.width);
    const int top = static_cast<int>(box.y * layout.height);
    const int bottom = static_cast<int>(box.bottom() * layout.height);
    std::string wrong; // the last pixel that is not as it should be
    const auto expect = [&](int x, int y, bool is_drawn) {
      for (guint c = 0; c < expected.size(); ++c) {
        const int value = bytes[index_of(info, c, x, y)];
        if (std::abs(value - (is_drawn ? expected[c] : kFill)) > (is_drawn ? 2 : 0))
          wrong = std::to_string(x) + "," + std::to_string(y) + " is " + std::to_string(value);
      }
    };
    for (int x = left; x <= right; ++x) {
      expect(x, top, true);
      expect(x, bottom, true);
      expect(x, top - 5, false);
      expect(x, bottom + 5, false);
    }
    for (int y = top; y <= bottom; ++y) {
      expect(left, y, true);
      expect(right, y, true);
      expect(left - 5, y, false);
      expect(right + 5, y, false);
    }
    expect((left + right) / 2, (top + bottom) / 2, false);
    fail_unless(wrong.empty(), "%s: %s", describe(layout).c_str(), wrong.c_str());
  }
}
GST_END_TEST

GST_START_TEST(masks_tint_their_rectangle_in_their_colour)
{
  for (const Layout &layout : all_layouts()) {
    if (layout.width < 300)
      continue;
    const Overlay overlay{layout};
    g_object_set(overlay.element(), "mask-opacity", 1.0, nullptr);
    gst_util_set_object_arg(G_OBJECT(overlay.element()), "show", "masks");
    const Rect rect{0.2, 0.25, 0.5, 0.5};
    auto frame = make_frame(layout);
    add_scene(frame, {{.id = 1, .label = "person", .mask = full_mask(rect)}});
    const Bytes bytes = bytes_of(overlay.run(std::move(frame)));

    const GstVideoInfo info = info_of(layout);
    const std::vector<int> expected = components(info, color_of("person"));
    for (const PixelPoint p : {PixelPoint{4, 4}, {layout.width / 4, layout.height / 4}}) {
      const int x = static_cast<int>(rect.x * layout.width) + p.x;
      const int y = static_cast<int>(rect.y * layout.height) + p.y;
      for (guint c = 0; c < expected.size(); ++c) {
        const int value = bytes[index_of(info, c, x, y)];
        fail_unless(std::abs(value - expected[c]) <= 2, "%s: %d,%d is %d", describe(layout).c_str(),
                    x, y, value);
      }
    }
  }
}
GST_END_TEST

GST_START_TEST(edges_of_letters_do_not_depend_on_the_unused_byte_of_bgrx)
{
  const Layout layout{GST_VIDEO_FORMAT_BGRx, 320, 240};
  Bytes colors[2];
  for (const bool is_set : {false, true}) {
    const Overlay overlay{layout};
    auto frame = make_frame(layout);
    add_scene(frame, {make_object("person", {0.2, 0.3, 0.5, 0.5})});
    GstMapInfo map;
    fail_unless(gst_buffer_map(frame.get(), &map, GST_MAP_WRITE));
    for (gsize i = 3; i < map.size; i += 4)
      map.data[i] = is_set ? 0xff : 0;
    gst_buffer_unmap(frame.get(), &map);
    Bytes bytes = bytes_of(overlay.run(std::move(frame)));
    for (std::size_t i = 3; i < bytes.size(); i += 4)
      bytes[i] = 0;
    colors[is_set ? 1 : 0] = std::move(bytes);
  }
  fail_unless(colors[0] == colors[1]);
}
GST_END_TEST

GST_START_TEST(label_at_an_odd_border_has_its_colour_up_to_the_border)
{
  for (const GstVideoFormat format : kFormats) {
    const Layout layout{format, 333, 217};
    const Overlay overlay{layout};
    gst_util_set_object_arg(G_OBJECT(overlay.element()), "show", "labels");
    auto frame = make_frame(layout);
    add_scene(frame, {make_object("person", {0.95, 0.5, 0.05, 0.3})});
    const Bytes bytes = bytes_of(overlay.run(std::move(frame)));

    const GstVideoInfo info = info_of(layout);
    const std::vector<int> expected = components(info, color_of("person"));
    int y = 0; // the plate's first line, below its edge
    while (y < layout.height - 4 && bytes[index_of(info, 0, layout.width - 1, y)] == kFill)
      ++y;
    for (guint c = 0; c < expected.size(); ++c) {
      const int value = bytes[index_of(info, c, layout.width - 1, y + 3)];
      fail_unless(std::abs(value - expected[c]) <= 2, "%s: %d", describe(layout).c_str(), value);
    }
  }
}
GST_END_TEST

namespace {

// A grey frame in this format, or none where GStreamer cannot make one.
Ref<GstBuffer> grey_frame(const GstVideoInfo &info)
{
  GstVideoInfo rgb;
  gst_video_info_set_format(&rgb, GST_VIDEO_FORMAT_BGRx, static_cast<guint>(info.width),
                            static_cast<guint>(info.height));
  auto grey = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, rgb.size, nullptr));
  gst_buffer_memset(grey.get(), 0, kFill, rgb.size);
  return converted(grey, rgb, info);
}

} // namespace

// Of every format that the pads take: a bar is in its colour, and what is far from it as before.
GST_START_TEST(every_format_is_drawn_on)
{
  const Overlay all;
  g_autoptr(GstPad) pad = gst_element_get_static_pad(all.element(), "sink");
  g_autoptr(GstCaps) caps = gst_pad_get_pad_template_caps(pad);
  const GValue *formats = gst_structure_get_value(gst_caps_get_structure(caps, 0), "format");
  fail_unless(gst_value_list_get_size(formats) > 60);
  std::string wrong;
  for (guint i = 0; i < gst_value_list_get_size(formats); ++i) {
    const char *name = g_value_get_string(gst_value_list_get_value(formats, i));
    // So high that it is BT.709, which is all that the API has.
    const Layout layout{gst_video_format_from_string(name), 320, 720};
    const GstVideoInfo info = info_of(layout);
    auto frame = grey_frame(info);
    fail_unless(frame, "%s: no frame", name);
    const Overlay overlay{layout};
    g_object_set(overlay.element(), "line-width", 16, nullptr);
    gst_util_set_object_arg(G_OBJECT(overlay.element()), "show", "boxes");
    add_scene(frame, {make_object("person", {0.25, 0.25, 0.5, 0.5})});
    const auto out = overlay.run(std::move(frame));
    fail_unless(static_cast<bool>(out), "%s: no frame", name);
    GstVideoInfo rgb;
    gst_video_info_set_format(&rgb, GST_VIDEO_FORMAT_RGB, 320, 720);
    const Bytes bytes = bytes_of(converted(out, info, rgb));
    const auto expect = [&](int x, int y, Color color) {
      const auto *p =
          bytes.data() + static_cast<std::size_t>(y) * 960 + static_cast<std::size_t>(x) * 3;
      if (GST_VIDEO_INFO_IS_GRAY(&info)) {
        const auto grey = static_cast<std::uint8_t>(components(info, color)[0]);
        color = {grey, grey, grey};
      }
      // The coarsest have three bits of a colour.
      const int tolerance = info.finfo->bits < 8 || info.finfo->depth[0] < 8 ? 40 : 8;
      if (std::abs(p[0] - color.red) > tolerance || std::abs(p[1] - color.green) > tolerance ||
          std::abs(p[2] - color.blue) > tolerance)
        wrong += std::string{" "} + name + ": at " + std::to_string(x) + "," + std::to_string(y) +
                 " it is " + std::to_string(p[0]) + " " + std::to_string(p[1]) + " " +
                 std::to_string(p[2]) + ";";
    };
    expect(160, 182, color_of("person"));
    expect(84, 360, color_of("person"));
    expect(160, 360, {kFill, kFill, kFill});
    expect(20, 20, {kFill, kFill, kFill});
    // Nor is anything beside a bar but of these two colours.
    const Color bar = color_of("person");
    const auto is_between = [](int value, int a, int b) {
      return value >= std::min(a, b) - 24 && value <= std::max(a, b) + 24;
    };
    for (int x = 60; x < 260; ++x) {
      const auto *p = bytes.data() + std::size_t{360} * 960 + static_cast<std::size_t>(x) * 3;
      if (!GST_VIDEO_INFO_IS_GRAY(&info) && info.finfo->bits >= 8 &&
          !(is_between(p[0], kFill, bar.red) && is_between(p[1], kFill, bar.green) &&
            is_between(p[2], kFill, bar.blue)))
        wrong += std::string{" "} + name + ": beside a bar at " + std::to_string(x) + " it is " +
                 std::to_string(p[0]) + " " + std::to_string(p[1]) + " " + std::to_string(p[2]) +
                 ";";
    }
  }
  fail_unless(wrong.empty(), "%s", wrong.c_str());
}
GST_END_TEST

namespace {

// A frame with a box, drawn on in a stream of this mode; `is_interlaced` is said on the buffer.
Bytes drawn(GstVideoInterlaceMode mode, bool is_interlaced)
{
  const Layout layout{GST_VIDEO_FORMAT_I420, 320, 240};
  GstVideoInfo info = info_of(layout);
  info.interlace_mode = mode;
  const Overlay overlay{layout};
  gst_harness_set_src_caps(overlay.harness(), gst_video_info_to_caps(&info));
  g_object_set(overlay.element(), "line-width", 2, nullptr);
  gst_util_set_object_arg(G_OBJECT(overlay.element()), "show", "boxes");
  auto frame = make_frame(layout);
  if (is_interlaced)
    GST_BUFFER_FLAG_SET(frame.get(), GST_VIDEO_BUFFER_FLAG_INTERLACED);
  add_scene(frame, {make_object("person", {0.25, 0.25, 0.5, 0.5})});
  return bytes_of(overlay.run(std::move(frame)));
}

} // namespace

GST_START_TEST(each_frame_of_a_mixed_stream_is_what_it_says)
{
  const Bytes progressive = drawn(GST_VIDEO_INTERLACE_MODE_PROGRESSIVE, false);
  const Bytes interlaced = drawn(GST_VIDEO_INTERLACE_MODE_INTERLEAVED, true);
  fail_unless(progressive != interlaced);
  fail_unless(drawn(GST_VIDEO_INTERLACE_MODE_MIXED, false) == progressive);
  fail_unless(drawn(GST_VIDEO_INTERLACE_MODE_MIXED, true) == interlaced);
}
GST_END_TEST

static Suite *overlay_pixels_suite(void)
{
  Suite *suite = suite_create("overlay_pixels");
  TCase *cases = tcase_create("pixels");
  suite_add_tcase(suite, cases);
  tcase_add_test(cases, only_pixels_under_sprites_change);
  tcase_add_test(cases, boxes_are_drawn_where_they_are_in_their_colour);
  tcase_add_test(cases, every_format_is_drawn_on);
  tcase_add_test(cases, each_frame_of_a_mixed_stream_is_what_it_says);
  tcase_add_test(cases, masks_tint_their_rectangle_in_their_colour);
  tcase_add_test(cases, label_at_an_odd_border_has_its_colour_up_to_the_border);
  tcase_add_test(cases, edges_of_letters_do_not_depend_on_the_unused_byte_of_bgrx);
  return suite;
}

GST_CHECK_MAIN(overlay_pixels)
