// SPDX-License-Identifier: LGPL-2.1-or-later
// Which way up the stream says that its frames are.

// Comes first, since in 1.22 one of its headers lacks the guard for C++.
#include <gst/gst.h>
extern "C" {
#include <gst/video/video.h>
}

#include "glib/gst_ref.hpp"
#include "plugin/orientation_tags.hpp"

namespace gemini {

namespace {

static_assert(static_cast<int>(Orientation::rotate_90) == GST_VIDEO_ORIENTATION_90R);
static_assert(static_cast<int>(Orientation::rotate_270) == GST_VIDEO_ORIENTATION_90L);
static_assert(static_cast<int>(Orientation::flip_horizontal) == GST_VIDEO_ORIENTATION_HORIZ);
static_assert(static_cast<int>(Orientation::transpose) == GST_VIDEO_ORIENTATION_UL_LR);
static_assert(static_cast<int>(Orientation::anti_transpose) == GST_VIDEO_ORIENTATION_UR_LL);

// The source pad of the element that feeds `sink`, inside or outside of bins; null: there is none.
Ref<GstPad> source_of(GstPad *sink)
{
  auto pad = Ref<GstPad>::adopt(gst_pad_get_peer(sink));
  while (pad && GST_IS_PROXY_PAD(pad.get())) {
    if (GST_IS_GHOST_PAD(pad.get())) { // the bin's own: on to who is in it
      pad = Ref<GstPad>::adopt(gst_ghost_pad_get_target(GST_GHOST_PAD_CAST(pad.get())));
      continue;
    }
    // Of the inner side of a bin's sink pad: on to who is outside.
    auto outer =
        Ref<GstPad>::adopt(GST_PAD_CAST(gst_proxy_pad_get_internal(GST_PROXY_PAD(pad.get()))));
    pad = outer ? Ref<GstPad>::adopt(gst_pad_get_peer(outer.get())) : Ref<GstPad>{};
  }
  return pad;
}

// The only one; null where there is none, or a choice.
Ref<GstPad> sink_of(GstElement *element)
{
  GST_OBJECT_LOCK(element);
  const bool is_only = element->numsinkpads == 1;
  auto pad = Ref<GstPad>::share(is_only ? GST_PAD_CAST(element->sinkpads->data) : nullptr);
  GST_OBJECT_UNLOCK(element);
  return pad;
}

bool turns(GstElement *element)
{
  if (!GST_IS_VIDEO_DIRECTION(element))
    return false;
  GstVideoOrientationMethod method = GST_VIDEO_ORIENTATION_IDENTITY;
  g_object_get(element, "video-direction", &method, nullptr);
  return method != GST_VIDEO_ORIENTATION_IDENTITY;
}

bool is_turned_before(GstPad *sink)
{
  auto at = Ref<GstPad>::share(sink);
  while (at) {
    const Ref<GstPad> source = source_of(at.get());
    const auto element =
        Ref<GstElement>::adopt(source ? gst_pad_get_parent_element(source.get()) : nullptr);
    if (!element)
      return false;
    if (turns(element.get()))
      return true;
    at = sink_of(element.get());
  }
  return false;
}

} // namespace

void OrientationTags::on_stream_start(GstEvent *event)
{
  const char *id = nullptr;
  gst_event_parse_stream_start(event, &id);
  if (stream_id_ == id)
    return;
  stream_id_ = id;
  tagged_ = Orientation::identity;
}

void OrientationTags::on_tags(GstEvent *event)
{
  GstTagList *tags = nullptr;
  gst_event_parse_tag(event, &tags);
  GstVideoOrientationMethod method = GST_VIDEO_ORIENTATION_IDENTITY;
  if (gst_video_orientation_from_tag(tags, &method) && method >= GST_VIDEO_ORIENTATION_IDENTITY &&
      method <= GST_VIDEO_ORIENTATION_UR_LL)
    tagged_ = static_cast<Orientation>(method);
}

Orientation OrientationTags::at(GstPad *sink) const
{
  if (tagged_ == Orientation::identity || is_turned_before(sink))
    return Orientation::identity;
  return tagged_;
}

} // namespace gemini
