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

Ref<GstPad> peer_of(GstPad *pad)
{
  return Ref<GstPad>::adopt(pad ? gst_pad_get_peer(pad) : nullptr);
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
  Ref<GstPad> source = peer_of(sink);
  while (source) {
    // A bin may turn as a whole, as glvideoflip does.
    const auto parent = Ref<GstElement>::adopt(gst_pad_get_parent_element(source.get()));
    if (parent && turns(parent.get()))
      return true;
    if (GST_IS_GHOST_PAD(source.get())) { // the bin's own: on to who is in it
      source = Ref<GstPad>::adopt(gst_ghost_pad_get_target(GST_GHOST_PAD_CAST(source.get())));
    } else if (GST_IS_PROXY_PAD(source.get())) { // inside of a bin's sink: on to who is outside
      const auto outer =
          Ref<GstPad>::adopt(GST_PAD_CAST(gst_proxy_pad_get_internal(GST_PROXY_PAD(source.get()))));
      source = peer_of(outer.get());
    } else {
      source = peer_of(parent ? sink_of(parent.get()).get() : nullptr);
    }
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
