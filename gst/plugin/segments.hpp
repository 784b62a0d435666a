// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a new segment goes on with the stream of the one before.
#pragma once

#include <gst/gst.h>

#include <cstdlib>
#include <optional>

namespace gemini {

// In nanoseconds; none: the segment does not say.
inline std::optional<gint64> running_time_at(const GstSegment &segment, guint64 position)
{
  guint64 time = 0;
  const int sign = gst_segment_to_running_time_full(&segment, GST_FORMAT_TIME, position, &time);
  return sign == 0 ? std::nullopt : std::optional{sign * static_cast<gint64>(time)};
}

inline std::optional<gint64> stream_time_at(const GstSegment &segment, guint64 position)
{
  guint64 time = 0;
  const int sign = gst_segment_to_stream_time_full(&segment, GST_FORMAT_TIME, position, &time);
  return sign == 0 ? std::nullopt : std::optional{sign * static_cast<gint64>(time)};
}

// An update of a segment, such as another end or another position, says of the same pictures that
// they are shown at the same times as before. A seek does not, nor does the next film.
inline bool goes_on(const GstSegment &before, const GstSegment &now)
{
  if (before.format != GST_FORMAT_TIME || now.format != GST_FORMAT_TIME ||
      before.rate != now.rate || before.applied_rate != now.applied_rate)
    return false;
  const guint64 position =
      now.rate > 0 || !GST_CLOCK_TIME_IS_VALID(now.stop) ? now.start : now.stop;
  const auto is_same = [](std::optional<gint64> a, std::optional<gint64> b) {
    return a && b && std::abs(*a - *b) < gint64{GST_MSECOND};
  };
  return is_same(running_time_at(before, position), running_time_at(now, position)) &&
         is_same(stream_time_at(before, position), stream_time_at(now, position));
}

} // namespace gemini
