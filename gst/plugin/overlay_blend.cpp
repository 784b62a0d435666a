// SPDX-License-Identifier: LGPL-2.1-or-later
// Blends each sprite into a small view of the frame. The API's blend unpacks and packs its target
// in full width, line by line: given the whole frame, boxes would cost ten times as much.

// Comes first, since in 1.22 one of its headers lacks the guard for C++.
#include <gst/gst.h>
extern "C" {
#include <gst/video/video.h>
}

#include "plugin/overlay_blend.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace gemini {
namespace {

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
  for (guint c = 0; c < GST_VIDEO_FORMAT_INFO_N_COMPONENTS(format); ++c) {
    shift_x = std::max<guint>(shift_x, GST_VIDEO_FORMAT_INFO_W_SUB(format, c));
    shift_y = std::max<guint>(shift_y, GST_VIDEO_FORMAT_INFO_H_SUB(format, c));
  }
  View view{frame, {round_down(at.x, shift_x), round_down(at.y, shift_y)}};
  view.frame.info.width = at.x + size.width - view.origin.x;
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

} // namespace

void blend(const Drawing &drawing, const GstVideoFrame &frame)
{
  for (const PlacedSprite &placed : drawing) {
    View view = view_of(frame, placed.at, placed.sprite->size);
    GstVideoFrame sprite = frame_of(*placed.sprite);
    gst_video_blend(&view.frame, &sprite, placed.at.x - view.origin.x, placed.at.y - view.origin.y,
                    1.0F);
  }
}

} // namespace gemini
