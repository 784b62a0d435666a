/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An application in C that knows nothing but the public header. Also compiled as C++ and against
 * the installed files. */
#include <gst/gemini/gemini.h>

/* From the fixture library; its header is not where an application would look. */
#ifdef __cplusplus
extern "C"
#endif
    GstGeminiScene *
    gemini_fixture_scene(void);

static int failures = 0;

static void expect(gboolean is_true, const char *claim)
{
  if (is_true)
    return;
  g_printerr("not so: %s\n", claim);
  failures++;
}
#define EXPECT(claim) expect((claim), #claim)

static void read_object(const GstGeminiScene *scene)
{
  g_autoptr(GstGeminiObject) person = gst_gemini_scene_get_object(scene, 0);
  g_autoptr(GstGeminiObject) sweet = gst_gemini_scene_get_object(scene, 1);
  gdouble x = -1, y = -1, w = -1, h = -1, confidence = -1;
  guint64 parent = 0;

  EXPECT(gst_gemini_object_get_id(person) == 3);
  EXPECT(g_str_equal(gst_gemini_object_get_label(person), "person"));
  EXPECT(gst_gemini_object_get_confidence(person, &confidence) && confidence == 0.9);
  EXPECT(gst_gemini_object_get_box(person, 640, 480, &x, &y, &w, &h));
  EXPECT(x == 160 && y == 240 && w == 320 && h == 120);
  EXPECT(gst_gemini_object_get_box(person, 640, 480, NULL, NULL, NULL, NULL));

  EXPECT(g_str_equal(gst_gemini_object_get_label(sweet), "M&M <b>"));
  EXPECT(!gst_gemini_object_get_confidence(sweet, &confidence) && confidence == 0);
  EXPECT(!gst_gemini_object_get_box(sweet, 640, 480, &x, &y, &w, &h));
  EXPECT(g_str_equal(gst_gemini_object_get_text(sweet), "Red & blue"));
  EXPECT(gst_gemini_object_get_parent_id(sweet, &parent) && parent == 17);
  EXPECT(g_str_equal(gst_gemini_object_get_parent_label(sweet), "bowl"));
  EXPECT(!gst_gemini_object_get_parent_label(person));
  EXPECT(x == 0 && y == 0 && w == 0 && h == 0);

  EXPECT(gst_gemini_object_get_state(person) == GST_GEMINI_OBJECT_STATE_KEPT);
  EXPECT(gst_gemini_object_get_age(person) == 1500 * GST_MSECOND);
  EXPECT(gst_gemini_object_get_track_confidence(person) == 0.75);
  EXPECT(gst_gemini_object_get_state(sweet) == GST_GEMINI_OBJECT_STATE_NEW);
  EXPECT(gst_gemini_object_get_age(sweet) == 0);
  EXPECT(gst_gemini_object_get_track_confidence(sweet) == 1);
}

static void read_shapes(const GstGeminiScene *scene)
{
  g_autoptr(GstGeminiObject) person = gst_gemini_scene_get_object(scene, 0);
  g_autoptr(GstGeminiObject) sweet = gst_gemini_scene_get_object(scene, 1);
  g_autoptr(GBytes) mask = NULL;
  g_autofree gdouble *ring = NULL;
  gdouble x = -1, y = -1, z = -1, w = -1, h = -1, size_z = -1, yaw = -1;
  guint columns = 0, rows = 0;
  gsize n_values = 0;

  EXPECT(gst_gemini_object_get_point(person, 640, 480, &x, &y));
  EXPECT(x == 320 && y == 300);
  mask = gst_gemini_object_get_mask(person, 640, 480, &x, &y, &w, &h, &columns, &rows);
  EXPECT(mask != NULL && g_bytes_get_size(mask) == 6);
  EXPECT(x == 160 && y == 240 && w == 320 && h == 120 && columns == 3 && rows == 2);
  EXPECT(gst_gemini_object_get_n_rings(person) == 2);
  ring = gst_gemini_object_get_ring(person, 0, 640, 480, &n_values);
  EXPECT(n_values == 6 && ring[0] == 160 && ring[1] == 240 && ring[4] == 320 && ring[5] == 360);
  EXPECT(gst_gemini_object_get_box_3d(person, &x, &y, &z, NULL, NULL, &size_z, NULL, NULL, &yaw));
  EXPECT(x == 0.5 && y == 2 && z == -0.25 && size_z == 1.5 && yaw == -90);

  EXPECT(!gst_gemini_object_get_point(sweet, 640, 480, NULL, NULL));
  EXPECT(!gst_gemini_object_get_mask(sweet, 640, 480, NULL, NULL, NULL, NULL, NULL, NULL));
  EXPECT(gst_gemini_object_get_n_rings(sweet) == 0);
  EXPECT(!gst_gemini_object_get_box_3d(sweet, NULL, &y, NULL, NULL, NULL, NULL, NULL, NULL, NULL));
  EXPECT(y == 0);
}

static void read_analysis(const GstGeminiScene *scene)
{
  g_autoptr(GstGeminiAnalysis) analysis = gst_gemini_scene_get_analysis(scene);
  g_autoptr(GDateTime) captured = gst_gemini_analysis_get_captured_at(analysis);
  g_autofree gchar *line = gst_gemini_analysis_to_ndjson(analysis);
  guint width = 0, height = 0;
  gint64 prompt = 0, output = 0, thoughts = 0, cached = 0, total = 0;

  gst_gemini_analysis_get_size(analysis, &width, &height);
  gst_gemini_analysis_get_usage(analysis, &prompt, &output, &thoughts, &cached, &total);
  EXPECT(gst_gemini_analysis_get_status(analysis) == GST_GEMINI_ANALYSIS_STATUS_PARTIAL);
  EXPECT(gst_gemini_analysis_get_task(analysis) == GST_GEMINI_TASK_SEGMENT);
  EXPECT(g_str_equal(gst_gemini_analysis_get_text(analysis), "A person & sweets"));
  EXPECT(g_str_equal(gst_gemini_analysis_get_json(analysis), "{\"people\":1}"));
  EXPECT(g_str_equal(gst_gemini_analysis_get_source(analysis), "camera-1"));
  EXPECT(gst_gemini_analysis_get_request_id(analysis) == 7);
  EXPECT(gst_gemini_analysis_get_pts(analysis) == 1 * GST_SECOND);
  EXPECT(gst_gemini_analysis_get_running_time(analysis) == 2 * GST_SECOND);
  EXPECT(gst_gemini_analysis_get_latency(analysis) == 1234 * GST_MSECOND);
  EXPECT(g_date_time_to_unix(captured) == 1795363200);
  EXPECT(g_date_time_get_microsecond(captured) == 250000);
  EXPECT(width == 1280 && height == 720);
  EXPECT(g_str_equal(gst_gemini_analysis_get_model(analysis), "gemini-flash-latest"));
  EXPECT(g_str_equal(gst_gemini_analysis_get_model_version(analysis), "emulator/1"));
  EXPECT(prompt == 1290 && output == 210 && thoughts == 3 && cached == 4 && total == 1500);
  EXPECT(gst_gemini_analysis_get_error_kind(analysis) == NULL);
  EXPECT(gst_gemini_analysis_get_error_message(analysis) == NULL);
  EXPECT(gst_gemini_analysis_get_n_problems(analysis) == 1);
  EXPECT(g_str_equal(gst_gemini_analysis_get_problem(analysis, 0), "object 3 has no box"));
  EXPECT(gst_gemini_analysis_get_n_objects(analysis) == 2);
  EXPECT(g_str_has_prefix(line, "{") && strchr(line, '\n') == NULL);
  EXPECT(strstr(line, "\"gst-gemini/1\"") != NULL);
}

static void read_gone(const GstGeminiScene *scene)
{
  g_autoptr(GstGeminiAnalysis) analysis = gst_gemini_scene_get_analysis(scene);
  g_autoptr(GstGeminiObject) bus = NULL;
  gdouble x = 0, y = 0, w = 0, h = 0;

  EXPECT(gst_gemini_analysis_get_n_gone(analysis) == 1);
  bus = gst_gemini_analysis_get_gone(analysis, 0);
  EXPECT(gst_gemini_object_get_id(bus) == 2);
  EXPECT(gst_gemini_object_get_state(bus) == GST_GEMINI_OBJECT_STATE_LEFT);
  EXPECT(gst_gemini_object_get_age(bus) == 3 * GST_SECOND);
  EXPECT(gst_gemini_object_get_box(bus, 640, 480, &x, &y, &w, &h));
  EXPECT(x == -160 && y == 240 && w == 160 && h == 120);
}

static void read_buffer(GstGeminiScene *scene)
{
  g_autoptr(GstBuffer) buffer = gst_buffer_new();
  g_autoptr(GstGeminiScene) nothing = gst_gemini_scene_from_buffer(buffer);
  g_autoptr(GstGeminiScene) found = NULL;

  EXPECT(nothing == NULL);
  EXPECT(gst_gemini_meta_add(buffer, scene) != NULL);
  found = gst_gemini_scene_from_buffer(buffer);
  EXPECT(found == scene);
}

static void read_nicks(void)
{
  GEnumClass *statuses = G_ENUM_CLASS(g_type_class_ref(GST_TYPE_GEMINI_SCENE_STATUS));
  GEnumClass *states = G_ENUM_CLASS(g_type_class_ref(GST_TYPE_GEMINI_OBJECT_STATE));

  EXPECT(g_enum_get_value_by_nick(statuses, "pending")->value == GST_GEMINI_SCENE_STATUS_PENDING);
  EXPECT(g_enum_get_value_by_nick(states, "new")->value == GST_GEMINI_OBJECT_STATE_NEW);
  EXPECT(g_enum_get_value_by_nick(states, "kept")->value == GST_GEMINI_OBJECT_STATE_KEPT);
  EXPECT(g_enum_get_value_by_nick(states, "lost")->value == GST_GEMINI_OBJECT_STATE_LOST);
  EXPECT(g_enum_get_value_by_nick(states, "left")->value == GST_GEMINI_OBJECT_STATE_LEFT);
  EXPECT(g_enum_get_value_by_nick(statuses, "failed")->value == GST_GEMINI_SCENE_STATUS_FAILED);
  g_type_class_unref(statuses);
  g_type_class_unref(states);
}

int main(int argc, char **argv)
{
  gst_init(&argc, &argv);

  g_autoptr(GstGeminiScene) scene = gemini_fixture_scene();
  EXPECT(gst_gemini_scene_get_status(scene) == GST_GEMINI_SCENE_STATUS_PARTIAL);
  EXPECT(gst_gemini_scene_get_n_objects(scene) == 2);
  read_object(scene);
  read_shapes(scene);
  read_analysis(scene);
  read_gone(scene);
  read_buffer(scene);
  read_nicks();
  return failures ? 1 : 0;
}
