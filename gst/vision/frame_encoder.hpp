// SPDX-License-Identifier: LGPL-2.1-or-later
// From a video frame of any format to the JPEGs that are sent.
#pragma once

#include "core/failure.hpp"
#include "core/result.hpp"
#include "core/view.hpp"

#include <gst/video/video.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace gemini::vision {

struct EncoderSettings {
  unsigned max_size = 1024; // longer side as sent, in pixels; 0: as it is. Never enlarges.
  int quality = 85;         // 1..100
  View view = {};           // what of the frame is sent, and which way up
  // Of the frame, 0..1: black before anything else is done, so that nothing of it is in the JPEG.
  std::vector<Rect> blackouts = {};
};

struct EncodedFrame {
  std::vector<std::uint8_t> jpeg;
  int width = 0; // as sent, upright, with square pixels
  int height = 0;
};

// Keeps its memory between frames. One thread at a time.
class FrameEncoder {
public:
  FrameEncoder();
  ~FrameEncoder();
  FrameEncoder(const FrameEncoder &) = delete;
  FrameEncoder &operator=(const FrameEncoder &) = delete;

  // Crops, scales, turns and encodes. `info` of the format GST_VIDEO_FORMAT_ENCODED: the buffer is
  // a JPEG of that size, which goes as it is where nothing has to be done to it. Interlaced frames
  // are sent by one of their fields. Maps `buffer` for reading only while it runs. A frame that
  // cannot be mapped or a format that cannot be read is a Failure of kind `frame`.
  Result<EncodedFrame, Failure> encode(GstBuffer *buffer, const GstVideoInfo &info,
                                       const EncoderSettings &settings);
  // A picture of each of these views, of which there is at least one, instead of that of the
  // settings. What can be done for all of them is done once.
  Result<std::vector<EncodedFrame>, Failure> encode(GstBuffer *buffer, const GstVideoInfo &info,
                                                    const EncoderSettings &settings,
                                                    std::span<const View> views);

private:
  struct Work; // what is kept between frames
  std::unique_ptr<Work> work_;
};

// The size of a view of such a frame as it is sent, upright and with square pixels: the longer side
// at most `max_size`, aspect kept, at least one pixel each way. No side gets longer than the longer
// side of what the frame has of the view.
struct SentSize {
  int width = 0;
  int height = 0;
};
SentSize sent_size(const GstVideoInfo &info, const View &view, unsigned max_size);

} // namespace gemini::vision
