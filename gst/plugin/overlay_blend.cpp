// SPDX-License-Identifier: LGPL-2.1-or-later
// Puts a drawing into the pixels of a frame.

// Comes first, since in 1.22 one of its headers lacks the guard for C++.
#include <gst/gst.h>
extern "C" {
#include <gst/video/video.h>
}

#include "plugin/overlay_blend.hpp"
#include "plugin/sample_layout.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <utility>
#include <vector>

namespace gemini {
namespace {

// Sprites in samples, beside those of the renderer.
constexpr std::size_t kMaxBytes = std::size_t{32} << 20;

// A multiple of how many pixels any format packs together.
constexpr int kMostPacked = 12;

constexpr int round_down(int n, guint log2)
{
  return n >> log2 << log2;
}

// The part of `frame` under the sprite, extended to whole chroma samples. Borrows the mapping: must
// not be unmapped and not outlive `frame`.
struct View {
  GstVideoFrame frame;
  PixelPoint origin;
};

View view_of(const GstVideoFrame &frame, PixelPoint at, PixelSize size)
{
  const GstVideoFormatInfo *format = frame.info.finfo;
  guint shift_x = 0;
  guint shift_y = 0;
  bool has_places = true; // of its pixels: in others several are packed together
  for (guint c = 0; c < GST_VIDEO_FORMAT_INFO_N_COMPONENTS(format); ++c) {
    has_places = has_places && GST_VIDEO_FORMAT_INFO_PSTRIDE(format, c) > 0;
    shift_x = std::max<guint>(shift_x, GST_VIDEO_FORMAT_INFO_W_SUB(format, c));
    shift_y = std::max<guint>(shift_y, GST_VIDEO_FORMAT_INFO_H_SUB(format, c));
  }
  View view{frame, {has_places ? round_down(at.x, shift_x) : 0, round_down(at.y, shift_y)}};
  // Packing writes whole groups of pixels, and those behind the sprite have to be what they were.
  const int group = has_places ? 1 << shift_x : kMostPacked;
  const int right = at.x + size.width;
  view.frame.info.width =
      std::min(right + (group - right % group) % group, frame.info.width) - view.origin.x;
  view.frame.info.height = at.y + size.height - view.origin.y;
  for (guint c = 0; c < GST_VIDEO_FORMAT_INFO_N_COMPONENTS(format); ++c) {
    // A plane that holds several components is met several times, with the same result.
    const auto plane = GST_VIDEO_FORMAT_INFO_PLANE(format, c);
    const std::ptrdiff_t x = view.origin.x >> GST_VIDEO_FORMAT_INFO_W_SUB(format, c);
    const std::ptrdiff_t y = view.origin.y >> GST_VIDEO_FORMAT_INFO_H_SUB(format, c);
    view.frame.data[plane] = static_cast<std::uint8_t *>(frame.data[plane]) +
                             y * frame.info.stride[plane] +
                             x * GST_VIDEO_FORMAT_INFO_PSTRIDE(format, c);
  }
  return view;
}

// Likewise borrows the sprite's pixels. The blend only reads its source, but takes it as not const.
GstVideoFrame frame_of(const Sprite &sprite)
{
  constexpr auto kFormat =
      G_BYTE_ORDER == G_LITTLE_ENDIAN ? GST_VIDEO_FORMAT_BGRA : GST_VIDEO_FORMAT_ARGB;
  GstVideoFrame frame{};
  gst_video_info_set_format(&frame.info, kFormat, static_cast<guint>(sprite.size.width),
                            static_cast<guint>(sprite.size.height));
  frame.info.flags =
      static_cast<GstVideoFlags>(frame.info.flags | GST_VIDEO_FLAG_PREMULTIPLIED_ALPHA);
  frame.data[0] = const_cast<std::uint32_t *>(sprite.pixels.data());
  return frame;
}

// The API's blend unpacks and packs its target in full width, line by line: given the whole frame,
// boxes would cost ten times as much. Its colours are those of BT.709, whatever the caps say.
bool blend_by_api(const Drawing &drawing, const GstVideoFrame &frame)
{
  bool is_done = true;
  for (const PlacedSprite &placed : drawing) {
    View view = view_of(frame, placed.at, placed.sprite->size);
    GstVideoFrame sprite = frame_of(*placed.sprite);
    is_done = gst_video_blend(&view.frame, &sprite, placed.at.x - view.origin.x,
                              placed.at.y - view.origin.y, 1.0F) &&
              is_done;
  }
  return is_done;
}

// The API draws wrong colours where there is more than a byte of alpha, or where it takes what
// means nothing for alpha, and none where a palette gives them.
bool is_drawn_on(GstVideoFormat format)
{
  GstVideoInfo info;
  if (!gst_video_info_set_format(&info, format, 64, 64))
    return false;
  const GstVideoFormatInfo *details = info.finfo;
  for (const char *name : {"BGR10x2_LE", "RGB10x2_LE"})
    if (g_str_equal(GST_VIDEO_FORMAT_INFO_NAME(details), name))
      return false;
  return sample_layout(info) ||
         !(GST_VIDEO_FORMAT_INFO_HAS_PALETTE(details) || GST_VIDEO_FORMAT_INFO_IS_TILED(details) ||
           (GST_VIDEO_FORMAT_INFO_HAS_ALPHA(details) && details->depth[0] > 8));
}

FrameMemory memory_of(const GstVideoFrame &frame)
{
  FrameMemory memory;
  for (guint plane = 0; plane < GST_VIDEO_FRAME_N_PLANES(&frame); ++plane) {
    memory.data[plane] = static_cast<std::uint8_t *>(frame.data[plane]);
    memory.stride[plane] = frame.info.stride[plane];
  }
  return memory;
}

} // namespace

Ref<GstCaps> blend_caps()
{
  guint n = 0;
  const GstVideoFormat *all = gst_video_formats_raw(&n);
  std::vector<GstVideoFormat> formats;
  std::copy_if(all, all + n, std::back_inserter(formats), is_drawn_on);
  return Ref<GstCaps>::adopt(
      gst_video_make_raw_caps(formats.data(), static_cast<guint>(formats.size())));
}

std::size_t OverlayBlend::KeyHash::operator()(const Key &key) const
{
  const Alignment &a = key.alignment;
  std::size_t hash = std::hash<const Sprite *>{}(key.sprite);
  for (const int number : {a.x, a.y, a.left, a.top, a.right, a.bottom, key.is_interlaced ? 1 : 0})
    hash = hash * 31 + static_cast<std::size_t>(number);
  return hash;
}

void OverlayBlend::set_format(const GstVideoInfo &info)
{
  reset();
  layout_ = sample_layout(info);
}

void OverlayBlend::blend(const Drawing &drawing, const GstVideoFrame &frame)
{
  if (!layout_) {
    blend_by_api(drawing, frame);
    return;
  }
  layout_->is_interlaced = GST_VIDEO_FRAME_IS_INTERLACED(&frame);
  const FrameMemory memory = memory_of(frame);
  for (const PlacedSprite &placed : drawing)
    converted(placed).blend(*layout_, memory, placed.at);
  // Never one of the drawing: the next is likely to need the same.
  sprites_.shrink_to(kMaxBytes, drawing.size());
}

bool OverlayBlend::cover(const CoverMap &map, Cover how, const GstVideoFrame &frame)
{
  if (layout_) {
    gemini::cover(map, how, *layout_, memory_of(frame));
    return true;
  }
  Drawing black;
  for (const PixelRect &rect : map.rects())
    black.push_back({std::make_shared<const Sprite>(
                         make_sprite({rect.width, rect.height}, argb(Color{0, 0, 0}))),
                     {rect.x, rect.y}});
  return blend_by_api(black, frame);
}

const PlaneSprite &OverlayBlend::converted(const PlacedSprite &placed)
{
  const Key key{placed.sprite.get(), alignment_of(*layout_, placed.sprite->size, placed.at),
                layout_->is_interlaced};
  if (const Converted *kept = sprites_.find(key))
    return kept->planes;
  PlaneSprite planes{*placed.sprite, *layout_, key.alignment};
  const std::size_t bytes = planes.bytes();
  return sprites_.add(key, {placed.sprite, std::move(planes)}, bytes).planes;
}

} // namespace gemini
