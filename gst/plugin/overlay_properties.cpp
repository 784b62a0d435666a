// SPDX-License-Identifier: LGPL-2.1-or-later
// The properties of geminioverlay.
#include "plugin/overlay_properties.hpp"

#include <gst/gst.h>

namespace gemini {
namespace {

using S = OverlaySettings;

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

constexpr Property<S> kProperties[] = {
    /**
     * GstGeminiOverlay:show:
     *
     * What is drawn. With nothing chosen every frame passes untouched (but for what is redacted,
     * see #GstGeminiOverlay:redact). `status` is a line about the
     * answer that is shown: how old it is, how many requests and tokens it took so far, and what
     * they cost where geminianalyzer knows the price.
     *
     * Since: 0.1
     */
    property<&S::show>("show", "Show", "What to draw", show_get_type, kPlaying),
    /**
     * GstGeminiOverlay:box-style:
     *
     * How boxes are drawn. The tint inside of a filled one is as opaque as that of a mask, see
     * #GstGeminiOverlay:mask-opacity.
     *
     * Since: 0.1
     */
    property<&S::box_style>("box-style", "Box Style", "How boxes are drawn", box_style_get_type,
                            kControlled),
    /**
     * GstGeminiOverlay:color-by:
     *
     * What gives an object its colour. Objects that nobody has given an id go by their label.
     *
     * Since: 0.1
     */
    property<&S::color_by>("color-by", "Color By", "What gives an object its colour",
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
    property<&S::colors>("colors", "Colors",
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
    property<&S::label_format>("label-format", "Label Format",
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
    property<&S::only_labels>("only-labels", "Only Labels",
                              "Labels of objects to draw (empty = all)", kPlaying),
    /**
     * GstGeminiOverlay:min-confidence:
     *
     * Objects that the model, or the detector upstream, is less sure of are not drawn. Those of
     * which nobody has said how sure they are, are: geminianalyzer has to be asked for it.
     *
     * Since: 0.1
     */
    property<&S::min_confidence>("min-confidence", "Min Confidence",
                                 "How sure an object has to be to be drawn, if that is known",
                                 {0, 1}, kControlled),
    /**
     * GstGeminiOverlay:max-age:
     *
     * In milliseconds since the model saw an object: it fades in the second half of this time, and
     * is not drawn any more at its end. 0: age makes no difference.
     *
     * Since: 0.1
     */
    property<&S::max_age_ms>("max-age", "Max Age",
                             "Age at which objects have faded, in ms (0 = never)", {0, G_MAXUINT},
                             kControlled),
    /**
     * GstGeminiOverlay:text-position:
     *
     * Where a caption, an answer or classes stand.
     *
     * Since: 0.1
     */
    property<&S::text_position>("text-position", "Text Position",
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
    property<&S::line_width>("line-width", "Line Width",
                             "Width of lines in pixels (0 = by frame height)", {0, 256},
                             kControlled),
    /**
     * GstGeminiOverlay:font-size:
     *
     * How large the letters of labels and text are: the height of the font's em square.
     *
     * Since: 0.1
     */
    property<&S::font_size>("font-size", "Font Size",
                            "Size of text in pixels (0 = by frame height)", {0, 512}, kControlled),
    /**
     * GstGeminiOverlay:font:
     *
     * The font of labels and text, as Pango describes fonts, for example "DejaVu Sans Bold". A size
     * in it has no effect, see #GstGeminiOverlay:font-size. Characters that the font lacks are
     * taken from others.
     *
     * Since: 0.1
     */
    property<&S::font>("font", "Font", "Family and style of text, without a size", kPlaying),
    /**
     * GstGeminiOverlay:mask-opacity:
     *
     * How much of the picture the tint of a mask hides: 0 leaves it untouched, 1 covers it.
     *
     * Since: 0.1
     */
    property<&S::mask_opacity>("mask-opacity", "Mask Opacity",
                               "Opacity of masks (0 = invisible, 1 = solid)", {0, 1}, kControlled),
    /**
     * GstGeminiOverlay:camera-fov:
     *
     * How wide the camera sees, from the left border of the picture to the right. Boxes in space
     * are drawn as a camera with this field of view sees them; when they look too large or too
     * small for their objects, it is another one. Models assume about 60 degrees.
     *
     * Since: 0.1
     */
    property<&S::camera_fov>("camera-fov", "Camera Field Of View",
                             "Horizontal field of view of the camera in degrees", {1, 179},
                             kControlled),
    /**
     * GstGeminiOverlay:redact:
     *
     * How the objects of #GstGeminiOverlay:redact-labels are covered, before anything is drawn and
     * before the frame leaves the element: inside of their masks, or of their boxes where they have
     * none, grown by #GstGeminiOverlay:redact-margin. Whoever tells of them: geminianalyzer, and
     * what others have found beside it. An object that has neither covers the whole frame, as
     * nobody says how far it reaches: points, boxes in space, classes. The pixels themselves
     * change; nothing can bring back what was there. A frame that cannot be covered ends the stream
     * with an error, and of video formats that pack their pixels in other ways than whole bytes or
     * words the places become black.
     *
     * What is not known cannot be covered. With geminianalyzer in live mode who has just come into
     * the picture can be seen until the answer about a frame with him is there, which takes
     * seconds; #GstGeminiOverlay:redact-strict does not change that while answers keep coming. In
     * accurate mode every frame has waited for the answers before and after it. Whom the model does
     * not see is not covered in either.
     *
     * Since: 0.1
     */
    property<&S::redact>("redact", "Redact", "How objects are made unrecognisable", redact_get_type,
                         kPlaying),
    /**
     * GstGeminiOverlay:redact-labels:
     *
     * The labels of what is covered, one per comma or line; upper and lower case make no
     * difference. Empty: all objects. Those without a label are covered in any case. As models
     * choose their own words, it is safest to ask them for nothing else, and to leave this empty.
     *
     * Since: 0.1
     */
    property<&S::redact_labels>("redact-labels", "Redact Labels",
                                "Labels of objects to cover (empty = all)", kPlaying),
    /**
     * GstGeminiOverlay:redact-margin:
     *
     * How much larger than the object the covered part is, on each side, in parts of the object's
     * longer one; up to twice as much where its place is not sure.
     *
     * Since: 0.1
     */
    property<&S::redact_margin>("redact-margin", "Redact Margin",
                                "Margin round covered objects, in parts of their size", {0, 4},
                                kControlled),
    /**
     * GstGeminiOverlay:redact-hold:
     *
     * In milliseconds: for this time a place stays covered from when an object was last seen there,
     * if nobody says where it has gone. Objects without an id are held always.
     *
     * Since: 0.1
     */
    property<&S::redact_hold_ms>("redact-hold", "Redact Hold",
                                 "How long places of lost objects stay covered, in ms",
                                 {0, G_MAXUINT}, kControlled),
    /**
     * GstGeminiOverlay:redact-strict:
     *
     * Covers the whole frame as long as there is no answer of geminianalyzer that says where
     * objects are, or the newest one has failed, was blocked, is cut off or still growing
     * (`stream`), or is older than #GstGeminiOverlay:max-age (if that is not 0).
     *
     * Since: 0.1
     */
    property<&S::redact_strict>("redact-strict", "Redact Strict",
                                "Cover all while the answer is not certain", kPlaying),
};

} // namespace

std::span<const Property<OverlaySettings>> overlay_properties()
{
  return kProperties;
}

void mark_overlay_types_as_api()
{
  for (const GetType get_type : {show_get_type, box_style_get_type, color_by_get_type,
                                 text_position_get_type, redact_get_type})
    gst_type_mark_as_plugin_api(get_type(), static_cast<GstPluginAPIFlags>(0));
}

} // namespace gemini
