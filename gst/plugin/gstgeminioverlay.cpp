// SPDX-License-Identifier: LGPL-2.1-or-later
// The element that draws what is known about a frame into the frame.

/**
 * SECTION:element-geminioverlay
 * @title: geminioverlay
 *
 * Draws every object that a buffer carries: its box, mask, point or box in space, and its label;
 * and below them the words and classes that the model answered with. They come from the scene that
 * geminianalyzer attached, or else from what others have found: detections with their classes and
 * tracks of GstAnalytics (GStreamer 1.24 or later), and #GstVideoRegionOfInterestMeta, whoever
 * attached them. The same label has the same colour on every frame and in every run. Frames with
 * nothing to draw pass untouched.
 *
 * Where an `image-orientation` tag says that the frame will be turned when it is shown, text is
 * drawn so that it is upright then.
 *
 * Text is never scaled by the pixel aspect ratio: on video with wide pixels it looks wide, too.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 filesrc location=street.mp4 ! decodebin ! videoconvert ! geminianalyzer
 * prompt="people" ! geminioverlay ! videoconvert ! autovideosink
 * ]| Shows a film with boxes round the people in it. geminianalyzer finds the key for the service
 * in the environment variable GEMINI_API_KEY.
 *
 * Since: 0.1
 */

#include "plugin/gstgeminioverlay.h"

#include "glib/guarded.hpp"
#include "plugin/frame_format.hpp"
#include "plugin/orientation_tags.hpp"
#include "plugin/overlay_blend.hpp"
#include "plugin/overlay_properties.hpp"
#include "plugin/overlay_source.hpp"
#include "plugin/redactor.hpp"
#include "plugin/upright_renderer.hpp"
#include "plugin/word_list.hpp"

#include <gst/video/video.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

GST_DEBUG_CATEGORY_STATIC(gst_gemini_overlay_debug);
#define GST_CAT_DEFAULT gst_gemini_overlay_debug

namespace {

using namespace gemini;

constexpr Cover cover_of(Redact redact)
{
  return redact == Redact::blur       ? Cover::blur
         : redact == Redact::pixelate ? Cover::pixelate
                                      : Cover::solid;
}

Style style_of(const OverlaySettings &settings, const GstVideoInfo &info)
{
  return {
      .has_boxes = contains(settings.show, Show::boxes),
      .has_labels = contains(settings.show, Show::labels),
      .has_masks = contains(settings.show, Show::masks),
      .has_points = contains(settings.show, Show::points),
      .has_boxes_3d = contains(settings.show, Show::boxes_3d),
      .has_text = contains(settings.show, Show::text),
      .box_style = settings.box_style,
      .text_position = settings.text_position,
      .line_width = static_cast<int>(settings.line_width),
      .font_size = static_cast<int>(settings.font_size),
      .font = settings.font,
      .mask_opacity = settings.mask_opacity,
      .camera_fov = settings.camera_fov,
      .pixel_aspect = static_cast<double>(GST_VIDEO_INFO_PAR_N(&info)) /
                      std::max(1, GST_VIDEO_INFO_PAR_D(&info)),
  };
}

RedactSettings redact_settings_of(const OverlaySettings &settings)
{
  RedactSettings redact{.labels = {},
                        .margin = settings.redact_margin,
                        .hold = std::chrono::milliseconds{settings.redact_hold_ms},
                        .is_strict = settings.redact_strict};
  for (const std::string &label : split_list(settings.redact_labels))
    redact.labels.push_back(folded(label));
  return redact;
}

// What a frame is drawn by. Does not change once made.
struct Choice {
  OverlaySettings settings;
  ObjectLook look;
  RedactSettings redact;
};

struct Impl {
  // After a change of settings: what is newly wrong with them. That stays as it was before.
  std::optional<SettingProblem> derive() // under the lock
  {
    auto next =
        std::make_shared<Choice>(Choice{settings, choice->look, redact_settings_of(settings)});
    const auto before = std::exchange(problem, next->look.take(settings.look()));
    choice = std::move(next);
    return problem && (!before || before->message != problem->message) ? problem : std::nullopt;
  }

  std::shared_ptr<const Choice> current_choice() const
  {
    const std::lock_guard lock(mutex);
    return choice;
  }

  // What of the frame is drawn and what is covered.
  void look_at(GstBuffer *frame, std::chrono::nanoseconds running_time, Orientation orientation)
  {
    const auto now = current_choice();
    const PixelSize picture{GST_VIDEO_INFO_WIDTH(&info), GST_VIDEO_INFO_HEIGHT(&info)};
    const Knowledge known = known_on(frame, picture, now->settings.redact != Redact::none);
    redact(*now, picture, known, running_time, frame);
    Notes notes;
    if (now->settings.show != Show::nothing)
      notes = notes_of(known, now->look, running_time);
    if (!contains(now->settings.show, Show::status))
      notes.status.clear(); // or each change of it would be drawn anew
    drawing =
        renderer.render(picture, std::move(notes), style_of(now->settings, info), orientation);
  }

  void redact(const Choice &now, PixelSize picture, const Knowledge &known,
              std::chrono::nanoseconds running_time, GstBuffer *frame)
  {
    covered.reset();
    if (now.settings.redact == Redact::none) {
      redactor.reset();
      return;
    }
    how_covered = cover_of(now.settings.redact);
    const std::chrono::milliseconds max_age{now.settings.max_age_ms};
    covered = redactor.covered(picture,
                               {.objects = to_be_covered(known),
                                .is_certain = is_certain(known, running_time, max_age),
                                .running_time = running_time,
                                .duration = std::chrono::nanoseconds{static_cast<std::int64_t>(
                                    GST_BUFFER_DURATION(frame))}},
                               now.redact);
    if (covered->empty())
      covered.reset();
  }
  // In one buffer, of which only the first would be mapped.
  bool has_several_pictures() const
  {
    return GST_VIDEO_INFO_INTERLACE_MODE(&info) == GST_VIDEO_INTERLACE_MODE_FIELDS ||
           GST_VIDEO_INFO_MULTIVIEW_MODE(&info) == GST_VIDEO_MULTIVIEW_MODE_SEPARATED;
  }
  bool passes_as_it_is() const { return !covered && drawing->empty(); }

  void forget_drawings()
  {
    renderer.reset();
    blend.reset();
    drawing.reset();
    covered.reset();
    has_warned = false;
  }
  void forget()
  {
    forget_drawings();
    redactor.reset();
  }

  mutable std::mutex mutex; // guards what follows. Never held while calling GStreamer.
  OverlaySettings settings;
  bool is_started = false;
  std::shared_ptr<const Choice> choice = std::make_shared<const Choice>();
  std::optional<SettingProblem> problem; // of the settings as they are

  // From here on: streaming thread, or no stream.
  GstVideoInfo info{};
  OrientationTags tags;
  UprightRenderer renderer;
  OverlayBlend blend;
  Redactor redactor;
  // For the buffer that is being transformed. Both null or empty: it passes as it is.
  std::shared_ptr<const Drawing> drawing;
  std::optional<CoverMap> covered;
  Cover how_covered = Cover::solid;
  bool has_warned = false; // of frames that cannot be mapped
};

} // namespace

struct _GstGeminiOverlay {
  GstBaseTransform parent;
  Impl *impl; // owned; new in init, delete in finalize
};

G_DEFINE_FINAL_TYPE_WITH_CODE(GstGeminiOverlay, gst_gemini_overlay, GST_TYPE_BASE_TRANSFORM,
                              GST_DEBUG_CATEGORY_INIT(gst_gemini_overlay_debug, "geminioverlay", 0,
                                                      "Draws what Gemini saw"))
GST_ELEMENT_REGISTER_DEFINE(geminioverlay, "geminioverlay", GST_RANK_NONE, GST_TYPE_GEMINI_OVERLAY)

static void gst_gemini_overlay_init(GstGeminiOverlay *self)
{
  self->impl = new Impl;
  GstBaseTransform *transform = GST_BASE_TRANSFORM_CAST(self);
  gst_base_transform_set_in_place(transform, TRUE);
  // A gap that nothing is drawn on stays one.
  gst_base_transform_set_gap_aware(transform, TRUE);
}

static void gst_gemini_overlay_set_property(GObject *object, guint id, const GValue *value,
                                            GParamSpec *spec)
{
  Impl &impl = *GST_GEMINI_OVERLAY(object)->impl;
  std::optional<SettingProblem> problem;
  {
    const std::lock_guard lock(impl.mutex);
    if (!set_property<OverlaySettings>(overlay_properties(), id, impl.settings, value))
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    problem = impl.derive();
    if (!impl.is_started)
      problem.reset(); // which is told when it starts
  }
  if (problem)
    GST_ELEMENT_WARNING(object, RESOURCE, SETTINGS,
                        ("%s Objects are drawn as before.", problem->message.c_str()), (nullptr));
}

static void gst_gemini_overlay_get_property(GObject *object, guint id, GValue *value,
                                            GParamSpec *spec)
{
  Impl &impl = *GST_GEMINI_OVERLAY(object)->impl;
  const std::lock_guard lock(impl.mutex);
  if (!get_property<OverlaySettings>(overlay_properties(), id, impl.settings, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static gboolean gst_gemini_overlay_set_caps(GstBaseTransform *transform, GstCaps *caps,
                                            GstCaps * /* the same: in place */)
{
  Impl &impl = *GST_GEMINI_OVERLAY(transform)->impl;
  impl.forget_drawings(); // but who is covered stays so
  if (!gst_video_info_from_caps(&impl.info, caps))
    return FALSE;
  return guarded(GST_ELEMENT_CAST(transform), FALSE, [&] {
    impl.blend.set_format(impl.info);
    return TRUE;
  });
}

// What controls properties, if anything does.
static void gst_gemini_overlay_before_transform(GstBaseTransform *transform, GstBuffer *buffer)
{
  if (transform->segment.format != GST_FORMAT_TIME)
    return;
  const GstClockTime time =
      gst_segment_to_stream_time(&transform->segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
  if (GST_CLOCK_TIME_IS_VALID(time))
    gst_object_sync_values(GST_OBJECT_CAST(transform), time);
}

// Decides here, before the base class would copy a buffer that is not writable.
static GstFlowReturn gst_gemini_overlay_prepare_output_buffer(GstBaseTransform *transform,
                                                              GstBuffer *input, GstBuffer **output)
{
  Impl &impl = *GST_GEMINI_OVERLAY(transform)->impl;
  const bool is_ready = guarded(GST_ELEMENT_CAST(transform), false, [&] {
    const GstClockTime time = transform->segment.format == GST_FORMAT_TIME
                                  ? gst_segment_to_running_time(
                                        &transform->segment, GST_FORMAT_TIME, GST_BUFFER_PTS(input))
                                  : GST_CLOCK_TIME_NONE;
    impl.look_at(input, std::chrono::nanoseconds{static_cast<std::int64_t>(time)},
                 impl.tags.at(GST_BASE_TRANSFORM_SINK_PAD(transform)));
    return true;
  });
  if (!is_ready)
    return GST_FLOW_ERROR;
  if (impl.passes_as_it_is()) {
    *output = input;
    return GST_FLOW_OK;
  }
  return GST_BASE_TRANSFORM_CLASS(gst_gemini_overlay_parent_class)
      ->prepare_output_buffer(transform, input, output);
}

// The frame must not be seen as it is.
static GstFlowReturn refuse_to_show(GstBaseTransform *transform, const char *why)
{
  GST_ELEMENT_ERROR(transform, RESOURCE, WRITE,
                    ("A frame cannot be covered and must not be seen as it is: %s.", why),
                    (nullptr));
  return GST_FLOW_ERROR;
}

static GstFlowReturn gst_gemini_overlay_transform_ip(GstBaseTransform *transform, GstBuffer *buffer)
{
  Impl &impl = *GST_GEMINI_OVERLAY(transform)->impl;
  if (impl.passes_as_it_is())
    return GST_FLOW_OK;
  if (impl.covered && impl.has_several_pictures())
    return refuse_to_show(transform, "its fields or views are separate pictures");

  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &impl.info, buffer, GST_MAP_READWRITE)) {
    if (impl.covered)
      return refuse_to_show(transform, "its memory is not accessible");
    if (!impl.has_warned)
      GST_ELEMENT_WARNING(
          transform, RESOURCE, WRITE,
          ("Nothing can be drawn: the memory of the video frames is not accessible."),
          ("gst_video_frame_map() failed; frames pass as they are"));
    impl.has_warned = true;
    return GST_FLOW_OK;
  }
  bool is_covered = true;
  const bool is_drawn = guarded(GST_ELEMENT_CAST(transform), false, [&] {
    is_covered = !impl.covered || impl.blend.cover(*impl.covered, impl.how_covered, frame);
    if (is_covered)
      impl.blend.blend(*impl.drawing, frame);
    return true;
  });
  gst_video_frame_unmap(&frame);
  if (!is_drawn)
    return GST_FLOW_ERROR;
  if (!is_covered)
    return refuse_to_show(transform, "GStreamer cannot draw on its format");
  gst_buffer_unset_flags(buffer, GST_BUFFER_FLAG_GAP); // there is something to see now
  GST_LOG_OBJECT(transform, "drew %" G_GSIZE_FORMAT " sprites", impl.drawing->size());
  return GST_FLOW_OK;
}

static gboolean gst_gemini_overlay_sink_event(GstBaseTransform *transform, GstEvent *event)
{
  Impl &impl = *GST_GEMINI_OVERLAY(transform)->impl;
  switch (GST_EVENT_TYPE(event)) {
  case GST_EVENT_FLUSH_STOP:
    impl.forget();
    break;
  case GST_EVENT_STREAM_START:
    impl.tags.on_stream_start(event);
    break;
  case GST_EVENT_TAG:
    impl.tags.on_tags(event);
    break;
  default:
    break;
  }
  return GST_BASE_TRANSFORM_CLASS(gst_gemini_overlay_parent_class)->sink_event(transform, event);
}

static gboolean gst_gemini_overlay_propose_allocation(GstBaseTransform *transform,
                                                      GstQuery *decided, GstQuery *query)
{
  const gboolean is_answered = GST_BASE_TRANSFORM_CLASS(gst_gemini_overlay_parent_class)
                                   ->propose_allocation(transform, decided, query);
  refuse_view_metas(query);
  return is_answered;
}

static gboolean gst_gemini_overlay_start(GstBaseTransform *transform)
{
  Impl &impl = *GST_GEMINI_OVERLAY(transform)->impl;
  std::optional<SettingProblem> problem;
  {
    const std::lock_guard lock(impl.mutex);
    problem = impl.problem;
    impl.is_started = !problem;
  }
  if (problem)
    GST_ELEMENT_ERROR(transform, RESOURCE, SETTINGS, ("%s", problem->message.c_str()), (nullptr));
  return !problem;
}

static gboolean gst_gemini_overlay_stop(GstBaseTransform *transform)
{
  Impl &impl = *GST_GEMINI_OVERLAY(transform)->impl;
  {
    const std::lock_guard lock(impl.mutex);
    impl.is_started = false;
  }
  impl.forget();
  return TRUE;
}

static void gst_gemini_overlay_finalize(GObject *object)
{
  delete GST_GEMINI_OVERLAY(object)->impl;
  G_OBJECT_CLASS(gst_gemini_overlay_parent_class)->finalize(object);
}

static void gst_gemini_overlay_class_init(GstGeminiOverlayClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = GST_DEBUG_FUNCPTR(gst_gemini_overlay_set_property);
  object_class->get_property = GST_DEBUG_FUNCPTR(gst_gemini_overlay_get_property);
  object_class->finalize = GST_DEBUG_FUNCPTR(gst_gemini_overlay_finalize);
  install_properties<OverlaySettings>(object_class, overlay_properties());
  mark_overlay_types_as_api();

  GstElementClass *element_class = GST_ELEMENT_CLASS(klass);
  const auto caps = blend_caps();
  gst_element_class_add_pad_template(
      element_class, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps.get()));
  gst_element_class_add_pad_template(
      element_class, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, caps.get()));
  gst_element_class_set_static_metadata(element_class, "Gemini overlay", "Filter/Editor/Video",
                                        "Draws the objects and words that frames carry as metadata",
                                        "gst-gemini developers <gst-gemini@example.org>");

  GstBaseTransformClass *transform_class = GST_BASE_TRANSFORM_CLASS(klass);
  transform_class->set_caps = GST_DEBUG_FUNCPTR(gst_gemini_overlay_set_caps);
  transform_class->prepare_output_buffer =
      GST_DEBUG_FUNCPTR(gst_gemini_overlay_prepare_output_buffer);
  transform_class->transform_ip = GST_DEBUG_FUNCPTR(gst_gemini_overlay_transform_ip);
  transform_class->sink_event = GST_DEBUG_FUNCPTR(gst_gemini_overlay_sink_event);
  transform_class->propose_allocation = GST_DEBUG_FUNCPTR(gst_gemini_overlay_propose_allocation);
  transform_class->before_transform = GST_DEBUG_FUNCPTR(gst_gemini_overlay_before_transform);
  transform_class->start = GST_DEBUG_FUNCPTR(gst_gemini_overlay_start);
  transform_class->stop = GST_DEBUG_FUNCPTR(gst_gemini_overlay_stop);
}
