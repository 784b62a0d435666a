// SPDX-License-Identifier: LGPL-2.1-or-later
// Accurate mode: where objects are on every frame between two answers.
//
//   answer k ──followed forward──►  frames between  ◄──followed back── answer k+1
//
// Both ways are bent so that they end where the other answer says, and joined by how sure each is
// at that instant. What only one answer names is there from or until where the motion says so.
//
// Everything is told in stream order, whatever the order in which answers come. Deterministic: the
// same calls give the same results. No threads, no clock.
#pragma once

#include "core/analysis.hpp"
#include "vision/between.hpp"
#include "vision/follower.hpp"
#include "vision/known.hpp"
#include "vision/luma_image.hpp"
#include "vision/way.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace gemini::vision {

class Joiner {
public:
  struct Results {
    // What is on a frame. Each frame once, in order.
    std::function<void(std::uint64_t frame, Scene scene)> frame;
    // An answer, its objects with ids and states. Each once, in order of the samples; before the
    // frames that it is on.
    std::function<void(std::shared_ptr<const Analysis> analysis)> answer;
    NewId new_id = {};
    // Any thread may make it true: reset() comes, and what is being worked out is of no use.
    std::function<bool()> is_abandoned = {};
  };
  explicit Joiner(Results results);
  ~Joiner();
  Joiner(const Joiner &) = delete;
  Joiner &operator=(const Joiner &) = delete;

  struct Frame {
    std::uint64_t number = 0; // rising
    std::uint64_t sample = 0; // whose answer has the word on it, of several at its time; 0: any
    std::chrono::nanoseconds time{0};
    std::shared_ptr<const LumaImage> image; // null: not looked at; it is between its neighbours
    bool may_be_sampled = false;            // it may turn out later that it is
    bool is_held_back = false;              // its source: nobody sees it as late
  };
  // In stream order.
  void add_frame(Frame frame);
  // An answer will come about the frame of that time, one that has been added or is about to be.
  void add_sample(std::uint64_t request, std::chrono::nanoseconds time);
  // Those so far, or up to that one, wait for no newer answers than those that are under way.
  void let_go() { let_go(last_frame_); }
  void let_go(std::uint64_t last_frame);
  bool waits_for_answers() const;
  // Frames up to this one have gone without being told.
  void gone(std::uint64_t number);
  // The frames from here on show something else.
  void cut();

  // In any order. False: it is about none of the samples that are waited for.
  bool answer(std::shared_ptr<const Analysis> analysis);

  struct Status {
    std::chrono::nanoseconds since{0};
    std::uint64_t answer = 0; // request
    Scene::Status status = Scene::Status::pending;
  };
  // What is known without the next answer, for frames that cannot wait for it.
  struct Outlook {
    std::vector<Known> known;                 // named by the newest answer, and followed on
    std::shared_ptr<const Analysis> analysis; // that answer; null: there is none
    std::deque<Status> statuses;              // by time
    std::optional<std::uint64_t> last_frame;  // what is behind it shows something else
    // The newest answer about that time or before it.
    Status status_at(std::chrono::nanoseconds time) const;
    Scene at(std::uint64_t frame, std::chrono::nanoseconds time) const;
  };
  Outlook outlook() const;
  // Nothing that was seen so far is known any more, and nothing of it is told any more. Ids go on.
  void reset();

private:
  // What ends an interval.
  struct End {
    enum class Kind { answer, let_go, cut } kind = Kind::answer;
    std::uint64_t request = 0;                          // of an answer
    std::chrono::nanoseconds time{0};                   // of an answer: of its frame
    std::shared_ptr<const LumaImage> image = nullptr;   // of an answer
    bool is_reached = false;                            // likewise: its frame has come
    std::uint64_t last_frame = 0;                       // of the others
    std::shared_ptr<const Analysis> analysis = nullptr; // that has come
  };

  void reach_all();
  void settle();
  const End *next_cut() const;
  static bool is_before(const Frame &frame, const End *cut);
  void follow_on();
  bool is_abandoned() const { return results_.is_abandoned && results_.is_abandoned(); }
  void note_status(const End &end);
  void join(const End &end);
  std::vector<Span> spans(const std::vector<Known> &before, const Named &named,
                          const std::vector<Way> &back) const;
  void tell(std::vector<Object> objects);
  void tell_first();
  void tell_followed(std::uint64_t last_frame);
  void tell_unknown();
  std::vector<Way> follow_back(const End &end, const std::vector<Known> &objects) const;
  void begin_at(const End &end, Named named);
  Scene scene_of(const Frame &frame, std::vector<Object> objects);
  void forget();

  const Results results_;
  std::deque<Frame> frames_;                      // not told yet
  std::uint64_t last_frame_ = 0;                  // that was added
  std::deque<End> ends_;                          // not reached yet
  std::deque<Status> statuses_;                   // that of the newest frame told, and later ones
  std::optional<Follower> follower_;              // from newest_ on
  std::vector<Known> known_;                      // that it follows
  std::shared_ptr<const Analysis> newest_;        // usable one that was told
  std::optional<std::chrono::nanoseconds> begin_; // its frame; none: there is none
  std::shared_ptr<const LumaImage> begin_image_;  // likewise
  // What is on that frame, where it is the first and waits: who begins to play when it leaves must
  // not find the next one missing.
  std::optional<std::vector<Object>> first_;
};

} // namespace gemini::vision
