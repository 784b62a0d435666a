// SPDX-License-Identifier: LGPL-2.1-or-later
// The ids of requests, and those of them that were asked for by hand: the signal analyze-now and
// the event gemini-analyze.
#pragma once

#include "core/question.hpp"
#include "core/result.hpp"
#include "plugin/text_file.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace gemini {

// The next frame is to be analysed.
struct Demand {
  std::uint64_t id = 0;
  Question question;
};

// `question` with the words of somebody who asks for a frame by hand; without words as it is.
Result<Question, SettingProblem> with_prompt(Question question,
                                             const std::optional<std::string> &prompt);

// Any thread.
class Demands {
public:
  // So many may be without an answer; more are refused.
  static constexpr std::size_t kMost = 64;

  // The id that the request will have. 0: there are too many already, or no frame will come.
  std::uint64_t add(Question question);
  // Streaming thread, for each frame. What was demanded since the frame before it.
  std::vector<Demand> take();
  // Streaming thread: the id of a sample that was not demanded. Ids rise in the order of frames,
  // but for what is demanded between take() and this: its frame is the next, its id the smaller.
  std::uint64_t next_id();
  // The first id of what is not sampled yet.
  std::uint64_t upcoming() const;
  // There is an answer.
  void answered(std::uint64_t id);
  // The stream has ended: no frame will come before resume().
  void end();
  void resume();

  // Nobody waits for what was sampled so far.
  struct Forgotten {
    std::uint64_t first_valid = 0; // first id of what comes later
    std::size_t n_waiting = 0;     // demands that were dropped before their frame came
  };
  Forgotten forget();
  // The same, but for the demands that still wait for a frame.
  Forgotten forget_sampled();
  bool is_valid(std::uint64_t id) const; // not forgotten

private:
  mutable std::mutex mutex_;      // guards all; never held while calling anything
  std::uint64_t first_valid_ = 1; // what is older is forgotten
  std::uint64_t next_id_ = 1;
  bool is_ended_ = false;
  std::vector<Demand> waiting_;  // for a frame
  std::set<std::uint64_t> open_; // demands without an answer
};

} // namespace gemini
