// SPDX-License-Identifier: LGPL-2.1-or-later
// GstVideoConverter, told to leave everything as it is but the format.
#include "vision/plain_frame.hpp"

#include <algorithm>

namespace gemini::vision {
namespace {

// 8 bits and a chroma sample for each pixel, otherwise like the source: what differs by accident
// (gst_video_info_set_format chooses colorimetry by the number of lines) would add a matrix.
bool unpacked_info(const GstVideoInfo &in, GstVideoInfo *out)
{
  const GstVideoFormat format =
      GST_VIDEO_INFO_IS_RGB(&in) ? GST_VIDEO_FORMAT_ARGB : GST_VIDEO_FORMAT_AYUV;
  if (!gst_video_info_set_interlaced_format(out, format, GST_VIDEO_INFO_INTERLACE_MODE(&in),
                                            static_cast<guint>(GST_VIDEO_INFO_WIDTH(&in)),
                                            static_cast<guint>(GST_VIDEO_INFO_HEIGHT(&in))))
    return false;
  out->flags = in.flags;
  out->chroma_site = in.chroma_site;
  out->colorimetry = in.colorimetry;
  out->par_n = in.par_n;
  out->par_d = in.par_d;
  out->fps_n = in.fps_n;
  out->fps_d = in.fps_d;
  return true;
}

std::string cannot_read(const GstVideoInfo &info)
{
  return std::string{"Frames of the format "} +
         gst_video_format_to_string(GST_VIDEO_INFO_FORMAT(&info)) + " cannot be read";
}

} // namespace

struct Unpacker::Converter {
  GstVideoInfo in;
  GstVideoInfo out;
  GstBuffer *buffer;
  GstVideoConverter *converter;
  std::unique_ptr<MappedFrame> unpacked; // stays mapped

  Converter(const GstVideoInfo &in_info, const GstVideoInfo &out_info)
      : in(in_info), out(out_info), buffer(gst_buffer_new_allocate(nullptr, out.size, nullptr)),
        converter(gst_video_converter_new(
            &in, &out,
            // Chroma is repeated, not interpolated: no pixel takes any from its neighbours.
            gst_structure_new("options", GST_VIDEO_CONVERTER_OPT_CHROMA_MODE,
                              GST_TYPE_VIDEO_CHROMA_MODE, GST_VIDEO_CHROMA_MODE_NONE,
                              GST_VIDEO_CONVERTER_OPT_DITHER_METHOD, GST_TYPE_VIDEO_DITHER_METHOD,
                              GST_VIDEO_DITHER_NONE, nullptr))),
        unpacked(buffer ? std::make_unique<MappedFrame>(out, buffer, GST_MAP_READWRITE) : nullptr)
  {
  }
  ~Converter()
  {
    unpacked.reset();
    if (converter)
      gst_video_converter_free(converter);
    gst_clear_buffer(&buffer);
  }
  Converter(const Converter &) = delete;
  Converter &operator=(const Converter &) = delete;
};

Unpacker::Unpacker() = default;
Unpacker::~Unpacker() = default;

Result<FramePlanes, std::string> Unpacker::planes_of(GstVideoFrame &frame)
{
  const GstVideoInfo &info = frame.info;
  if (has_plain_samples(info))
    return vision::planes_of(frame);

  if (!converter_ || !gst_video_info_is_equal(&converter_->in, &info)) {
    GstVideoInfo out;
    if (!unpacked_info(info, &out))
      return cannot_read(info);
    converter_ = std::make_unique<Converter>(info, out);
  }
  if (!converter_->converter || !converter_->unpacked || !*converter_->unpacked) {
    converter_.reset();
    return cannot_read(info);
  }
  GstVideoFrame &unpacked = converter_->unpacked->frame();
  unpacked.flags = frame.flags; // which lines belong together
  gst_video_converter_frame(converter_->converter, &frame, &unpacked);
  FramePlanes planes = vision::planes_of(unpacked);
  for (guint i = 0; i < GST_VIDEO_INFO_N_COMPONENTS(&info); ++i) {
    planes.block_width =
        std::max(planes.block_width, 1 << GST_VIDEO_FORMAT_INFO_W_SUB(info.finfo, i));
    planes.block_height =
        std::max(planes.block_height, 1 << GST_VIDEO_FORMAT_INFO_H_SUB(info.finfo, i));
  }
  if (GST_VIDEO_INFO_IS_INTERLACED(&info)) // chroma of every other line
    planes.block_height *= 2;
  return planes;
}

} // namespace gemini::vision
