// SPDX-License-Identifier: LGPL-2.1-or-later
// A raw frame, mapped, with samples that can be read: those of the few formats that are packed in
// ways of their own are unpacked first.
#pragma once

#include "core/result.hpp"
#include "vision/frame_planes.hpp"

#include <gst/video/video.h>

#include <memory>
#include <string>

namespace gemini::vision {

// Unpacks at the same size and in the same colours. Keeps its memory between frames of one kind.
class Unpacker {
public:
  Unpacker();
  ~Unpacker();
  Unpacker(const Unpacker &) = delete;
  Unpacker &operator=(const Unpacker &) = delete;

  // The samples are valid until the next call and while `frame` is mapped. The error is a sentence.
  Result<FramePlanes, std::string> planes_of(GstVideoFrame &frame);

private:
  struct Converter;
  std::unique_ptr<Converter> converter_;
};

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
  GstVideoFrame &frame() { return frame_; }

private:
  GstVideoFrame frame_{};
  bool is_mapped_;
};

} // namespace gemini::vision
