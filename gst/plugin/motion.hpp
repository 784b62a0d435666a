// SPDX-License-Identifier: LGPL-2.1-or-later
// Brings together what passes in the streaming thread and the answers that come in the worker, so
// that objects are followed from answer to answer.
//
//   streaming thread ──small pictures, samples──► inbox ─► worker ─► Tracker (live) or Joiner
//                                                            ▲                (accurate)
//                                                         answers
#pragma once

#include "core/analysis.hpp"
#include "core/tracked_scene.hpp"
#include "glib/gst_ref.hpp"
#include "plugin/analyzer_stats.hpp"
#include "vision/joiner.hpp"
#include "vision/luma_image.hpp"
#include "vision/tracker.hpp"

#include <gst/video/video.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace gemini {

class Motion {
public:
  struct Hooks {
    // Any thread: runs this in the worker, behind what it has to do already.
    std::function<void(std::function<void()>)> post;
    // All below in the worker. Live: what the newest answer named has moved on.
    std::function<void(std::uint64_t request, TrackedScene)> moved;
    // Accurate: an answer, its objects with their ids; and what is on a frame.
    std::function<void(const std::shared_ptr<const Analysis> &)> answered;
    std::function<void(std::uint64_t frame, Scene)> frame;
    std::function<std::uint64_t()> new_id; // of an object in them
    // Accurate: where upstream waits for room that no frame makes by itself, the last frame that
    // could make some.
    std::function<std::optional<std::uint64_t>()> stuck_up_to;
  };
  // So many frames whose pictures are dear are held at a time until they are looked at.
  static constexpr unsigned kMostUnread = 2;

  Motion(GstElement *element, AnalyzerStats &stats, Hooks hooks);
  Motion(const Motion &) = delete;
  Motion &operator=(const Motion &) = delete;

  // A frame as it passes, all with the streaming thread's lock held.
  struct Passing {
    GstBuffer *buffer = nullptr; // not owned
    const GstVideoInfo *info = nullptr;
    std::chrono::nanoseconds time{0}; // running time
    std::uint64_t sample = 0;         // at or before it
    bool is_sample = false;           // it is one
    bool may_be_sample = false;
    bool is_held_back = false; // its source: it waits while the worker is behind
  };
  // Live: takes a picture of it now and then.
  void passes(const Passing &frame);
  // Live: it will be asked about, and its answer may come at once. Before it passes, or later.
  void is_asked_about(const Passing &frame);
  // Accurate: the same, and it waits for frame(). Its number.
  std::uint64_t waits(const Passing &frame);
  // Accurate, with the streaming thread's lock held: an answer about the frame of that time will
  // come. Before that frame waits, or later.
  void asked(std::uint64_t request, std::chrono::nanoseconds time);
  // Accurate, any thread: no newer frame comes before those that wait have gone (`is_end`), or
  // unless answers come that let them go.
  void let_go(bool is_end);
  // What follows shows something else, or is not followed from what was before.
  void cut();
  // Accurate, any thread: that frame and those before it have left.
  void left(std::uint64_t frame);
  // Any thread: nothing that was seen so far counts any more, nor answers to requests before that.
  void forget(std::uint64_t first_valid);
  // Any thread: the worker is about to end, and what it is doing is of no use.
  void stop() { is_stopping_ = true; }

  // Worker, live: gives its objects their ids and states. What is to be shown of it now.
  TrackedScene answer(Analysis &analysis);
  // Worker, accurate: hooks tell what follows. False: it is about no frame that waits here.
  bool answer(const std::shared_ptr<const Analysis> &analysis);
  // Accurate, any thread: what is known about a frame of that time without its next answer. None:
  // nothing.
  struct Outlook {
    Scene scene;
    std::uint64_t answer = 0; // whose status it is; request
  };
  std::optional<Outlook> known_at(std::uint64_t frame, std::chrono::nanoseconds time) const;

private:
  // A frame whose picture costs too much for the streaming thread: a JPEG, or one in the memory of
  // a device.
  struct Unread {
    Ref<GstBuffer> buffer;
    GstVideoInfo info{};
  };
  struct Item {
    enum class Kind { live, frame, sample, let_go, relax, cut, left, forget } kind = Kind::live;
    vision::Picture picture = {};
    vision::Joiner::Frame frame = {};
    std::optional<Unread> unread = std::nullopt; // of the picture or frame
    std::uint64_t number = 0;                    // of a request or a frame
    std::chrono::nanoseconds time{0};            // of a sample
  };

  bool is_later(std::chrono::nanoseconds time) const;
  bool takes_picture(const Passing &frame);
  std::shared_ptr<const vision::LumaImage> read(vision::LumaShrinker &shrinker, GstBuffer *buffer,
                                                const GstVideoInfo &info);
  void look(const Passing &frame, Item &item, std::shared_ptr<const vision::LumaImage> &image);
  void put(Item item, bool may_skip = true);
  void work();
  void drain();
  void handle(Item item);
  void make_room();
  void publish();
  bool is_abandoned() const { return is_stopping_ || n_forgotten_ != n_handled_; }

  GstElement *element_; // for debug output
  AnalyzerStats &stats_;
  const Hooks hooks_;

  std::atomic<bool> is_stopping_{false};
  std::atomic<unsigned> n_forgotten_{0}; // how often all was to be forgotten
  std::atomic<unsigned> n_handled_{0};   // of these, by the worker

  // Streaming thread only.
  vision::LumaShrinker shrinker_;
  std::uint64_t n_frames_ = 0;

  mutable std::mutex mutex_; // guards down to the blank line; held for pushes and swaps only
  std::optional<std::chrono::nanoseconds> last_picture_;
  std::vector<Item> inbox_;
  std::size_t n_unread_ = 0;                               // in it
  bool is_posted_ = false;                                 // somebody will look into the inbox
  std::shared_ptr<const vision::Joiner::Outlook> outlook_; // newest

  // The worker's own.
  vision::LumaShrinker late_shrinker_;
  vision::Tracker tracker_;
  vision::Joiner joiner_;
  bool must_make_room_ = false;
  std::uint64_t newest_answer_ = 0; // request; live
  std::uint64_t first_valid_ = 0;   // request
};

} // namespace gemini
