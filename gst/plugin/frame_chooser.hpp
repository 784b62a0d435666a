// SPDX-License-Identifier: LGPL-2.1-or-later
// Which frames are analysed: those that are due, if anything has changed, or the sharpest frame of
// a window that begins there; and those that were demanded.
#pragma once

#include "core/sampler.hpp"
#include "plugin/analysis_engine.hpp"
#include "plugin/analyzer_stats.hpp"
#include "plugin/demands.hpp"
#include "vision/luma_grid.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace gemini {

// All in the streaming thread or with its lock held, but for failed().
class FrameChooser {
public:
  // A frame as it comes.
  struct Arrival {
    GstBuffer *buffer = nullptr;                  // not owned, like the next three
    const std::shared_ptr<void> *lease = nullptr; // of a frame that is held anyway
    const GstVideoInfo *info = nullptr;
    const std::shared_ptr<const ResolvedSettings> *settings = nullptr;
    std::chrono::nanoseconds pts{-1};
    std::chrono::nanoseconds running_time{-1};
  };
  // The samples that a frame belongs to.
  struct Place {
    std::uint64_t sample = 0; // the newest at or before the frame; 0: none since the stream began
    bool is_open = false;     // it may turn out that there is a newer one: see Owner::settle
  };
  struct Owner {
    // Whether it came too late to be shown.
    std::function<bool(const Arrival &)> is_late;
    // Whether one more may be asked about now; why not is counted there.
    std::function<bool(const Arrival &)> has_room;
    // A sample of the frame, but for its id.
    std::function<Sample(const Arrival &)> make;
    // Asks about it, and returns its id; it has one already if it was demanded.
    std::function<std::uint64_t(Sample)> submit;
    // Was due, but is not asked about.
    std::function<void(AnalyzerStats::Count why)> skipped;
    // A window has ended: of the open frames the newest `n` belong to `sample`, the others to what
    // they came with; none is open any more.
    std::function<void(std::size_t n, std::uint64_t sample)> settle;
    // A due frame was looked at. It looks as that of this sample did, and is skipped; or there is
    // something new.
    std::function<void(std::optional<std::uint64_t> same_as)> compared;
  };

  explicit FrameChooser(Owner owner);
  FrameChooser(const FrameChooser &) = delete;
  FrameChooser &operator=(const FrameChooser &) = delete;

  // `demands` are answered about this frame.
  Place pass(const Arrival &frame, std::vector<Demand> demands);
  bool has_window() const { return window_.has_value(); }
  // No later frame can be waited for: the sharpest so far is taken.
  void end_window();
  // The pictures that come are others than those before: the next one is due.
  void begin_anew();
  // Flushed: nothing that came before counts.
  void reset();
  // Any thread. There is no answer about this sample, so that it is not asked about looking alike.
  void failed(std::uint64_t sample);

private:
  struct Window {
    std::chrono::nanoseconds opened{};
    std::chrono::nanoseconds length{};
    Sample best;
    double sharpness = 0;
    std::size_t n_since = 0; // open frames from the best one on
  };
  // The last frame that was asked about in the words of the properties.
  struct Reference {
    std::uint64_t sample = 0;
    std::chrono::nanoseconds running_time{};
    vision::LumaGrid thumbnail;
  };

  void note_settings(const Arrival &frame);
  std::uint64_t ask_demanded(const Arrival &frame, std::vector<Demand> demands,
                             bool &asks_the_same);
  bool is_due(const Arrival &frame);
  bool is_wanted(const Arrival &frame);
  void open_window(const Arrival &frame, Sample sample);
  void look_for_sharper(const Arrival &frame);
  void put_best(const Arrival &frame, double sharpness);
  std::uint64_t submit(Sample sample);
  void forget_reference();
  double sharpness_of(const Arrival &frame);

  const Owner owner_;
  Sampler sampler_;
  bool owes_sample_ = false; // one was due, but its frame came too late
  vision::LumaReader reader_;
  std::shared_ptr<const ResolvedSettings> settings_; // of the newest frame
  std::uint64_t last_sample_ = 0;
  std::optional<Window> window_;
  std::optional<Reference> reference_;
  std::optional<vision::LumaGrid> thumbnail_; // of the frame that passes, where it is known
  std::atomic<std::uint64_t> newest_failed_{0};
};

} // namespace gemini
