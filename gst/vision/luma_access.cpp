// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vision/luma_access.hpp"

#include "vision/jpeg_decoder.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace gemini::vision {

namespace {

Failure frame_failure(std::string message)
{
  return {.kind = FailureKind::frame, .message = std::move(message)};
}

LumaLines gray_lines(const GstVideoFrame &frame)
{
  LumaLines lines;
  lines.width = GST_VIDEO_FRAME_WIDTH(&frame);
  lines.height = GST_VIDEO_FRAME_HEIGHT(&frame);
  lines.data[0] = static_cast<const std::uint8_t *>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0));
  lines.stride[0] = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
  return lines;
}

// None where brightness does not stand in whole bytes or words.
std::optional<LumaLines> lines_of(const GstVideoFrame &frame)
{
  const GstVideoFormatInfo *format = frame.info.finfo;
  constexpr auto kOdd =
      GST_VIDEO_FORMAT_FLAG_COMPLEX | GST_VIDEO_FORMAT_FLAG_TILED | GST_VIDEO_FORMAT_FLAG_PALETTE;
  if ((format->flags & kOdd) != 0 || format->n_components == 0 || format->w_sub[0] != 0 ||
      format->h_sub[0] != 0)
    return std::nullopt;
  LumaLines lines;
  lines.width = GST_VIDEO_FRAME_WIDTH(&frame);
  lines.height = GST_VIDEO_FRAME_COMP_HEIGHT(&frame, 0); // fields that come alone have half
  lines.pixel_stride = format->pixel_stride[0];
  const guint n = GST_VIDEO_FORMAT_INFO_IS_RGB(format) ? 3 : 1;
  for (guint i = 0; i < n; ++i) {
    if (format->pixel_stride[i] < 1 || format->pixel_stride[i] != lines.pixel_stride ||
        format->depth[i] != format->depth[0])
      return std::nullopt;
    const guint plane = format->plane[i];
    lines.data[i] = static_cast<const std::uint8_t *>(GST_VIDEO_FRAME_PLANE_DATA(&frame, plane)) +
                    format->poffset[i];
    lines.stride[i] = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane);
  }
  if (format->depth[0] == 8) {
    lines.kind = n == 3 ? LumaLines::Kind::rgb : LumaLines::Kind::bytes;
    return lines;
  }
  const bool is_native = GST_VIDEO_FORMAT_INFO_IS_LE(format) == (G_BYTE_ORDER == G_LITTLE_ENDIAN);
  if (n == 3 || format->depth[0] < 8 || format->depth[0] > 16 || lines.pixel_stride != 2 ||
      !is_native)
    return std::nullopt;
  lines.kind = LumaLines::Kind::words;
  lines.shift = static_cast<int>(format->shift[0] + format->depth[0] - 8);
  return lines;
}

} // namespace

struct LumaAccess::Converter {
  GstVideoInfo in{};
  GstVideoInfo out{};
  GstVideoConverter *converter = nullptr;
  GstBuffer *buffer = nullptr;
  GstVideoFrame gray{};
  bool is_mapped = false;

  Converter(const GstVideoInfo &info, const GridSize &size) : in(info)
  {
    gst_video_info_set_format(&out, GST_VIDEO_FORMAT_GRAY8, static_cast<guint>(size.width),
                              static_cast<guint>(size.height));
    out.fps_n = in.fps_n;
    out.fps_d = in.fps_d;
    GstVideoInfo lines = in;
    if (in.interlace_mode == GST_VIDEO_INTERLACE_MODE_ALTERNATE) { // each a picture of its own
      lines.interlace_mode = GST_VIDEO_INTERLACE_MODE_PROGRESSIVE;
      lines.height = GST_VIDEO_INFO_FIELD_HEIGHT(&in);
    }
    out.interlace_mode = lines.interlace_mode;
    converter = gst_video_converter_new(&lines, &out, nullptr);
    buffer = gst_buffer_new_allocate(nullptr, out.size, nullptr);
  }
  ~Converter()
  {
    unmap();
    if (converter)
      gst_video_converter_free(converter);
    gst_clear_buffer(&buffer);
  }
  Converter(const Converter &) = delete;
  Converter &operator=(const Converter &) = delete;

  bool fits(const GstVideoInfo &info, const GridSize &size) const
  {
    return gst_video_info_is_equal(&in, &info) && out.width == size.width &&
           out.height == size.height;
  }

  void unmap()
  {
    if (std::exchange(is_mapped, false))
      gst_video_frame_unmap(&gray);
  }

  std::optional<LumaLines> lines(const GstVideoFrame &frame)
  {
    unmap();
    is_mapped = converter && gst_video_frame_map(&gray, &out, buffer, GST_MAP_READWRITE);
    if (!is_mapped)
      return std::nullopt;
    GstVideoFrame lines = frame;
    if (in.interlace_mode == GST_VIDEO_INTERLACE_MODE_ALTERNATE)
      lines.flags = GST_VIDEO_FRAME_FLAG_NONE;
    gst_video_converter_frame(converter, &lines, &gray);
    return gray_lines(gray);
  }
};

struct LumaAccess::Jpeg {
  JpegDecoder decoder;

  std::optional<LumaLines> lines(std::span<const std::uint8_t> jpeg, const GridSize &wanted)
  {
    const auto head = decoder.read_head(jpeg);
    if (!head)
      return std::nullopt;
    int divisor = 1;
    while (divisor < 8 && std::max(head->width, head->height) >=
                              2 * divisor * std::max(wanted.width, wanted.height))
      divisor *= 2;
    const auto picture = decoder.decode_gray(jpeg, *head, divisor);
    if (!picture)
      return std::nullopt;
    const Component &luma = picture->components[0];
    LumaLines lines;
    lines.width = static_cast<int>(luma.width);
    lines.height = static_cast<int>(luma.height);
    lines.data[0] = luma.data;
    lines.stride[0] = luma.stride;
    return lines;
  }
};

LumaAccess::LumaAccess() = default;
LumaAccess::~LumaAccess()
{
  close();
}

void LumaAccess::close()
{
  if (std::exchange(is_mapped_, false))
    gst_video_frame_unmap(&frame_);
}

Result<LumaLines, Failure> LumaAccess::open_jpeg(GstBuffer *buffer, const GridSize &wanted)
{
  if (!jpeg_)
    jpeg_ = std::make_unique<Jpeg>();
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_READ))
    return frame_failure("A frame could not be mapped into memory");
  const auto lines = jpeg_->lines({map.data, map.size}, wanted);
  gst_buffer_unmap(buffer, &map);
  if (!lines)
    return frame_failure("A frame is not a JPEG that can be read");
  return *lines;
}

Result<LumaLines, Failure> LumaAccess::open(GstBuffer *buffer, const GstVideoInfo &info,
                                            const GridSize &wanted)
{
  close();
  if (GST_VIDEO_INFO_FORMAT(&info) == GST_VIDEO_FORMAT_ENCODED)
    return open_jpeg(buffer, wanted);
  is_mapped_ = gst_video_frame_map(&frame_, &info, buffer, GST_MAP_READ);
  if (!is_mapped_)
    return frame_failure("A frame could not be mapped into memory");
  auto lines = lines_of(frame_);
  if (!lines) {
    if (!converter_ || !converter_->fits(info, wanted))
      converter_ = std::make_unique<Converter>(info, wanted);
    lines = converter_->lines(frame_);
  }
  if (!lines) {
    close();
    return frame_failure(std::string{"The brightness of frames of the format "} +
                         GST_VIDEO_INFO_NAME(&info) + " cannot be read");
  }
  return *lines;
}

} // namespace gemini::vision
