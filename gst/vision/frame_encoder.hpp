// SPDX-License-Identifier: LGPL-2.1-or-later
// From a raw video frame of any format to the JPEG that is sent.
#pragma once

#include "core/failure.hpp"
#include "core/result.hpp"

#include <gst/video/video.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace gemini::vision {

struct EncoderSettings {
  unsigned max_size = 1024; // longer side as sent, in pixels; 0: as it is. Never enlarges.
  int quality = 85;         // 1..100
};

struct EncodedFrame {
  std::vector<std::uint8_t> jpeg;
  int width = 0; // as sent
  int height = 0;
};

// Keeps its scaler between frames of the same kind. One thread at a time.
class FrameEncoder {
public:
  FrameEncoder();
  ~FrameEncoder();
  FrameEncoder(const FrameEncoder &) = delete;
  FrameEncoder &operator=(const FrameEncoder &) = delete;

  // Scales (aspect kept) and encodes. Maps `buffer` for reading only while it runs. A frame that
  // cannot be mapped or a format that cannot be read is a Failure of kind `frame`.
  Result<EncodedFrame, Failure> encode(GstBuffer *buffer, const GstVideoInfo &info,
                                       const EncoderSettings &settings);

private:
  struct Scaler; // converter and planes for one pair of input and size
  struct Jpeg;   // the TurboJPEG handle
  std::unique_ptr<Scaler> scaler_;
  std::unique_ptr<Jpeg> jpeg_;
};

// The size as sent: the longer side at most `max_size`, aspect kept, at least one pixel each way.
struct SentSize {
  int width = 0;
  int height = 0;
};
SentSize sent_size(int width, int height, unsigned max_size);

} // namespace gemini::vision
