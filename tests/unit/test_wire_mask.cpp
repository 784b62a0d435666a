// SPDX-License-Identifier: LGPL-2.1-or-later
// Masks and polygons in every shape that was seen in answers, and in some that were made to do
// harm.
#include "mask_support.hpp"
#include "wire/base64.hpp"
#include "wire/mask.hpp"
#include "wire/png.hpp"
#include "wire/polygon.hpp"
#include "wire_support.hpp"

#include <glib.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::Mask;
using gemini::max_mask_cells;
using gemini::Point;
using gemini::Rect;
using gemini::Result;
using gemini::Ring;
using gemini::test::area_of;
using gemini::test::in_ellipse;
using gemini::test::in_rectangle;
using gemini::test::in_triangle;
using gemini::test::iou_with;
using gemini::test::map_of;
using gemini::test::quoted;
using gemini::test::repeated;
using gemini::test::same;
using gemini::test::Shape;
using gemini::test::to_text;
using gemini::wire::fill_rings;
using gemini::wire::Json;
using gemini::wire::JsonDocument;
using gemini::wire::kMaxPolygonPoints;
using gemini::wire::mask_of;
using gemini::wire::MaskOptions;
using gemini::wire::other_masks_of;
using gemini::wire::read_mask;
using gemini::wire::ReadMask;
using gemini::wire::trace_mask;
using gemini::wire::write_png;

namespace {

// 0.2..0.6 across, 0.1..0.9 down.
constexpr Rect kBox{0.2, 0.1, 0.4, 0.8};
constexpr MaskOptions kOptions{1000, 500, 127, max_mask_cells(25)};
const std::optional<Rect> kNoBox;

// `value` is JSON, and becomes the mask of an object.
Result<ReadMask, std::string> read(const std::string &value, const std::optional<Rect> &box = kBox,
                                   const MaskOptions &options = kOptions)
{
  const JsonDocument document = JsonDocument::scattered(R"({"mask": )" + value + "}");
  fail_unless_equals_int(static_cast<int>(document.roots().size()), 1);
  return read_mask(document.root().member("mask"), box, options);
}

ReadMask good(const std::string &value, const std::optional<Rect> &box = kBox,
              const MaskOptions &options = kOptions)
{
  auto result = read(value, box, options);
  fail_unless(result.has_value(), "%.100s: %s", value.c_str(),
              result ? "" : result.error().c_str());
  fail_unless(result->mask != nullptr);
  return std::move(*result);
}

std::string error_of(const std::string &value, const std::optional<Rect> &box = kBox)
{
  const auto result = read(value, box);
  return result ? "read: " + value.substr(0, 100) : result.error();
}

std::string base64(const std::vector<std::uint8_t> &bytes)
{
  g_autofree char *text = g_base64_encode(bytes.data(), bytes.size());
  return text;
}

std::vector<std::uint8_t> png_of(const Shape &shape, int width = 256, int height = 256)
{
  return write_png(map_of(shape, width, height), width, height);
}

std::string data_url(const std::vector<std::uint8_t> &png)
{
  return "data:image/png;base64," + base64(png);
}

bool is_ellipse(const std::string &value)
{
  const ReadMask read = good(value);
  fail_unless(read.remark.empty(), "%s", read.remark.c_str());
  fail_unless(read.mask->rect == kBox && read.rings.empty());
  fail_unless(read.mask->width == 400 && read.mask->height == 400);
  const double overlap = iou_with(in_ellipse, *read.mask);
  if (overlap < 0.99)
    std::fprintf(stderr, "%.60s: %g\n", value.c_str(), overlap);
  return overlap >= 0.99;
}

// The rings in thousandths: "x,y x,y x,y | x,y …".
std::string to_text(const std::vector<Ring> &rings)
{
  const auto thousandths = [](double value) { return std::round(value * 1e5) / 100; };
  std::string text;
  for (const Ring &ring : rings) {
    text += text.empty() ? "" : " | ";
    for (const Point &point : ring) {
      char piece[64];
      std::snprintf(piece, sizeof piece, "%s%g,%g", &point == ring.data() ? "" : " ",
                    thousandths(point.x), thousandths(point.y));
      text += piece;
    }
  }
  return text;
}

std::string rings_of(const std::string &value, const std::optional<Rect> &box = kBox)
{
  const auto result = read(value, box);
  return result ? to_text(result->rings) : result.error();
}

// In kBox only as [x, y].
constexpr const char *kTriangle = "200,100 600,900 200,900";

std::string replaced(std::string text, const std::string &what, const std::string &with)
{
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
  return text;
}

} // namespace

GST_START_TEST(mask_is_read_from_a_data_url)
{
  const std::string data = base64(png_of(in_ellipse));
  const std::vector<std::string> heads = {
      "data:image/png;base64,",    "data:image/png;base64, ",
      "data:image/png;base64\\n,", "DATA:IMAGE/PNG;BASE64,",
      "data:image/png; base64,",   "data:image/png;charset=utf-8;base64,",
      "data:image/png,",           "data:;base64,",
      "data:image/png;base64:",
      "data:image/jpeg;base64,", // it says so, and is none
      " data:image/png;base64,",   "mask: data:image/png;base64,",
  };
  for (const std::string &head : heads)
    fail_unless(is_ellipse('"' + head + data + '"'), "%s", head.c_str());
}
GST_END_TEST

GST_START_TEST(mask_is_read_from_bare_base64)
{
  fail_unless(is_ellipse('"' + base64(png_of(in_ellipse)) + '"'));
  fail_unless(is_ellipse("[\"" + base64(png_of(in_ellipse)) + "\"]"));
}
GST_END_TEST

GST_START_TEST(mask_is_read_from_inline_data)
{
  const std::string data = base64(png_of(in_ellipse));
  fail_unless(is_ellipse(R"({"inline_data":{"mime_type":"image/png","data":")" + data + R"("}})"));
  fail_unless(is_ellipse(R"({"inlineData":{"mimeType":"image/png","data":")" + data + R"("}})"));
  fail_unless(is_ellipse(R"({"mime_type":"image/png","data":")" + data + R"("})"));
  fail_unless(is_ellipse(R"({"url":"data:image/png;base64,)" + data + R"("})"));
  fail_unless(is_ellipse(R"([{"inline_data":{"data":")" + data + R"("}}])"));
  fail_unless(is_ellipse(R"({"mask":"data:image/png;base64,)" + data + R"("})"));
  fail_unless(is_ellipse(R"([{"mask_data":")" + data + R"("}])"));
}
GST_END_TEST

GST_START_TEST(mask_is_read_from_sloppy_base64)
{
  // Long enough that there are both signs in which the alphabets differ.
  std::vector<std::uint8_t> png = png_of(in_ellipse);
  while (png.size() % 3 != 1)
    png.push_back(0); // behind the end
  const std::string data = base64(png);
  fail_unless(data.ends_with("=="));
  std::string broken;
  for (std::size_t i = 0; i < data.size(); i += 61)
    broken += data.substr(i, 61) + "\r\n  ";
  const std::string url = "\"data:image/png;base64,";
  fail_unless(is_ellipse(url + broken + '"')); // raw line breaks, which JSON forbids
  fail_unless(is_ellipse(url + replaced(broken, "\r\n", "\\n") + '"'));
  fail_unless(is_ellipse(url + replaced(broken, "\r\n", "\\\\n") + '"'));
  fail_unless(is_ellipse(url + data.substr(0, data.size() - 2) + '"'));
  fail_unless(is_ellipse(url + data.substr(0, data.size() - 1) + '"'));
  fail_unless(is_ellipse(url + replaced(data, "/", "\\/") + '"'));
  fail_unless(is_ellipse(url + replaced(data, "/", "\\\\/") + '"'));
  fail_unless(is_ellipse(url + replaced(replaced(data, "/", "_"), "+", "-") + '"'));
}
GST_END_TEST

GST_START_TEST(base64_is_that_of_glib)
{
  for (std::size_t size = 0; size < 70; ++size) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < size; ++i)
      bytes.push_back(static_cast<std::uint8_t>(i * 89 + size * 7));
    const auto decoded = gemini::wire::decode_base64(base64(bytes), 1000);
    fail_unless(decoded && *decoded == bytes, "%zu bytes", size);
  }
  fail_unless(!gemini::wire::decode_base64("AA*A", 1000));
  fail_unless(!gemini::wire::decode_base64("AAA\xc3\xa9", 1000));
  fail_unless(!gemini::wire::decode_base64(std::string(1000, 'A'), 740));
  fail_unless(gemini::wire::decode_base64(std::string(1000, 'A'), 750).has_value());
}
GST_END_TEST

GST_START_TEST(mask_behind_tokens_is_read)
{
  const std::string url = data_url(png_of(in_ellipse));
  const std::string data = base64(png_of(in_ellipse));
  fail_unless(is_ellipse("\"<start_of_mask><seg_18><seg_58><seg_104>" + url + '"'));
  fail_unless(is_ellipse("\"<start_of_mask><seg_18> <seg_58>\\n" + url + '"'));
  fail_unless(is_ellipse("\"<seg_18><end_of_mask>" + data + '"'));
  fail_unless(is_ellipse('"' + replaced(data, "=", "") + "<end_of_mask>\""));
  fail_unless(is_ellipse('"' + replaced(url, "=", "") + " <end_of_mask>\""));
}
GST_END_TEST

GST_START_TEST(mask_that_is_none_is_named)
{
  const std::string jpeg = base64({0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1});
  const std::string longer = repeated("QUJDREVGR0hJSktM", 10);
  std::vector<std::uint8_t> damaged = png_of(in_ellipse);
  damaged[damaged.size() / 2] ^= 0x55;
  std::vector<std::uint8_t> huge = png_of(in_ellipse, 8, 8);
  huge[16] = huge[20] = 0x10;
  const std::string whole = data_url(png_of(in_ellipse));
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\"<start_of_mask><seg_18><seg_58><seg_104>\"",
       "the mask is made of segmentation tokens, which cannot be decoded"},
      {"\"<seg_1><seg_2>\"", "the mask is made of segmentation tokens, which cannot be decoded"},
      {"\"gimme_mask_for_this\"", "the mask is only the text \"gimme_mask_for_this\""},
      {"\"a mask of the dog\"", "the mask is only the text \"a mask of the dog\""},
      {"[true,true,false]", "the mask is a list of true and false"},
      {"[[true,false],[false,true]]", "the mask is a list of true and false"},
      {R"(["<start_of_mask>","<seg_1>"])",
       "the mask is made of segmentation tokens, which cannot be decoded"},
      {"\"\"", "the mask is empty"},
      {"\" \\n \"", "the mask is empty"},
      {"[]", "the mask is empty"},
      {"{}", "the mask is empty"},
      {"null", "the mask is empty"},
      {"\"data:image/png;base64,\"", "the mask is empty"},
      {"true", "the mask is only \"true\""},
      {"7", "the mask is only \"7\""},
      {"\"data:image/jpeg;base64," + jpeg + '"', "the mask is a JPEG"},
      {'"' + jpeg + '"', "the mask is a JPEG"},
      {'"' + longer + '"', "the mask is data that is no PNG"},
      {"\"data:image/png;base64," + longer + '"', "the mask is data that is no PNG"},
      {"\"data:image/png;base64,%89PNG%0D%0A%1A%0A\"", "the mask is no base64"},
      {'"' + data_url(damaged) + '"', "the mask is a damaged PNG"},
      {'"' + whole.substr(0, whole.size() / 2) + '"', "the mask is a damaged PNG"},
      {'"' + data_url(huge) + '"', "the mask is a PNG that is too large"},
      {"\"data:image/png;base64," + repeated("QUJD", 2'000'000) + '"',
       "the mask is a file that is too long"},
      {R"({"size":[10,10],"counts":"abc"})", "the mask is made of run lengths, which are not read"},
      {R"({"inline_data":{"mime_type":"image/png"}})", "the polygon holds no points"},
      {R"(["a","b"])", "the polygon holds no points"},
      {"[[0,1,1,0],[0,1,1,0],[0,0,1,0]]", "the mask is a bitmap, which is not read"},
      {"[0,1,1,0,0,1,1,0,0,0,1,0]", "the mask is a bitmap, which is not read"},
      {"[[0,255,255],[0,255,255],[255,255,255],[0,0,255],[0,0,0],[255,0,0]]",
       "the mask is a bitmap, which is not read"},
      {"\"0.0 1.0 1.0 0.0\\n0.0 1.0 1.0 0.0\\n1.0 1.0 1.0 1.0\"",
       "the mask is a bitmap, which is not read"},
  };
  for (const auto &[value, should] : cases)
    fail_unless(same(error_of(value), should), "%.60s", value.c_str());
  fail_unless(
      same(error_of('"' + whole + '"', kNoBox), "the mask is a PNG without a box to lie on"));
}
GST_END_TEST

GST_START_TEST(mask_of_nothing_says_so)
{
  const ReadMask read = good('"' + data_url(png_of([](double, double) { return false; })) + '"');
  fail_unless(area_of(read.mask->coverage) == 0);
  fail_unless(same(read.remark, "nothing of the mask is above the threshold"));
}
GST_END_TEST

GST_START_TEST(mask_is_cut_at_the_threshold)
{
  const std::string value =
      '"' + data_url(write_png(std::vector<std::uint8_t>{100, 200}, 2, 1)) + '"';
  MaskOptions options = kOptions;
  for (const auto &[threshold, share] : {std::pair{50U, 1.0}, {150U, 0.5}, {250U, 0.0}}) {
    options.threshold = threshold;
    const ReadMask read = good(value, kBox, options);
    const double area = area_of(read.mask->coverage) / read.mask->width / read.mask->height;
    fail_unless(std::fabs(area - share) < 0.01, "at %u: %g", threshold, area);
  }
}
GST_END_TEST

GST_START_TEST(mask_keeps_its_shape_as_a_png_and_as_a_polygon)
{
  Ring circle;
  for (int i = 0; i < 90; ++i)
    circle.push_back({0.5 + 0.5 * std::cos(i * M_PI / 45), 0.5 + 0.5 * std::sin(i * M_PI / 45)});
  const struct {
    const char *name;
    Shape shape;
    Ring ring;
  } shapes[] = {
      {"ellipse", in_ellipse, circle},
      {"triangle", in_triangle, {{0.5, 0}, {1, 1}, {0, 1}}},
      // Fills its box, as a mask does.
      {"rectangle", [](double, double) { return true; }, {{0, 0}, {1, 0}, {1, 1}, {0, 1}}},
  };
  const MaskOptions hd{1280, 720, 127, max_mask_cells(25)};
  for (const auto &s : shapes) {
    for (const Rect &box : {kBox, Rect{0.05, 0.5, 0.9, 0.45}, Rect{0.7, 0.7, 0.1, 0.12}}) {
      const double png =
          iou_with(s.shape, *good('"' + data_url(png_of(s.shape)) + '"', box, hd).mask);
      fail_unless(png >= 0.97, "%s as a PNG: %g", s.name, png);
      std::string points;
      for (const Point &p : s.ring) {
        const long x = std::lround((box.x + p.x * box.w) * 1000);
        const long y = std::lround((box.y + p.y * box.h) * 1000);
        points += (points.empty() ? "[[" : "],[") + std::to_string(x) + "," + std::to_string(y);
      }
      const double polygon = iou_with(s.shape, *good(points + "]]", box, hd).mask);
      fail_unless(polygon >= 0.97, "%s as a polygon: %g", s.name, polygon);
    }
  }
}
GST_END_TEST

GST_START_TEST(polygon_is_read_in_every_shape)
{
  const std::vector<std::string> values = {
      "[[200,100],[600,900],[200,900]]",
      "[[100,200],[900,600],[900,200]]", // [y, x]
      "[100,200,900,600,900,200]",
      "[200,100,600,900,200,900]",
      "[[100,200,900,600],[900,200]]", // pieces of one ring
      "[[100,200,900,600,900,200]]",
      "\"100,200,900,600,900,200\"",
      "\"100 200 900 600 900 200\"",
      "\"200,100 600,900 200,900\"",
      "\"(200,100), (600,900), (200,900)\"",
      "\"[[200,100],[600,900],[200,900]]\"",
      "[\"100,200\",\"900,600\",\"900,200\"]",
      "[\"100,200,900,600,900,200\"]",
      "[\"100\",\"200\",\"900\",\"600\",\"900\",\"200\"]",
      "[[\"200\",\"100\"],[\"600\",\"900\"],[\"200\",\"900\"]]",
      R"([{"x":200,"y":100},{"x":600,"y":900},{"x":200,"y":900}])",
      R"([{"y":100,"x":200},{"y":900,"x":600},{"Y":"900","X":"200"}])",
      R"([{"point":[100,200]},{"point":[900,600]},{"point":[900,200]}])",
      R"([{"point":[200,100]},{"point":[600,900]},{"point":[200,900]}])",
      R"([{"mask":[[200,100],[600,900],[200,900]]}])",
      R"({"mask":"[[200,100],[600,900],[200,900]]"})",
      "[[[200,100],[600,900],[200,900]]]",
      "[[[[200,100],[600,900],[200,900]]]]",
      R"({"points":[[200,100],[600,900],[200,900]]})",
      R"({"type":"Polygon","coordinates":[[[200,100],[600,900],[200,900]]]})",
      "[[0.2,0.1],[0.6,0.9],[0.2,0.9]]",
      "[0.1,0.2,0.9,0.6,0.9,0.2]",
      "[[200.0,100.0],[600.0,900.0],[200.0,900.0]]",
  };
  for (const std::string &value : values) {
    const ReadMask read = good(value);
    fail_unless(same(to_text(read.rings), kTriangle), "%s", value.c_str());
    fail_unless(same(read.remark, ""), "%s", value.c_str());
    fail_unless(read.mask->rect == gemini::bounds_of(read.rings));
    const double area = area_of(read.mask->coverage) / read.mask->width / read.mask->height;
    fail_unless(std::fabs(area - 0.5) < 0.01, "%s: %g", value.c_str(), area);
  }
}
GST_END_TEST

GST_START_TEST(polygon_without_a_box_is_in_the_usual_order)
{
  fail_unless(same(rings_of("[[200,100],[600,900],[200,900]]", kNoBox), kTriangle));
  fail_unless(same(rings_of("[100,200,900,600,900,200]", kNoBox), kTriangle));
  fail_unless(same(rings_of("\"100,200,900,600,900,200\"", kNoBox), kTriangle));
  fail_unless(same(rings_of(R"([{"y":100,"x":200},{"y":900,"x":600},{"y":900,"x":200}])", kNoBox),
                   kTriangle));
  fail_unless(same(rings_of("[[0.2,0.1],[0.6,0.9],[0.2,0.9]]", kNoBox), kTriangle));
  fail_unless(
      same(rings_of(R"([{"point":[100,200]},{"point":[900,600]},{"point":[900,200]}])", kNoBox),
           kTriangle));
  // One slip makes no rows of numbers of it.
  fail_unless(same(rings_of("[[100,200],[300,200],[300,600],[100,600,5]]", kNoBox),
                   "100,200 300,200 300,600 100,600"));
}
GST_END_TEST

GST_START_TEST(polygon_in_a_square_box_is_in_the_usual_order)
{
  // Both orders fit.
  const Rect square{0.2, 0.2, 0.5, 0.5};
  fail_unless(same(rings_of("[[200,300],[700,200],[600,700]]", square), "200,300 700,200 600,700"));
  fail_unless(same(rings_of("[200,300,700,200,600,700]", square), "300,200 200,700 700,600"));
}
GST_END_TEST

GST_START_TEST(polygon_with_a_point_too_far_keeps_its_order)
{
  // As [y, x] all points are in the box, as [x, y] all but one; and yet it is the box of [x, y].
  const Rect box{0.3, 0.28, 0.4, 0.44};
  fail_unless(same(rings_of("[[500,280],[640,340],[725,500],[640,660],[500,720],[360,660],"
                            "[300,500],[360,340]]",
                            box),
                   "500,280 640,340 725,500 640,660 500,720 360,660 300,500 360,340"));
  fail_unless(same(rings_of("[[500,280],[725,500],[500,720],[300,500]]", box),
                   "500,280 725,500 500,720 300,500"));
  // The one that is far out makes the bounds of both orders say little.
  fail_unless(same(rings_of("[[200,500],[250,110],[400,100],[580,120],[600,500],[590,880],"
                            "[400,900],[210,880],[990,500]]"),
                   "200,500 250,110 400,100 580,120 600,500 590,880 400,900 210,880 990,500"));
}
GST_END_TEST

GST_START_TEST(polygon_has_to_fit_its_box)
{
  const std::string no = "the polygon does not fit its box";
  const Rect corner{0.7, 0.7, 0.2, 0.2};
  fail_unless(same(rings_of("[[100,100],[200,100],[200,300],[100,300]]", corner), no));
  // Relative to the box.
  fail_unless(
      same(rings_of("[[0,0],[1000,0],[1000,1000],[0,1000]]", Rect{0.6, 0.6, 0.3, 0.3}), no));
  // Parts of what is in the box, and what goes round it.
  fail_unless(same(rings_of("[[710,710],[740,710],[740,740]]", corner), "710,710 740,710 740,740"));
  fail_unless(same(rings_of("[[500,500],[1000,500],[1000,1000],[500,1000]]", corner),
                   "500,500 1000,500 1000,1000 500,1000"));
}
GST_END_TEST

GST_START_TEST(polygon_of_corners_is_the_whole_picture_where_its_box_is)
{
  const std::string corners = "[[0,0],[1,0],[1,1],[0,1]]";
  fail_unless(same(rings_of(corners, Rect{0, 0, 1, 1}), "0,0 1000,0 1000,1000 0,1000"));
  fail_unless(same(rings_of(corners, Rect{0, 0, 0.001, 0.001}), "0,0 1,0 1,1 0,1"));
}
GST_END_TEST

GST_START_TEST(polygon_of_several_rings_has_holes)
{
  const std::vector<std::string> values = {
      "[[[200,100],[600,100],[600,900],[200,900]],[[300,300],[500,300],[500,700],[300,700]]]",
      "[[100,200,100,600,900,600,900,200],[300,300,300,500,700,500,700,300]]",
      R"({"rings":["100 200 100 600 900 600 900 200","300 300 300 500 700 500 700 300"]})",
      R"({"exterior":[[200,100],[600,100],[600,900],[200,900]],)"
      R"("interiors":[[[300,300],[500,300],[500,700],[300,700]]]})",
      R"({"polygon":[[200,100],[600,100],[600,900],[200,900]],)"
      R"("holes":[[300,300],[500,300],[500,700],[300,700]]})",
  };
  for (const std::string &value : values) {
    const ReadMask read = good(value);
    fail_unless(same(to_text(read.rings), "200,100 600,100 600,900 200,900 | "
                                          "300,300 500,300 500,700 300,700"));
    const double area = area_of(read.mask->coverage) / read.mask->width / read.mask->height;
    fail_unless(std::fabs(area - 0.75) < 0.01, "%g", area);
  }
}
GST_END_TEST

GST_START_TEST(polygon_is_put_right_where_it_can_be)
{
  const struct {
    const char *value;
    const char *rings;
    const char *remark;
  } cases[] = {
      {"[100,200,900,600,900,200,7]", kTriangle, "the polygon ends in half a point"},
      {"[[200,100],[600,900],[200,900],[5]]", kTriangle,
       "the polygon holds something that is no point"},
      {"[[200,100],[600,900],null,[200,900]]", kTriangle,
       "the polygon holds something that is no point"},
      {"\"100,200,nan,900,600,900,200\"", kTriangle,
       "the polygon holds something that is no point"},
      {"[[[200,100],[600,900],[200,900]],[[1,1],[2,2]]]", kTriangle,
       "the polygon has a part of fewer than three points"},
      {"[[200,-100],[600,-100],[600,500],[200,500]]", "600,0 600,500 200,500 200,0",
       "the polygon was cropped to the picture"},
      {"[[200,500],[600,500],[600,1e300],[200,1e300]]", "200,500 600,500 600,1000 200,1000",
       "the polygon was cropped to the picture"},
      // A little too far is no news.
      {"[[200,-5],[600,-5],[600,500],[200,500]]", "600,0 600,500 200,500 200,0", ""},
      {"[[200,500],[600,500],[600,1001],[200,1001]]", "200,500 600,500 600,1000 200,1000", ""},
      {"[[200,-6],[600,-6],[600,500],[200,500]]", "600,0 600,500 200,500 200,0",
       "the polygon was cropped to the picture"},
  };
  for (const auto &c : cases) {
    const ReadMask read = good(c.value);
    fail_unless(same(to_text(read.rings), c.rings), "%s", c.value);
    fail_unless(same(read.remark, c.remark), "%s", c.value);
  }
}
GST_END_TEST

GST_START_TEST(polygon_that_is_none_is_named)
{
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"[[200,100],[600,900]]", "the polygon has fewer than three points"},
      {"[1,2,3,4,5]", "the polygon has fewer than three points"},
      {"[[[],[]],[]]", "the polygon is empty"},
      {"[[200,100],[600,900],[400,500]]", ""}, // thin, and yet not empty by its bounds
      {"[[200,100],[200,900],[200,500]]", "the polygon has no area"},
      {"[[5,5],[5,5],[5,5]]", "the polygon has no area"},
      {"[[2000,2000],[3000,2000],[3000,3000]]", "the polygon is outside the picture"},
      {R"([{"a":1,"b":2},{"a":1,"b":2},{"a":1,"b":2}])", "the polygon holds no points"},
      {R"({"shape":"round"})", "the polygon holds no points"},
  };
  for (const auto &[value, should] : cases) {
    const auto result = read(value);
    fail_unless(same(result ? "" : result.error(), should), "%s", value.c_str());
  }
}
GST_END_TEST

GST_START_TEST(polygon_of_very_many_points_is_thinned_out)
{
  std::string points;
  for (int i = 0; i < 70'000; ++i) {
    const double angle = i * 2 * M_PI / 70'000;
    char text[64];
    std::snprintf(text, sizeof text, "%s[%.4f,%.4f]", i == 0 ? "[" : ",",
                  500 + 400 * std::cos(angle), 500 + 400 * std::sin(angle));
    points += text;
  }
  points += ']';
  for (const std::string &value : {points, '"' + points + '"'}) {
    const ReadMask read = good(value, Rect{0.1, 0.1, 0.8, 0.8});
    fail_unless(read.rings.size() == 1 && read.rings[0].size() <= kMaxPolygonPoints);
    fail_unless(read.rings[0].size() > kMaxPolygonPoints / 4);
    fail_unless(same(read.remark, "the polygon has too many points, not all were kept"));
    fail_unless(iou_with(in_ellipse, *read.mask) > 0.99);
  }
}
GST_END_TEST

GST_START_TEST(polygon_made_to_do_harm_takes_little_time_and_memory)
{
  const std::vector<std::string> values = {
      '[' + repeated("[0,0],[1000,1000],", 80'000) + "[1,2]]",
      '[' + repeated("[[1,2]],", 100'000) + "[1,2]]",
      '[' + repeated("[],", 200'000) + "[1,2]]",
      '[' + repeated("[0,0,0,1000,1000,1000],", 50'000) + "[1,2]]",
      '"' + repeated("0,1000,1000,0,", 300'000) + '"',
      '"' + repeated("[", 2'000'000) + '"',
      '"' + repeated("[1,", 1'000'000) + '"',
      '"' + repeated("x ", 2'000'000) + '"',
      '"' + repeated("1", 4'000'000) + '"',
      repeated("[", 60) + "1,2,3" + repeated("]", 60),
      '[' + repeated(R"({"x":1,"y":2},)", 100'000) + "1]",
      '"' + repeated("<seg_1>", 500'000) + '"',
      '"' + repeated("data:", 800'000) + '"',
      '"' + repeated(" ", 4'000'000) + "iVBORw0KGgo\"",
  };
  for (const std::string &value : values) {
    const std::clock_t begin = std::clock();
    const auto result = read(value);
    const double taken = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    fail_unless(taken < 5, "%.40s took %g s", value.c_str(), taken);
    std::size_t points = 0;
    if (result) {
      fail_unless(result->mask->coverage.size() <= kOptions.max_cells);
      for (const Ring &ring : result->rings)
        points += ring.size();
    }
    fail_unless(points <= kMaxPolygonPoints);
  }
}
GST_END_TEST

GST_START_TEST(mask_has_no_more_cells_than_allowed)
{
  const std::string png = '"' + data_url(png_of(in_ellipse)) + '"';
  for (const std::size_t most : {0U, 1U, 100U, 10'000U}) {
    const MaskOptions options{3840, 2160, 127, most};
    for (const std::string &value : {png, std::string{"[[0,0],[1000,0],[0,1000]]"}}) {
      const ReadMask read = good(value, Rect{0, 0, 1, 1}, options);
      fail_unless(read.mask->coverage.size() <= std::max<std::size_t>(most, 1));
      fail_unless(read.mask->coverage.size() * 2 >= most);
    }
  }
}
GST_END_TEST

GST_START_TEST(mask_is_found_under_any_of_its_names)
{
  const auto found = [](const std::string &object) {
    const JsonDocument document = JsonDocument::scattered(object);
    const Json mask = mask_of(document.root());
    return std::string{mask ? mask.is_string() ? mask.text() : mask.key() : "none"};
  };
  for (const char *name :
       {"mask", "Mask", "masks", "segmentation_mask", "segmentationMask", "segmentation", "polygon",
        "polygons", "contour", "outline", "points", "mask_2d"}) {
    fail_unless(same(found(std::string{R"({"box_2d":[1,2,3,4],")"} + name + R"(":"yes"})"), "yes"),
                "%s", name);
  }
  fail_unless(same(found(R"({"box_2d":[1,2,3,4],"label":"mask","point":[1,2]})"), "none"));
  fail_unless(same(found(R"({"mask":null})"), "none"));
  fail_unless(same(found("[1,2]"), "none"));
  fail_unless(same(found(R"({"mask":[]})"), "mask"));
  // What is empty does not hide what is not.
  fail_unless(same(found(R"({"mask":"","polygon":"yes"})"), "yes"));
  fail_unless(same(found(R"({"mask":null,"points":"yes"})"), "yes"));
  fail_unless(same(found(R"({"polygon":"no","mask":"yes"})"), "yes"));
}
GST_END_TEST

GST_START_TEST(mask_of_no_use_has_others_beside_it)
{
  const auto others = [](const std::string &members) {
    const JsonDocument document = JsonDocument::scattered(R"({"mask":)" + members + "}");
    std::string names;
    for (const Json other : other_masks_of(document.root(), document.root().member("mask")))
      names += (names.empty() ? "" : " ") + std::string{other.key()};
    return names;
  };
  fail_unless(same(others(R"("no","polygon":[[1,2]],"segments":null,"label":"a","outline":"")"),
                   "polygon"));
  fail_unless(
      same(others(R"("no","outline":"1,2,3","mask_png":"iVBORw0KGgo=")"), "mask_png outline"));
  // Each picture that is read costs: one is enough.
  fail_unless(same(others(R"("no","mask_png":"a","mask_data":{"data":"b"},"polygon":[[1,2]])"),
                   "mask_data polygon"));
  fail_unless(same(others('"' + std::string(2000, 'A') + R"(","mask_png":"a","polygon":[[1,2]])"),
                   "polygon"));
}
GST_END_TEST

GST_START_TEST(polygon_is_traced_before_it_is_filled)
{
  const JsonDocument document =
      JsonDocument::scattered(R"({"mask":[[200,100],[600,900],[200,900]]})");
  const auto traced = trace_mask(document.root().member("mask"), kBox, kOptions);
  fail_unless(traced && !traced->mask && same(to_text(traced->rings), kTriangle));
  const ReadMask read = good("[[200,100],[600,900],[200,900]]");
  fail_unless(*fill_rings(traced->rings, kOptions) == *read.mask);
}
GST_END_TEST

static Suite *wire_mask_suite()
{
  Suite *suite = suite_create("wire_mask");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, mask_is_read_from_a_data_url);
  tcase_add_test(tcase, mask_is_read_from_bare_base64);
  tcase_add_test(tcase, mask_is_read_from_inline_data);
  tcase_add_test(tcase, mask_is_read_from_sloppy_base64);
  tcase_add_test(tcase, base64_is_that_of_glib);
  tcase_add_test(tcase, mask_behind_tokens_is_read);
  tcase_add_test(tcase, mask_that_is_none_is_named);
  tcase_add_test(tcase, mask_of_nothing_says_so);
  tcase_add_test(tcase, mask_is_cut_at_the_threshold);
  tcase_add_test(tcase, mask_keeps_its_shape_as_a_png_and_as_a_polygon);
  tcase_add_test(tcase, polygon_is_read_in_every_shape);
  tcase_add_test(tcase, polygon_without_a_box_is_in_the_usual_order);
  tcase_add_test(tcase, polygon_in_a_square_box_is_in_the_usual_order);
  tcase_add_test(tcase, polygon_with_a_point_too_far_keeps_its_order);
  tcase_add_test(tcase, polygon_has_to_fit_its_box);
  tcase_add_test(tcase, polygon_of_corners_is_the_whole_picture_where_its_box_is);
  tcase_add_test(tcase, polygon_of_several_rings_has_holes);
  tcase_add_test(tcase, polygon_is_put_right_where_it_can_be);
  tcase_add_test(tcase, polygon_that_is_none_is_named);
  tcase_add_test(tcase, polygon_of_very_many_points_is_thinned_out);
  tcase_add_test(tcase, polygon_made_to_do_harm_takes_little_time_and_memory);
  tcase_add_test(tcase, mask_has_no_more_cells_than_allowed);
  tcase_add_test(tcase, mask_is_found_under_any_of_its_names);
  tcase_add_test(tcase, mask_of_no_use_has_others_beside_it);
  tcase_add_test(tcase, polygon_is_traced_before_it_is_filled);
  return suite;
}

GST_CHECK_MAIN(wire_mask)
