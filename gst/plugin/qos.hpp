// SPDX-License-Identifier: LGPL-2.1-or-later
// Which frames come too late to be shown, as far as downstream has told.
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <chrono>
#include <cstdint>

namespace gemini {

class Qos {
public:
  // A QOS event on its way upstream. Any thread.
  void update(GstEvent *event)
  {
    GstClockTimeDiff late_by = 0;
    GstClockTime time = GST_CLOCK_TIME_NONE; // running time
    gst_event_parse_qos(event, nullptr, nullptr, &late_by, &time);
    if (!GST_CLOCK_TIME_IS_VALID(time))
      return;
    // As GstBaseTransform reckons.
    const auto frame = static_cast<std::int64_t>(time);
    earliest_ = late_by < 0 && frame < -late_by ? 0 : frame + late_by;
  }
  // What comes after a flush is another stream. Any thread.
  void reset() { earliest_ = -1; }
  bool is_late(std::chrono::nanoseconds running_time) const
  {
    const std::int64_t earliest = earliest_;
    return earliest >= 0 && running_time.count() >= 0 && running_time.count() <= earliest;
  }

private:
  std::atomic<std::int64_t> earliest_{-1}; // running time that is not late; negative: unknown
};

} // namespace gemini
