// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers that real models gave, where they are at hand: none may be read as nothing at all, and
// masks have to have the right size.
#include "mask_support.hpp"
#include "wire/base64.hpp"
#include "wire/event_stream.hpp"
#include "wire/file_resource.hpp"
#include "wire/png.hpp"
#include "wire/reply.hpp"
#include "wire_support.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::GridSize;
using gemini::Mask;
using gemini::Object;
using gemini::Rect;
using gemini::Task;
using gemini::wire::GrayImage;

namespace {

const std::filesystem::path kFolder = FIXTURES;

std::string content(const std::filesystem::path &path)
{
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

// All but the index, whatever the folders are called.
std::vector<std::filesystem::path> recorded_files()
{
  std::vector<std::filesystem::path> files;
  std::error_code no_folder;
  for (const auto &entry : std::filesystem::recursive_directory_iterator{kFolder, no_folder}) {
    if (entry.is_regular_file() && entry.path().filename() != "index.tsv")
      files.push_back(entry.path());
  }
  return files;
}

void check_text(const std::filesystem::path &file, const std::string &text)
{
  if (!g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr) ||
      text.find('\0') != std::string::npos)
    return; // no text of a model
  for (const Task task : {Task::detect, Task::segment, Task::point, Task::boxes_3d, Task::caption,
                          Task::classify, Task::ask}) {
    const auto reply = gemini::wire::read_reply({.task = task, .width = 640, .height = 480},
                                                gemini::test::reply_body(text));
    fail_unless(reply.has_value(), "%s", file.c_str());
    const bool is_nothing_seen = text.find("[]") != std::string::npos ||
                                 text.find("{}") != std::string::npos ||
                                 text.find("null") != std::string::npos;
    fail_unless(!reply->objects.empty() || reply->text || !reply->problems.empty() ||
                    is_nothing_seen,
                "%s as %s", file.c_str(), to_string(task));
  }
}

// A PNG that stands in an answer and its box, found without the reader.
struct WrittenMask {
  Rect box;
  GrayImage map;
};

std::string without_escapes(const std::string &text)
{
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size())
      out += text[++i] == '"' ? '"' : ' ';
    else
      out += text[i];
  }
  return out;
}

// Of the same object; where the picture is in one of its own, the box before that.
std::optional<Rect> box_beside(const std::string &text, std::size_t at)
{
  std::size_t name = text.find("box_2d", text.rfind('{', at));
  if (name > text.find('}', at))
    name = text.rfind("box_2d", at);
  const std::size_t list = text.find('[', name);
  double top = 0;
  double left = 0;
  double bottom = 0;
  double right = 0;
  if (list == std::string::npos || std::sscanf(text.c_str() + list, "[ %lf , %lf , %lf , %lf", &top,
                                               &left, &bottom, &right) != 4)
    return std::nullopt;
  const auto [x, x_end] = std::minmax(left, right);
  const auto [y, y_end] = std::minmax(top, bottom);
  return Rect{x / 1000, y / 1000, (x_end - x) / 1000, (y_end - y) / 1000};
}

// Without those that are cut, damaged or partly outside the picture.
std::vector<WrittenMask> written_masks(const std::string &escaped)
{
  constexpr std::string_view kBeginning = "iVBORw0KGgo"; // of a PNG in base64
  const std::string text = without_escapes(escaped);
  std::vector<WrittenMask> masks;
  std::size_t end = 0;
  for (std::size_t at = text.find(kBeginning); at != std::string::npos;
       at = text.find(kBeginning, end)) {
    end = std::min(text.find_first_of("\"'<", at), text.size());
    const std::optional<Rect> box = box_beside(text, at);
    const auto file = gemini::wire::decode_base64(text.substr(at, end - at), text.size());
    if (text.find('}', end) == std::string::npos || !box || !file || box->x < 0 || box->y < 0 ||
        box->right() > 1 || box->bottom() > 1)
      continue;
    if (auto map = gemini::wire::read_png(*file))
      masks.push_back({*box, std::move(*map)});
  }
  return masks;
}

bool is_same(const Rect &a, const Rect &b)
{
  constexpr double kRounding = 1e-9;
  return std::fabs(a.x - b.x) < kRounding && std::fabs(a.y - b.y) < kRounding &&
         std::fabs(a.w - b.w) < kRounding && std::fabs(a.h - b.h) < kRounding;
}

// Whether the mask covers as much of its box as the map does when it is resized to it.
bool has_area_of(const Mask &mask, const GrayImage &map)
{
  const std::vector<std::uint8_t> should = gemini::test::reference_mask(
      map.pixels, GridSize{map.width, map.height}, GridSize{mask.width, mask.height}, 127);
  const double area = gemini::test::area_of(should);
  return std::fabs(gemini::test::area_of(mask.coverage) - area) <= area * 0.01;
}

std::size_t check_masks(const std::filesystem::path &file, const std::string &text)
{
  constexpr int kWidth = 640;
  constexpr int kHeight = 480;
  const std::vector<WrittenMask> masks = written_masks(text);
  if (masks.empty())
    return 0;
  const bool is_reply = text.find("\"candidates\"") != std::string::npos;
  const auto reply = gemini::wire::read_reply(
      {.task = Task::segment, .max_objects = 50, .width = kWidth, .height = kHeight},
      is_reply ? text : gemini::test::reply_body(text));
  fail_unless(reply.has_value(), "%s", file.c_str());
  for (const WrittenMask &written : masks) {
    // One box may have several masks.
    const bool is_there =
        std::any_of(reply->objects.begin(), reply->objects.end(), [&written](const Object &object) {
          return object.box && object.mask && is_same(*object.box, written.box) &&
                 std::fabs(object.mask->width - written.box.w * kWidth) <= 1 &&
                 std::fabs(object.mask->height - written.box.h * kHeight) <= 1 &&
                 has_area_of(*object.mask, written.map);
        });
    fail_unless(is_there, "%s: no mask of the right area in the box at %g, %g of %g x %g",
                file.c_str(), written.box.x, written.box.y, written.box.w, written.box.h);
  }
  return masks.size();
}

} // namespace

GST_START_TEST(real_answers_are_read)
{
  const auto files = recorded_files();
  if (files.empty())
    g_print("SKIPPED: no recorded answers in %s\n", kFolder.c_str());
  for (const std::filesystem::path &file : files) {
    const std::string text = content(file);
    gemini::wire::read_reply({}, text); // some are whole replies
    check_text(file, text);
  }
}
GST_END_TEST

// Bodies of the service itself, by the beginning of their names.
GST_START_TEST(real_replies_of_the_service_are_understood)
{
  std::size_t n = 0;
  for (const std::filesystem::path &file : recorded_files()) {
    const std::string name = file.filename().string();
    const std::string text = content(file);
    constexpr std::string_view kError = "api-error-";
    if (name.starts_with(kError)) {
      const int status = std::atoi(name.c_str() + kError.size());
      fail_unless(status >= 400, "%s", file.c_str());
      const auto failure = gemini::wire::read_error(status, text, {});
      fail_unless_equals_int(failure.http_status, status);
      fail_unless(failure.kind != gemini::FailureKind::bad_reply, "%s", file.c_str());
      fail_unless(failure.message.size() > 20, "%s: %s", file.c_str(), failure.message.c_str());
    } else if (name.starts_with("api-prompt-blocked")) {
      const auto reply = gemini::wire::read_reply({}, text);
      fail_unless(reply && reply->status == gemini::AnalysisStatus::blocked, "%s", file.c_str());
    } else if (name.starts_with("api-sse-")) {
      gemini::wire::EventStream events;
      gemini::wire::StreamedBody body;
      events.feed(text);
      while (const auto event = events.next())
        body.add(*event);
      fail_unless(gemini::wire::read_reply({.task = Task::ask}, body.body()).has_value(), "%s",
                  file.c_str());
    } else if (name.starts_with("api-file-")) {
      fail_unless(gemini::wire::read_file_resource(text).has_value(), "%s", file.c_str());
    } else {
      continue;
    }
    ++n;
  }
  if (n == 0)
    g_print("SKIPPED: no recorded replies of the service in %s\n", kFolder.c_str());
}
GST_END_TEST

GST_START_TEST(real_masks_have_the_area_of_their_maps)
{
  std::size_t n = 0;
  for (const std::filesystem::path &file : recorded_files())
    n += check_masks(file, content(file));
  if (n == 0)
    g_print("SKIPPED: no recorded masks in %s\n", kFolder.c_str());
  else
    g_print("%zu recorded masks were compared\n", n);
}
GST_END_TEST

static Suite *fixtures_suite()
{
  Suite *suite = suite_create("fixtures");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, real_answers_are_read);
  tcase_add_test(tcase, real_replies_of_the_service_are_understood);
  tcase_add_test(tcase, real_masks_have_the_area_of_their_maps);
  return suite;
}

GST_CHECK_MAIN(fixtures)
