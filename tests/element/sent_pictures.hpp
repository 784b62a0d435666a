// SPDX-License-Identifier: LGPL-2.1-or-later
// The pictures of a recorded request, and frames with things that upstream has found on them.
#pragma once

#include "emulator/emulator.hpp"
#include "emulator/picture.hpp"
#include "json_text.hpp"
#include "support.hpp"

#include <gst/video/gstvideometa.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gemini::test {

inline std::vector<emulator::Picture> pictures_of(const emulator::RecordedRequest &request)
{
  std::vector<emulator::Picture> pictures;
  const int n = json_count(request.body, "$.contents[0].parts[*]");
  for (int i = 0; i < n; ++i) {
    const std::string path = "$.contents[0].parts[" + std::to_string(i) + "].inlineData.data";
    const std::string data = json_at(request.body, path.c_str());
    if (data.empty())
      continue;
    gsize size = 0;
    g_autofree guchar *bytes = g_base64_decode(data.c_str(), &size);
    auto picture = emulator::decode_picture(std::span<const std::uint8_t>{bytes, size});
    fail_unless(picture.has_value(), "part %d is no picture", i);
    pictures.push_back(std::move(*picture));
  }
  return pictures;
}

inline std::string prompt_of(const emulator::RecordedRequest &request)
{
  return json_at(request.body, "$.contents[0].parts[*].text");
}

// What a detector would attach; in pixels.
struct Found {
  const char *label;
  int id; // 0: none
  guint x, y, w, h;
};

inline GstBuffer *draw_found(const std::string &caps, const std::vector<Shape> &shapes,
                             const std::vector<Found> &found, GstClockTime pts = 0)
{
  GstVideoInfo info;
  g_autoptr(GstCaps) parsed = gst_caps_from_string(caps.c_str());
  fail_unless(gst_video_info_from_caps(&info, parsed));
  GstBuffer *frame = draw(info, shapes);
  GST_BUFFER_PTS(frame) = pts;
  for (const Found &one : found)
    gst_buffer_add_video_region_of_interest_meta(frame, one.label, one.x, one.y, one.w, one.h)->id =
        one.id;
  return frame;
}

} // namespace gemini::test
