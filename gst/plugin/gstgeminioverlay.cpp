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
#include "plugin/object_look.hpp"
#include "plugin/orientation_tags.hpp"
#include "plugin/overlay_blend.hpp"
#include "plugin/overlay_source.hpp"
#include "plugin/property_table.hpp"
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

enum class Show : unsigned {
  boxes = 1 << 0,
  labels = 1 << 1,
  masks = 1 << 2,
  points = 1 << 3,
  boxes_3d = 1 << 4,
  text = 1 << 5,
  status = 1 << 6,
  what_was_seen = boxes | labels | masks | points | boxes_3d | text,
};

constexpr bool contains(Show set, Show one)
{
  return (static_cast<unsigned>(set) & static_cast<unsigned>(one)) != 0;
}

GType show_get_type()
{
  static const GType type = [] {
    static const GFlagsValue values[] = {
        {static_cast<guint>(Show::boxes), "The outline of an object's box", "boxes"},
        {static_cast<guint>(Show::labels), "An object's label, at its shape", "labels"},
        {static_cast<guint>(Show::masks), "The inside of an object, tinted", "masks"},
        {static_cast<guint>(Show::points), "The point that stands for an object", "points"},
        {static_cast<guint>(Show::boxes_3d), "The edges of an object's box in space", "boxes-3d"},
        {static_cast<guint>(Show::text), "A caption, an answer or classes", "text"},
        {static_cast<guint>(Show::status),
         "The age of the answer, and what was asked and paid for so far", "status"},
        {0, nullptr, nullptr},
    };
    return g_flags_register_static("GstGeminiOverlayShow", values);
  }();
  return type;
}

GType box_style_get_type()
{
  static const GType type = [] {
    static const GEnumValue values[] = {
        {static_cast<gint>(BoxStyle::outline), "All four sides", "outline"},
        {static_cast<gint>(BoxStyle::corners), "The corners, which hide less", "corners"},
        {static_cast<gint>(BoxStyle::filled), "All four sides, and a tint inside", "filled"},
        {0, nullptr, nullptr},
    };
    return g_enum_register_static("GstGeminiOverlayBoxStyle", values);
  }();
  return type;
}

GType color_by_get_type()
{
  static const GType type = [] {
    static const GEnumValue values[] = {
        {static_cast<gint>(ColorBy::label), "One colour for all with the same label", "label"},
        {static_cast<gint>(ColorBy::id), "Neighbours differ: by the object's id", "id"},
        {0, nullptr, nullptr},
    };
    return g_enum_register_static("GstGeminiOverlayColorBy", values);
  }();
  return type;
}

GType text_position_get_type()
{
  static const GType type = [] {
    static const GEnumValue values[] = {
        {static_cast<gint>(TextPosition::bottom_left), "Below, at the left", "bottom-left"},
        {static_cast<gint>(TextPosition::bottom), "Below, in the middle", "bottom"},
        {static_cast<gint>(TextPosition::bottom_right), "Below, at the right", "bottom-right"},
        {static_cast<gint>(TextPosition::top_left), "Above, at the left", "top-left"},
        {static_cast<gint>(TextPosition::top), "Above, in the middle", "top"},
        {static_cast<gint>(TextPosition::top_right), "Above, at the right", "top-right"},
        {static_cast<gint>(TextPosition::center), "In the middle of the picture", "center"},
        {0, nullptr, nullptr},
    };
    return g_enum_register_static("GstGeminiOverlayTextPosition", values);
  }();
  return type;
}

enum class Redact { none, blur, pixelate, solid };

GType redact_get_type()
{
  static const GType type = [] {
    static const GEnumValue values[] = {
        {static_cast<gint>(Redact::none), "Nothing is covered", "none"},
        {static_cast<gint>(Redact::blur), "Without any detail", "blur"},
        {static_cast<gint>(Redact::pixelate), "Large squares", "pixelate"},
        {static_cast<gint>(Redact::solid), "Black", "solid"},
        {0, nullptr, nullptr},
    };
    return g_enum_register_static("GstGeminiOverlayRedact", values);
  }();
  return type;
}

constexpr Cover cover_of(Redact redact)
{
  return redact == Redact::blur       ? Cover::blur
         : redact == Redact::pixelate ? Cover::pixelate
                                      : Cover::solid;
}

struct Settings { // defaults live here, in LookSettings, and nowhere else
  Show show = Show::what_was_seen;
  BoxStyle box_style = BoxStyle::outline;
  ColorBy color_by = LookSettings{}.color_by;
  std::string colors;
  std::string label_format;
  std::string only_labels;
  double min_confidence = LookSettings{}.min_confidence;
  unsigned max_age_ms = LookSettings{}.max_age_ms;
  TextPosition text_position = TextPosition::bottom;
  unsigned line_width = 0;
  unsigned font_size = 0;
  std::string font = "Sans";
  double mask_opacity = 0.5;
  double camera_fov = 60;
  Redact redact = Redact::none;
  std::string redact_labels;
  double redact_margin = RedactSettings{}.margin;
  unsigned redact_hold_ms = static_cast<unsigned>(RedactSettings{}.hold.count());
  bool redact_strict = RedactSettings{}.is_strict;

  LookSettings look() const
  {
    return {.color_by = color_by,
            .colors = colors,
            .label_format = label_format,
            .only_labels = only_labels,
            .min_confidence = min_confidence,
            .max_age_ms = max_age_ms};
  }
};

constexpr Property<Settings> kProperties[] = {
    /**
     * GstGeminiOverlay:show:
     *
     * What is drawn. With nothing chosen every frame passes untouched. `status` is a line about the
     * answer that is shown: how old it is, how many requests and tokens it took so far, and what
     * they cost where geminianalyzer knows the price.
     *
     * Since: 0.1
     */
    property<&Settings::show>("show", "Show", "What to draw", show_get_type, kPlaying),
    /**
     * GstGeminiOverlay:box-style:
     *
     * How boxes are drawn. The tint inside of a filled one is as opaque as that of a mask, see
     * #GstGeminiOverlay:mask-opacity.
     *
     * Since: 0.1
     */
    property<&Settings::box_style>("box-style", "Box Style", "How boxes are drawn",
                                   box_style_get_type, kControlled),
    /**
     * GstGeminiOverlay:color-by:
     *
     * What gives an object its colour. Objects that nobody has given an id go by their label.
     *
     * Since: 0.1
     */
    property<&Settings::color_by>("color-by", "Color By", "What gives an object its colour",
                                  color_by_get_type, kControlled),
    /**
     * GstGeminiOverlay:colors:
     *
     * One entry per comma or line: `person=#ff8800` is the colour of a label, `teal` or `#088` one
     * of those that all others get, in place of ours, which colour-blind people can tell apart.
     * Colours are written as in CSS: #rgb, #rrggbb or a name.
     *
     * Since: 0.1
     */
    property<&Settings::colors>("colors", "Colors",
                                "Colours of labels (label=colour), and those that the others get",
                                kPlaying),
    /**
     * GstGeminiOverlay:label-format:
     *
     * What labels say, with fields in braces: {label}, {text} (what was said about the object),
     * {id}, {confidence}, {age} (since the model saw it) and {state} (new, kept, lost). What is in
     * brackets goes where one of its fields has no value: `{label}[ #{id}][ {confidence}]`. Of two
     * braces or brackets in a row one is drawn. Empty: the label, and behind a colon the text.
     *
     * Since: 0.1
     */
    property<&Settings::label_format>("label-format", "Label Format",
                                      "What labels say, with fields such as {label} and {id} "
                                      "(empty = label and text)",
                                      kPlaying),
    /**
     * GstGeminiOverlay:only-labels:
     *
     * The labels of what is drawn, one per comma or line; upper and lower case make no difference.
     * Empty: all. What is not drawn stays in the metadata.
     *
     * Since: 0.1
     */
    property<&Settings::only_labels>("only-labels", "Only Labels",
                                     "Labels of objects to draw (empty = all)", kPlaying),
    /**
     * GstGeminiOverlay:min-confidence:
     *
     * Objects that the model, or the detector upstream, is less sure of are not drawn. Those of
     * which nobody has said how sure they are, are: geminianalyzer has to be asked for it.
     *
     * Since: 0.1
     */
    property<&Settings::min_confidence>(
        "min-confidence", "Min Confidence",
        "How sure an object has to be to be drawn, if that is known", {0, 1}, kControlled),
    /**
     * GstGeminiOverlay:max-age:
     *
     * In milliseconds since the model saw an object: it fades in the second half of this time, and
     * is not drawn any more at its end. 0: age makes no difference.
     *
     * Since: 0.1
     */
    property<&Settings::max_age_ms>("max-age", "Max Age",
                                    "Age at which objects have faded, in ms (0 = never)",
                                    {0, G_MAXUINT}, kControlled),
    /**
     * GstGeminiOverlay:text-position:
     *
     * Where a caption, an answer or classes stand.
     *
     * Since: 0.1
     */
    property<&Settings::text_position>("text-position", "Text Position",
                                       "Where a caption, an answer or classes stand",
                                       text_position_get_type, kControlled),
    /**
     * GstGeminiOverlay:line-width:
     *
     * How thick the lines of boxes are; points grow with them. Even widths look best, since most
     * video formats have one colour for two pixels.
     *
     * Since: 0.1
     */
    property<&Settings::line_width>("line-width", "Line Width",
                                    "Width of lines in pixels (0 = by frame height)", {0, 256},
                                    kControlled),
    /**
     * GstGeminiOverlay:font-size:
     *
     * How large the letters of labels and text are: the height of the font's em square.
     *
     * Since: 0.1
     */
    property<&Settings::font_size>("font-size", "Font Size",
                                   "Size of text in pixels (0 = by frame height)", {0, 512},
                                   kControlled),
    /**
     * GstGeminiOverlay:font:
     *
     * The font of labels and text, as Pango describes fonts, for example "DejaVu Sans Bold". A size
     * in it has no effect, see #GstGeminiOverlay:font-size. Characters that the font lacks are
     * taken from others.
     *
     * Since: 0.1
     */
    property<&Settings::font>("font", "Font", "Family and style of text, without a size", kPlaying),
    /**
     * GstGeminiOverlay:mask-opacity:
     *
     * How much of the picture the tint of a mask hides: 0 leaves it untouched, 1 covers it.
     *
     * Since: 0.1
     */
    property<&Settings::mask_opacity>("mask-opacity", "Mask Opacity",
                                      "Opacity of masks (0 = invisible, 1 = solid)", {0, 1},
                                      kControlled),
    /**
     * GstGeminiOverlay:camera-fov:
     *
     * How wide the camera sees, from the left border of the picture to the right. Boxes in space
     * are drawn as a camera with this field of view sees them; when they look too large or too
     * small for their objects, it is another one. Models assume about 60 degrees.
     *
     * Since: 0.1
     */
    property<&Settings::camera_fov>("camera-fov", "Camera Field Of View",
                                    "Horizontal field of view of the camera in degrees", {1, 179},
                                    kControlled),
    /**
     * GstGeminiOverlay:redact:
     *
     * How the objects of #GstGeminiOverlay:redact-labels are covered, before anything is drawn and
     * before the frame leaves the element: inside of their masks, or of their boxes where they have
     * none, grown by #GstGeminiOverlay:redact-margin. An object of which nobody says where it is
     * covers the whole frame. The pixels themselves change; nothing can bring back what was there.
     * Frames that cannot be changed end the stream with an error, and of video formats that pack
     * their pixels in other ways than whole bytes or words the places become black.
     *
     * What is not known cannot be covered. With geminianalyzer in live mode who has just come into
     * the picture can be seen until the next answer, which takes seconds, unless
     * #GstGeminiOverlay:redact-strict covers all until then; in accurate mode every frame has
     * waited for the answers about it. Whom the model does not see is not covered in either.
     *
     * Since: 0.1
     */
    property<&Settings::redact>("redact", "Redact", "How objects are made unrecognisable",
                                redact_get_type, kPlaying),
    /**
     * GstGeminiOverlay:redact-labels:
     *
     * The labels of what is covered, one per comma or line; upper and lower case make no
     * difference. Empty: all objects. As models choose their own words, it is safest to ask them
     * for nothing else, and to leave this empty.
     *
     * Since: 0.1
     */
    property<&Settings::redact_labels>("redact-labels", "Redact Labels",
                                       "Labels of objects to cover (empty = all)", kPlaying),
    /**
     * GstGeminiOverlay:redact-margin:
     *
     * How much larger than the object the covered part is, on each side, in parts of the object's
     * longer one; up to twice as much where its place is not sure.
     *
     * Since: 0.1
     */
    property<&Settings::redact_margin>("redact-margin", "Redact Margin",
                                       "Margin round covered objects, in parts of their size",
                                       {0, 4}, kControlled),
    /**
     * GstGeminiOverlay:redact-hold:
     *
     * In milliseconds: for this time a place stays covered from when an object was last seen there,
     * if nobody says where it has gone. Objects without an id are held always.
     *
     * Since: 0.1
     */
    property<&Settings::redact_hold_ms>("redact-hold", "Redact Hold",
                                        "How long places of lost objects stay covered, in ms",
                                        {0, G_MAXUINT}, kControlled),
    /**
     * GstGeminiOverlay:redact-strict:
     *
     * Covers the whole frame as long as there is no answer, or the newest one has failed, was
     * blocked or cut off, or is older than #GstGeminiOverlay:max-age (if that is not 0).
     *
     * Since: 0.1
     */
    property<&Settings::redact_strict>("redact-strict", "Redact Strict",
                                       "Cover all while the answer is not certain", kPlaying),
};

struct Impl {
  Style style() const // streaming thread
  {
    const std::lock_guard lock(mutex);
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

  bool shows_status() const // streaming thread
  {
    const std::lock_guard lock(mutex);
    return contains(settings.show, Show::status);
  }

  // Decides what of the frame is covered.
  void redact(PixelSize frame, const Knowledge &known, std::chrono::nanoseconds running_time)
  {
    covered.reset();
    const auto wanted = redaction();
    if (!wanted) {
      redactor.reset();
      return;
    }
    how_covered = wanted->how;
    covered = redactor.covered(frame,
                               {.objects = known.objects(),
                                .is_certain = is_certain(known, running_time, max_age()),
                                .running_time = running_time},
                               wanted->settings);
    if (covered->empty())
      covered.reset();
  }
  bool passes_as_it_is() const { return !covered && drawing->empty(); }

  void forget()
  {
    renderer.reset();
    blend.reset();
    redactor.reset();
    drawing.reset();
    covered.reset();
    has_warned = false;
  }

  // Under the lock, after a change of settings. What is wrong with them; the look stays as it was
  // then.
  std::optional<SettingProblem> derive()
  {
    redact_labels.clear();
    for (const std::string &label : split_list(settings.redact_labels))
      redact_labels.push_back(folded(label));
    if (LookSettings wanted = settings.look(); wanted != derived_from) {
      derived_from = std::move(wanted);
      auto derived = ObjectLook::from(derived_from);
      problem = derived ? std::nullopt : std::optional{derived.error()};
      if (derived)
        look = std::make_shared<const ObjectLook>(std::move(*derived));
      return problem;
    }
    return std::nullopt;
  }

  // How to cover, and what; nothing: not at all.
  struct Redaction {
    Cover how;
    RedactSettings settings;
  };
  std::optional<Redaction> redaction() const // streaming thread
  {
    const std::lock_guard lock(mutex);
    if (settings.redact == Redact::none)
      return std::nullopt;
    return Redaction{cover_of(settings.redact),
                     {.labels = redact_labels,
                      .margin = settings.redact_margin,
                      .hold = std::chrono::milliseconds{settings.redact_hold_ms},
                      .is_strict = settings.redact_strict}};
  }
  std::chrono::milliseconds max_age() const // streaming thread
  {
    const std::lock_guard lock(mutex);
    return std::chrono::milliseconds{settings.max_age_ms};
  }

  std::shared_ptr<const ObjectLook> current_look() const
  {
    const std::lock_guard lock(mutex);
    return look;
  }

  mutable std::mutex mutex; // guards what follows. Never held while calling GStreamer.
  Settings settings;
  bool is_started = false;
  std::shared_ptr<const ObjectLook> look = std::make_shared<const ObjectLook>();
  LookSettings derived_from; // `look`, or what is wrong with them
  std::vector<std::string> redact_labels;
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
    if (!set_property<Settings>(kProperties, id, impl.settings, value))
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
  if (!get_property<Settings>(kProperties, id, impl.settings, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static gboolean gst_gemini_overlay_set_caps(GstBaseTransform *transform, GstCaps *caps,
                                            GstCaps * /* the same: in place */)
{
  Impl &impl = *GST_GEMINI_OVERLAY(transform)->impl;
  impl.forget();
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
    const PixelSize picture{GST_VIDEO_INFO_WIDTH(&impl.info), GST_VIDEO_INFO_HEIGHT(&impl.info)};
    const GstClockTime time =
        gst_segment_to_running_time(&transform->segment, GST_FORMAT_TIME, GST_BUFFER_PTS(input));
    const std::chrono::nanoseconds running_time{static_cast<std::int64_t>(time)};
    const Knowledge known = known_on(input, picture);
    impl.redact(picture, known, running_time);
    Notes notes = notes_of(known, *impl.current_look(), running_time);
    const Style style = impl.style();
    if (!impl.shows_status())
      notes.status.clear();
    impl.drawing = impl.renderer.render(picture, std::move(notes), style,
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

static GstFlowReturn gst_gemini_overlay_transform_ip(GstBaseTransform *transform, GstBuffer *buffer)
{
  Impl &impl = *GST_GEMINI_OVERLAY(transform)->impl;
  if (impl.passes_as_it_is())
    return GST_FLOW_OK;

  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &impl.info, buffer, GST_MAP_READWRITE)) {
    if (impl.covered) {
      GST_ELEMENT_ERROR(transform, RESOURCE, WRITE,
                        ("Nothing can be covered: the memory of the video frames is not "
                         "accessible, and they must not be seen as they are."),
                        ("gst_video_frame_map() failed"));
      return GST_FLOW_ERROR;
    }
    if (!impl.has_warned)
      GST_ELEMENT_WARNING(
          transform, RESOURCE, WRITE,
          ("Nothing can be drawn: the memory of the video frames is not accessible."),
          ("gst_video_frame_map() failed; frames pass as they are"));
    impl.has_warned = true;
    return GST_FLOW_OK;
  }
  const bool is_drawn = guarded(GST_ELEMENT_CAST(transform), false, [&] {
    if (impl.covered)
      impl.blend.cover(*impl.covered, impl.how_covered, frame);
    impl.blend.blend(*impl.drawing, frame);
    return true;
  });
  gst_video_frame_unmap(&frame);
  if (!is_drawn)
    return GST_FLOW_ERROR;
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
  install_properties<Settings>(object_class, kProperties);
  for (const GetType type : {show_get_type, box_style_get_type, color_by_get_type,
                             text_position_get_type, redact_get_type})
    gst_type_mark_as_plugin_api(type(), static_cast<GstPluginAPIFlags>(0));

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
