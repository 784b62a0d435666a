// SPDX-License-Identifier: LGPL-2.1-or-later
// The layout of a frame, from its caps.
#include "plugin/sample_layout.hpp"

#include "vision/luma_weights.hpp"

#include <algorithm>
#include <array>

namespace gemini {
namespace {

constexpr guint kComponents = 3; // of a colour; a fourth is alpha

bool is_simple(const GstVideoFormatInfo &format)
{
  constexpr unsigned kOthers = GST_VIDEO_FORMAT_FLAG_COMPLEX | GST_VIDEO_FORMAT_FLAG_PALETTE |
                               GST_VIDEO_FORMAT_FLAG_TILED | GST_VIDEO_FORMAT_FLAG_SUBTILES;
  // Of VYUY GStreamer 1.22 has the chroma the wrong way round, and of v216 the order of the bytes.
  return (static_cast<unsigned>(format.flags) & kOthers) == 0 &&
         format.format != GST_VIDEO_FORMAT_VYUY && format.format != GST_VIDEO_FORMAT_v216 &&
         format.n_components > 0;
}

// The same for all components, or 0.
int element_bytes_of(const GstVideoFormatInfo &format)
{
  const bool is_native =
      ((format.flags & GST_VIDEO_FORMAT_FLAG_LE) != 0) == (G_BYTE_ORDER == G_LITTLE_ENDIAN);
  for (guint c = 0; c < format.n_components; ++c)
    if (format.depth[c] != format.depth[0] || format.shift[c] != format.shift[0] ||
        format.pixel_stride[c] == 0)
      return 0;
  const guint bits = format.depth[0] + format.shift[0];
  if (bits == 8 && format.shift[0] == 0)
    return 1;
  return bits > 8 && bits <= 16 && is_native ? 2 : 0;
}

// Rows of a colour matrix, for values of 0..1, from Kr and Kb (ITU-T H.273, equations 38 to 40): Y,
// then Cb and Cr of -0.5..0.5.
std::array<std::array<double, 3>, 3> matrix_of(const GstVideoInfo &info)
{
  const auto weights = vision::luma_weights(info.colorimetry.matrix);
  const double kr = weights.kr;
  const double kg = weights.kg();
  const double kb = weights.kb;
  const double b = 2 * (1 - kb);
  const double r = 2 * (1 - kr);
  return {{{kr, kg, kb}, {-kr / b, -kg / b, 0.5}, {0.5, -kg / r, -kb / r}}};
}

} // namespace

std::optional<FrameLayout> sample_layout(const GstVideoInfo &info)
{
  const GstVideoFormatInfo &format = *info.finfo;
  const bool has_alpha = (format.flags & GST_VIDEO_FORMAT_FLAG_ALPHA) != 0;
  const bool is_rgb = (format.flags & GST_VIDEO_FORMAT_FLAG_RGB) != 0;
  const bool is_gray = (format.flags & GST_VIDEO_FORMAT_FLAG_GRAY) != 0;
  const guint n_colours = is_gray ? 1 : kComponents;
  const int bytes = element_bytes_of(format);
  if (!is_simple(format) || bytes == 0 || format.n_components != n_colours + (has_alpha ? 1 : 0) ||
      (has_alpha && (!is_rgb || bytes != 1 || format.n_planes != 1)))
    return std::nullopt;

  const unsigned used = ((1U << format.depth[0]) - 1) << format.shift[0];
  FrameLayout layout{.width = info.width,
                     .height = info.height,
                     .element_bytes = bytes,
                     .bits = static_cast<std::uint16_t>(used),
                     .channels = {},
                     .is_cosited_x = (info.chroma_site & GST_VIDEO_CHROMA_SITE_H_COSITED) != 0,
                     .is_cosited_y = (info.chroma_site & GST_VIDEO_CHROMA_SITE_V_COSITED) != 0,
                     .is_interlaced = info.interlace_mode == GST_VIDEO_INTERLACE_MODE_INTERLEAVED ||
                                      info.interlace_mode == GST_VIDEO_INTERLACE_MODE_MIXED};
  const auto matrix = matrix_of(info);
  std::array<gint, GST_VIDEO_MAX_COMPONENTS> offset{};
  std::array<gint, GST_VIDEO_MAX_COMPONENTS> scale{};
  gst_video_color_range_offsets(info.colorimetry.range, &format, offset.data(), scale.data());
  const double unit = 1U << format.shift[0];
  for (guint c = 0; c < n_colours; ++c) {
    Channel channel{.plane = static_cast<int>(format.plane[c]),
                    .first = static_cast<int>(format.poffset[c]) / bytes,
                    .step = format.pixel_stride[c] / bytes,
                    .sub_x = static_cast<int>(format.w_sub[c]),
                    .sub_y = static_cast<int>(format.h_sub[c])};
    // GStreamer says of P010's second chroma that it begins one byte behind the first.
    if (c == 2 && format.n_planes == 2 && layout.channels.back().first == channel.first)
      ++channel.first;
    if (layout.is_interlaced && channel.sub_y > 1)
      return std::nullopt; // nobody has said what a row of chroma stands for
    const auto is_there = [&](const Channel &other) {
      return other.plane == channel.plane && other.first == channel.first;
    };
    if (std::any_of(layout.channels.begin(), layout.channels.end(), is_there))
      return std::nullopt; // it does not say where its samples are
    const double size = scale[c] * unit;
    for (std::size_t i = 0; i < kComponents; ++i)
      channel.factors[i] = is_rgb ? (i == c ? size : 0) : matrix[c][i] * size;
    channel.offset = offset[c] * unit;
    layout.channels.push_back(channel);
  }
  if (layout.channels.front().step == 4 && is_rgb && format.n_planes == 1) {
    layout.pixel_elements = 4;
    layout.spare = 4 * 3 / 2;
    for (const Channel &channel : layout.channels)
      layout.spare -= channel.first;
    layout.spare_is_alpha = has_alpha;
  }
  return layout;
}

} // namespace gemini
