// SPDX-License-Identifier: LGPL-2.1-or-later
// From pixels to masks: known shapes, outlined by the emulator in the dialects of the families, and
// compared with the true pixels.
#include "support.hpp"
#include "wire/png.hpp"

#include <algorithm>
#include <array>
#include <cmath>

using namespace gemini::test;
using gemini::emulator::Emulator;

namespace {

constexpr int kWidth = 640;
constexpr int kHeight = 480;
constexpr const char *kPicture = "video/x-raw,format=BGRx,width=640,height=480,framerate=1/1";

// Whether the middle of a pixel is inside.
using Inside = bool (*)(double x, double y);

bool in_ellipse(double x, double y)
{
  return std::pow((x - 170) / 110, 2) + std::pow((y - 130) / 75, 2) <= 1;
}
bool in_triangle(double x, double y)
{
  return y <= 430 && y - 250 >= 1.5 * std::abs(x - 200);
}
bool in_rectangle(double x, double y)
{
  return x >= 400 && x < 590 && y >= 60 && y < 410;
}

struct Figure {
  const char *label;
  Inside is_inside;
  std::array<std::uint8_t, 3> bgr;
};
constexpr Figure kFigures[] = {
    {"red ellipse", in_ellipse, {30, 30, 200}},
    {"green triangle", in_triangle, {40, 160, 30}},
    {"blue rectangle", in_rectangle, {200, 60, 30}},
};

GstBuffer *picture()
{
  GstBuffer *buffer = gst_buffer_new_allocate(nullptr, gsize{4} * kWidth * kHeight, nullptr);
  GstMapInfo map;
  fail_unless(gst_buffer_map(buffer, &map, GST_MAP_WRITE));
  guint8 *pixel = map.data;
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x, pixel += 4) {
      pixel[0] = pixel[1] = pixel[2] = 225;
      for (const Figure &figure : kFigures)
        if (figure.is_inside(x + 0.5, y + 0.5))
          std::copy(figure.bgr.begin(), figure.bgr.end(), pixel);
    }
  gst_buffer_unmap(buffer, &map);
  GST_BUFFER_PTS(buffer) = 0;
  return buffer;
}

// Of an object's mask and the true pixels.
double overlap(GstGeminiObject *object, Inside is_inside)
{
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;
  guint columns = 0;
  guint rows = 0;
  g_autoptr(GBytes) bytes = gst_gemini_object_get_mask(object, kWidth, kHeight, &left, &top, &width,
                                                       &height, &columns, &rows);
  if (!bytes)
    return 0;
  const auto *cells = static_cast<const guint8 *>(g_bytes_get_data(bytes, nullptr));
  int both = 0;
  int either = 0;
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x) {
      const double column = std::floor((x + 0.5 - left) / width * columns);
      const double row = std::floor((y + 0.5 - top) / height * rows);
      const bool is_masked =
          column >= 0 && column < columns && row >= 0 && row < rows &&
          cells[static_cast<std::size_t>(row) * columns + static_cast<std::size_t>(column)] > 127;
      const bool is_true = is_inside(x + 0.5, y + 0.5);
      both += is_masked && is_true;
      either += is_masked || is_true;
    }
  return static_cast<double>(both) / either;
}

// What the picture is answered with; to be unreffed.
GstGeminiScene *ask(const std::string &url, const std::string &properties)
{
  Analyzer analyzer{url, "mode=accurate task=segment " + properties, kPicture};
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), picture()), GST_FLOW_OK);
  g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
  fail_unless(out != nullptr);
  return gst_gemini_scene_from_buffer(out);
}

GstGeminiObject *object_called(GstGeminiScene *scene, const char *label)
{
  for (guint i = 0; i < gst_gemini_scene_get_n_objects(scene); ++i) {
    GstGeminiObject *object = gst_gemini_scene_get_object(scene, i);
    if (g_str_equal(gst_gemini_object_get_label(object), label))
      return object;
    gst_gemini_object_unref(object);
  }
  return nullptr;
}

struct Dialect {
  const char *properties;
  const char *faults; // of the emulator: how it writes masks
  bool is_polygon;
};
constexpr Dialect kDialects[] = {
    {"model=gemini-2.5-flash", "", false},
    {"model=gemini-3.8-flash", "", true},
    {"model=gemini-robotics-er-2-preview", "", true},
    {"model=gemini-4-argon", "", true},
    {"", "* masks base64", false},
    {"", "* masks inline-data", false},
    {"", "* masks tokens-png", false},
    {"", "* masks polygon-yx", true},
    {"", "* masks flat", true},
    {"", "* masks chunks", true},
    {"", "* masks rings", true},
    {"", "* masks text", true},
};

} // namespace

GST_START_TEST(masks_match_the_true_pixels_in_every_dialect)
{
  const Dialect &dialect = kDialects[__i__];
  Emulator emulator{{.faults = dialect.faults}};
  fail_unless(emulator.is_running(), "%s", emulator.error().c_str());
  g_autoptr(GstGeminiScene) scene = ask(emulator.url(), dialect.properties);
  for (const Figure &figure : kFigures) {
    g_autoptr(GstGeminiObject) object = object_called(scene, figure.label);
    fail_unless(object != nullptr, "%s%s: no %s", dialect.properties, dialect.faults, figure.label);
    const double iou = overlap(object, figure.is_inside);
    fail_unless(iou >= 0.97, "%s%s: %s overlaps by %.4f", dialect.properties, dialect.faults,
                figure.label, iou);
    fail_unless_equals_int(gst_gemini_object_get_n_rings(object) > 0, dialect.is_polygon);
  }
}
GST_END_TEST

// Box and label stay; that there is no mask is told.
GST_START_TEST(masks_that_nobody_can_decode_are_named)
{
  for (const char *word : {"tokens", "placeholder", "booleans", "none"}) {
    Emulator emulator{{.faults = std::string{"* masks "} + word}};
    g_autoptr(GstGeminiScene) scene = ask(emulator.url(), "");
    fail_unless_equals_int(gst_gemini_scene_get_status(scene), GST_GEMINI_SCENE_STATUS_PARTIAL);
    for (const Figure &figure : kFigures) {
      g_autoptr(GstGeminiObject) object = object_called(scene, figure.label);
      fail_unless(object != nullptr, "%s: no %s", word, figure.label);
      double x = 0;
      double y = 0;
      double w = 0;
      double h = 0;
      fail_unless(gst_gemini_object_get_box(object, kWidth, kHeight, &x, &y, &w, &h));
      fail_unless(gst_gemini_object_get_mask(object, kWidth, kHeight, nullptr, nullptr, nullptr,
                                             nullptr, nullptr, nullptr) == nullptr);
    }
    g_autoptr(GstGeminiAnalysis) analysis = gst_gemini_scene_get_analysis(scene);
    fail_unless(gst_gemini_analysis_get_n_problems(analysis) > 0, "%s: no problem is told", word);
    const char *problem = gst_gemini_analysis_get_problem(analysis, 0);
    fail_unless(g_strrstr(problem, "mask"), "%s: %s", word, problem);
  }
}
GST_END_TEST

// The left half of the map is at 100, the right one at 200.
GST_START_TEST(what_is_above_the_threshold_belongs_to_the_object)
{
  std::vector<std::uint8_t> map(64 * 64, 100);
  for (std::size_t i = 0; i < map.size(); ++i)
    if (i % 64 >= 32)
      map[i] = 200;
  const auto png = gemini::wire::write_png(map, 64, 64);
  g_autofree char *base64 = g_base64_encode(png.data(), png.size());
  const std::string text =
      R"([{"box_2d":[0,0,500,500],"label":"thing","mask":"data:image/png;base64,)" +
      std::string{base64} + "\"}]";
  struct Case {
    int threshold;
    double share;
  };
  for (const Case &c : {Case{99, 1}, Case{100, 0.5}, Case{199, 0.5}, Case{200, 0}}) {
    Emulator emulator{{.faults = says(1, text)}};
    g_autoptr(GstGeminiScene) scene =
        ask(emulator.url(), "mask-threshold=" + std::to_string(c.threshold));
    g_autoptr(GstGeminiObject) object = object_called(scene, "thing");
    fail_unless(object != nullptr);
    guint columns = 0;
    guint rows = 0;
    g_autoptr(GBytes) bytes = gst_gemini_object_get_mask(object, kWidth, kHeight, nullptr, nullptr,
                                                         nullptr, nullptr, &columns, &rows);
    fail_unless(bytes != nullptr);
    gsize size = 0;
    const auto *cells = static_cast<const guint8 *>(g_bytes_get_data(bytes, &size));
    const auto inside = std::count_if(cells, cells + size, [](guint8 cell) { return cell > 127; });
    const double share = static_cast<double>(inside) / static_cast<double>(size);
    fail_unless(std::abs(share - c.share) < 0.02, "%d: %.3f", c.threshold, share);
  }
}
GST_END_TEST

static Suite *analyzer_masks_suite()
{
  Suite *suite = suite_create("analyzer_masks");
  TCase *tcase = tcase_create("masks");
  tcase_add_loop_test(tcase, masks_match_the_true_pixels_in_every_dialect, 0,
                      G_N_ELEMENTS(kDialects));
  tcase_add_test(tcase, masks_that_nobody_can_decode_are_named);
  tcase_add_test(tcase, what_is_above_the_threshold_belongs_to_the_object);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(analyzer_masks)
