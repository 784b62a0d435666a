// SPDX-License-Identifier: LGPL-2.1-or-later
// Scale in the source's own colorimetry, change the small planes to JPEG's colours, compress from
// the planes.
#include "vision/frame_encoder.hpp"

#include "vision/jpeg_colours.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <turbojpeg.h>

namespace gemini::vision {

namespace {

Failure frame_failure(std::string message)
{
  return {.kind = FailureKind::frame, .message = std::move(message)};
}

class MappedFrame {
public:
  MappedFrame(const GstVideoInfo &info, GstBuffer *buffer, GstMapFlags flags)
      : is_mapped_(gst_video_frame_map(&frame_, &info, buffer, flags))
  {
  }
  ~MappedFrame()
  {
    if (is_mapped_)
      gst_video_frame_unmap(&frame_);
  }
  MappedFrame(const MappedFrame &) = delete;
  MappedFrame &operator=(const MappedFrame &) = delete;
  explicit operator bool() const { return is_mapped_; }
  GstVideoFrame *get() { return &frame_; }

private:
  GstVideoFrame frame_{};
  bool is_mapped_;
};

std::uint8_t *plane(const GstVideoFrame *frame, guint i)
{
  return static_cast<std::uint8_t *>(GST_VIDEO_FRAME_PLANE_DATA(frame, i));
}

std::size_t stride(const GstVideoFrame *frame, guint i)
{
  return static_cast<std::size_t>(GST_VIDEO_FRAME_PLANE_STRIDE(frame, i));
}

// TurboJPEG reads luma in pairs of columns and rows. I420 of an odd size has room for the missing
// ones, but nothing in it.
void extend_to_even(const Planes420 &planes)
{
  if (planes.width % 2 != 0)
    for (std::size_t row = 0; row < planes.height; ++row)
      planes.y[row * planes.y_stride + planes.width] =
          planes.y[row * planes.y_stride + planes.width - 1];
  if (planes.height % 2 != 0)
    std::copy_n(planes.y + (planes.height - 1) * planes.y_stride, planes.y_stride,
                planes.y + planes.height * planes.y_stride);
}

// I420 of the size as sent, otherwise like the source: what differs by accident
// (gst_video_info_set_format chooses colorimetry by the number of lines) would make the converter
// add a matrix.
bool sent_info(const GstVideoInfo &in, SentSize size, GstVideoInfo *out)
{
  if (!gst_video_info_set_interlaced_format(
          out, GST_VIDEO_FORMAT_I420, GST_VIDEO_INFO_INTERLACE_MODE(&in),
          static_cast<guint>(size.width), static_cast<guint>(size.height)))
    return false;
  out->flags = in.flags;
  out->chroma_site = in.chroma_site;
  out->colorimetry = in.colorimetry;
  out->par_n = in.par_n;
  out->par_d = in.par_d;
  out->fps_n = in.fps_n;
  out->fps_d = in.fps_d;
  if (GST_VIDEO_INFO_IS_RGB(&in) || in.colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_RGB) {
    // There is a matrix to apply in any case: let it be JPEG's.
    out->colorimetry.matrix = GST_VIDEO_COLOR_MATRIX_BT601;
    out->colorimetry.range = GST_VIDEO_COLOR_RANGE_0_255;
  }
  return true;
}

} // namespace

struct FrameEncoder::Jpeg {
  tjhandle handle = tjInitCompress();
  Jpeg() = default;
  ~Jpeg() { tjDestroy(handle); }
  Jpeg(const Jpeg &) = delete;
  Jpeg &operator=(const Jpeg &) = delete;

  Result<EncodedFrame, Failure> compress(const GstVideoFrame *frame, int quality)
  {
    const int width = GST_VIDEO_FRAME_WIDTH(frame);
    const int height = GST_VIDEO_FRAME_HEIGHT(frame);
    std::array<const unsigned char *, 3> planes{plane(frame, 0), plane(frame, 1), plane(frame, 2)};
    const std::array<int, 3> strides{GST_VIDEO_FRAME_PLANE_STRIDE(frame, 0),
                                     GST_VIDEO_FRAME_PLANE_STRIDE(frame, 1),
                                     GST_VIDEO_FRAME_PLANE_STRIDE(frame, 2)};
    EncodedFrame result{.jpeg = std::vector<std::uint8_t>(tjBufSize(width, height, TJSAMP_420)),
                        .width = width,
                        .height = height};
    unsigned char *out = result.jpeg.data();
    unsigned long size = result.jpeg.size();
    // The buffer holds the worst case, so the library never has to replace it.
    if (!handle || tjCompressFromYUVPlanes(handle, planes.data(), width, strides.data(), height,
                                           TJSAMP_420, &out, &size, quality, TJFLAG_NOREALLOC) != 0)
      return frame_failure(std::string{"The JPEG encoder failed: "} + tjGetErrorStr2(handle));
    result.jpeg.resize(size);
    result.jpeg.shrink_to_fit();
    return result;
  }
};

struct FrameEncoder::Scaler {
  GstVideoInfo in;
  GstVideoInfo out;
  GstBuffer *buffer = nullptr;
  GstVideoConverter *converter = nullptr;

  Scaler(const GstVideoInfo &in_info, const GstVideoInfo &out_info)
      : in(in_info), out(out_info), buffer(gst_buffer_new_allocate(nullptr, out.size, nullptr)),
        converter(gst_video_converter_new(
            &in, &out,
            gst_structure_new("options", GST_VIDEO_CONVERTER_OPT_RESAMPLER_METHOD,
                              GST_TYPE_VIDEO_RESAMPLER_METHOD, GST_VIDEO_RESAMPLER_METHOD_LINEAR,
                              GST_VIDEO_CONVERTER_OPT_DITHER_METHOD, GST_TYPE_VIDEO_DITHER_METHOD,
                              GST_VIDEO_DITHER_NONE, nullptr)))
  {
  }
  ~Scaler()
  {
    if (converter)
      gst_video_converter_free(converter);
    gst_clear_buffer(&buffer);
  }
  Scaler(const Scaler &) = delete;
  Scaler &operator=(const Scaler &) = delete;

  bool fits(const GstVideoInfo &in_info, const GstVideoInfo &out_info) const
  {
    return gst_video_info_is_equal(&in, &in_info) && gst_video_info_is_equal(&out, &out_info);
  }
};

SentSize sent_size(int width, int height, unsigned max_size)
{
  const int longer = std::max(width, height);
  if (max_size == 0 || static_cast<unsigned>(longer) <= max_size)
    return {width, height};
  const double scale = static_cast<double>(max_size) / longer;
  const auto scaled = [scale](int side) {
    return std::max(1, static_cast<int>(std::lround(side * scale)));
  };
  return {scaled(width), scaled(height)};
}

FrameEncoder::FrameEncoder() : jpeg_(std::make_unique<Jpeg>()) {}
FrameEncoder::~FrameEncoder() = default;

Result<EncodedFrame, Failure> FrameEncoder::encode(GstBuffer *buffer, const GstVideoInfo &info,
                                                   const EncoderSettings &settings)
{
  GstVideoInfo out;
  if (!sent_info(
          info,
          sent_size(GST_VIDEO_INFO_WIDTH(&info), GST_VIDEO_INFO_HEIGHT(&info), settings.max_size),
          &out))
    return frame_failure("The frame is too large to be scaled");

  MappedFrame source{info, buffer, GST_MAP_READ};
  if (!source)
    return frame_failure("The frame's memory could not be mapped for reading");

  if (!scaler_ || !scaler_->fits(info, out))
    scaler_ = std::make_unique<Scaler>(info, out);
  if (!scaler_->converter) {
    scaler_.reset();
    return frame_failure(std::string{"Frames of the format "} +
                         gst_video_format_to_string(GST_VIDEO_INFO_FORMAT(&info)) +
                         " cannot be scaled");
  }

  MappedFrame small{scaler_->out, scaler_->buffer, GST_MAP_READWRITE};
  if (!small)
    return frame_failure("There is no memory for the scaled frame");
  gst_video_converter_frame(scaler_->converter, source.get(), small.get());

  const GstVideoFrame *frame = small.get();
  const Planes420 planes{.y = plane(frame, 0),
                         .cb = plane(frame, 1),
                         .cr = plane(frame, 2),
                         .y_stride = stride(frame, 0),
                         .cb_stride = stride(frame, 1),
                         .cr_stride = stride(frame, 2),
                         .width = static_cast<std::size_t>(GST_VIDEO_FRAME_WIDTH(frame)),
                         .height = static_cast<std::size_t>(GST_VIDEO_FRAME_HEIGHT(frame))};
  if (!is_jpeg_colour(out.colorimetry))
    to_jpeg_colours(planes, out.colorimetry);
  extend_to_even(planes);
  return jpeg_->compress(frame, settings.quality);
}

} // namespace gemini::vision
