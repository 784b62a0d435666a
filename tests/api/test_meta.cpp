// SPDX-License-Identifier: LGPL-2.1-or-later
// GstGeminiMeta by itself: adding, replacing, copying, and each transform.

#include "values.hpp"

#include <gst/video/video.h>

#include <array>
#include <memory>
#include <string>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace gemini::test;

namespace {

Ref<GstBuffer> make_buffer()
{
  return Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, 16, nullptr));
}

GstVideoInfo make_info(guint width, guint height, int par_n = 1, int par_d = 1)
{
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, width, height);
  info.par_n = par_n;
  info.par_d = par_d;
  return info;
}

// What a filter does with the metadata of its input. Returns whether the scene is on the output
// afterwards.
bool survives(const char *type, void *data)
{
  const auto in = make_buffer();
  const auto out = make_buffer();
  const auto scene = make_scene();
  GstGeminiMeta *meta = gst_gemini_meta_add(in.get(), scene.get());
  const gboolean done = GST_GEMINI_META_INFO->transform_func(out.get(), &meta->meta, in.get(),
                                                             g_quark_from_string(type), data);
  const auto found = scene_of(out.get());
  fail_unless((found.get() != nullptr) == (done == TRUE));
  return done;
}

bool survives_scale(GstVideoInfo in, GstVideoInfo out)
{
  GstVideoMetaTransform scale{&in, &out};
  return survives("gst-video-scale", &scale);
}

} // namespace

GST_START_TEST(buffer_without_meta_has_no_scene)
{
  const auto buffer = make_buffer();
  fail_unless(gst_gemini_meta_get(buffer.get()) == nullptr);
  fail_unless(gst_gemini_scene_from_buffer(buffer.get()) == nullptr);
}
GST_END_TEST

GST_START_TEST(meta_keeps_the_scene_alive_as_long_as_the_buffer)
{
  auto value = make_value();
  const std::weak_ptr<const Scene> alive = value;
  auto buffer = make_buffer();
  {
    const auto scene = Ref<GstGeminiScene>::adopt(gst_gemini_scene_new_private(std::move(value)));
    fail_unless(gst_gemini_meta_add(buffer.get(), scene.get())->scene == scene.get());
  }
  fail_if(alive.expired());
  buffer = {};
  fail_unless(alive.expired());
}
GST_END_TEST

GST_START_TEST(newer_scene_takes_the_place_of_the_older)
{
  auto value = make_value();
  const std::weak_ptr<const Scene> old_alive = value;
  auto old = Ref<GstGeminiScene>::adopt(gst_gemini_scene_new_private(std::move(value)));
  const auto scene = make_scene();
  const auto buffer = make_buffer();
  GstGeminiMeta *meta = gst_gemini_meta_add(buffer.get(), old.get());
  old = {};

  fail_unless(gst_gemini_meta_add(buffer.get(), scene.get()) == meta);
  fail_unless(old_alive.expired());
  fail_unless(scene_of(buffer.get()).get() == scene.get());
  fail_unless_equals_uint64(gst_buffer_get_n_meta(buffer.get(), GST_GEMINI_META_API_TYPE), 1);
  // Again the same, which must not be freed in between.
  fail_unless(gst_gemini_meta_add(buffer.get(), meta->scene) == meta);
  fail_unless(scene_of(buffer.get()).get() == scene.get());
}
GST_END_TEST

GST_START_TEST(shared_or_missing_buffer_is_refused)
{
  const auto scene = make_scene();
  const auto buffer = make_buffer();
  const Ref<GstBuffer> other = buffer;
  for (GstBuffer *bad : {buffer.get(), static_cast<GstBuffer *>(nullptr)}) {
    GstGeminiMeta *meta = nullptr;
    fail_unless_equals_int(criticals_of([&] { meta = gst_gemini_meta_add(bad, scene.get()); }), 1);
    fail_unless(meta == nullptr);
  }
  fail_unless(gst_gemini_meta_get(buffer.get()) == nullptr);
}
GST_END_TEST

GST_START_TEST(missing_scene_is_refused)
{
  const auto buffer = make_buffer();
  GstGeminiMeta *meta = nullptr;
  fail_unless_equals_int(criticals_of([&] { meta = gst_gemini_meta_add(buffer.get(), nullptr); }),
                         1);
  fail_unless(meta == nullptr);
  fail_unless(gst_gemini_meta_get(buffer.get()) == nullptr);
}
GST_END_TEST

GST_START_TEST(copies_share_the_scene)
{
  const auto scene = make_scene();
  const auto buffer = make_buffer();
  gst_gemini_meta_add(buffer.get(), scene.get());

  const auto copy = Ref<GstBuffer>::adopt(gst_buffer_copy(buffer.get()));
  const auto deep = Ref<GstBuffer>::adopt(gst_buffer_copy_deep(buffer.get()));
  const auto part =
      Ref<GstBuffer>::adopt(gst_buffer_copy_region(buffer.get(), GST_BUFFER_COPY_ALL, 4, 8));
  // The second reference makes it not writable, so that this makes a copy.
  const auto writable = Ref<GstBuffer>::adopt(
      gst_buffer_make_writable(Ref<GstBuffer>::share(buffer.get()).release()));
  fail_if(writable.get() == buffer.get());
  for (const Ref<GstBuffer> &made : {copy, deep, part, writable})
    fail_unless(scene_of(made.get()).get() == scene.get());
}
GST_END_TEST

GST_START_TEST(api_is_tagged_as_video_of_a_size_and_orientation)
{
  const GType api = GST_GEMINI_META_API_TYPE;
  for (const char *tag :
       {GST_META_TAG_VIDEO_STR, GST_META_TAG_VIDEO_SIZE_STR, GST_META_TAG_VIDEO_ORIENTATION_STR})
    fail_unless(gst_meta_api_type_has_tag(api, g_quark_from_string(tag)), "%s", tag);
}
GST_END_TEST

GST_START_TEST(scaling_with_the_same_aspect_keeps_the_scene)
{
  struct Case {
    const char *what;
    GstVideoInfo in, out;
  };
  const std::array kCases{
      Case{"half", make_info(640, 480), make_info(320, 240)},
      Case{"the same size", make_info(333, 217), make_info(333, 217)},
      Case{"480 lines of 16:9", make_info(1920, 1080), make_info(854, 480)},
      Case{"rounded down", make_info(640, 480), make_info(333, 250)},
      Case{"stretched, but shown alike", make_info(640, 480), make_info(640, 360, 3, 4)},
      Case{"from PAL pixels to square ones", make_info(720, 576, 16, 15), make_info(768, 576)},
      Case{"portrait", make_info(1080, 1920), make_info(270, 480)},
  };
  for (const Case &c : kCases) {
    fail_unless(survives_scale(c.in, c.out), "%s", c.what);
    fail_unless(survives_scale(c.out, c.in), "%s, the other way", c.what);
  }
}
GST_END_TEST

GST_START_TEST(scaling_to_another_aspect_drops_the_scene)
{
  struct Case {
    const char *what;
    GstVideoInfo in, out;
  };
  const std::array kCases{
      Case{"4:3 and 16:9", make_info(640, 480), make_info(640, 360)},
      Case{"a few lines of border", make_info(1920, 1080), make_info(848, 480)},
      Case{"the same size, other pixels", make_info(720, 576), make_info(720, 576, 16, 15)},
      Case{"turned", make_info(640, 480), make_info(480, 640)},
      Case{"unknown size", make_info(640, 480), make_info(0, 0)},
  };
  for (const Case &c : kCases) {
    fail_if(survives_scale(c.in, c.out), "%s", c.what);
    fail_if(survives_scale(c.out, c.in), "%s, the other way", c.what);
  }
}
GST_END_TEST

GST_START_TEST(unknown_transforms_drop_the_scene)
{
  fail_if(survives("a-transform-of-the-future", nullptr));
}
GST_END_TEST

#if GST_CHECK_VERSION(1, 28, 0)
GST_START_TEST(matrix_keeps_the_scene_only_when_it_is_of_the_whole)
{
  const GstVideoInfo in = make_info(640, 480);
  const GstVideoInfo out = make_info(640, 360);
  const GstVideoRectangle in_all{0, 0, 640, 480};
  const GstVideoRectangle out_all{0, 0, 640, 360};
  const GstVideoRectangle bordered{80, 0, 480, 360};
  const GstVideoRectangle cropped{100, 100, 320, 240};
  GstVideoMetaTransformMatrix matrix;

  gst_video_meta_transform_matrix_init(&matrix, &in, &in_all, &out, &out_all);
  fail_unless(survives("gst-video-matrix", &matrix), "stretched without borders");
  matrix.matrix[0][0] *= -1;
  fail_if(survives("gst-video-matrix", &matrix), "mirrored out of the frame");
  matrix.matrix[0][2] = 639;
  fail_unless(survives("gst-video-matrix", &matrix), "mirrored");
  matrix.matrix[0][0] *= -1;
  fail_if(survives("gst-video-matrix", &matrix), "moved aside");
  matrix.matrix[0][2] = 0;
  matrix.matrix[0][1] = 0.1F;
  fail_if(survives("gst-video-matrix", &matrix), "sheared");
  gst_video_meta_transform_matrix_init(&matrix, &in, &in_all, &out, &bordered);
  fail_if(survives("gst-video-matrix", &matrix), "letterboxed");
  gst_video_meta_transform_matrix_init(&matrix, &in, &cropped, &out, &out_all);
  fail_if(survives("gst-video-matrix", &matrix), "cropped");
}
GST_END_TEST
#endif

static Suite *meta_suite(void)
{
  Suite *suite = suite_create("meta");
  TCase *cases = tcase_create("meta");
  suite_add_tcase(suite, cases);
  tcase_add_test(cases, buffer_without_meta_has_no_scene);
  tcase_add_test(cases, meta_keeps_the_scene_alive_as_long_as_the_buffer);
  tcase_add_test(cases, newer_scene_takes_the_place_of_the_older);
  tcase_add_test(cases, copies_share_the_scene);
  tcase_add_test(cases, api_is_tagged_as_video_of_a_size_and_orientation);
  tcase_add_test(cases, scaling_with_the_same_aspect_keeps_the_scene);
  tcase_add_test(cases, scaling_to_another_aspect_drops_the_scene);
  tcase_add_test(cases, unknown_transforms_drop_the_scene);
#if GST_CHECK_VERSION(1, 28, 0)
  tcase_add_test(cases, matrix_keeps_the_scene_only_when_it_is_of_the_whole);
#endif
  tcase_add_test(cases, shared_or_missing_buffer_is_refused);
  tcase_add_test(cases, missing_scene_is_refused);
  return suite;
}

GST_CHECK_MAIN(meta)
