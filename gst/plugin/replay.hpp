// SPDX-License-Identifier: LGPL-2.1-or-later

// `replay-location`: answers from a record instead of the service.
#pragma once

#include "core/analysis.hpp"
#include "core/result.hpp"
#include "plugin/text_file.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>

namespace gemini {

// Immutable: any thread.
class Replay {
public:
  // Reads the whole record. A line that cannot be read is named, with its number. Passed over are
  // answers that were still growing, and those about frames without a pts.
  static Result<std::shared_ptr<const Replay>, SettingProblem> open(const std::string &path);

  // The analysis that was recorded nearest to `pts`, at most `tolerance` away; null: there is none.
  std::shared_ptr<const Analysis> find(std::chrono::nanoseconds pts,
                                       std::chrono::nanoseconds tolerance) const;
  std::size_t size() const { return by_pts_.size(); }

private:
  Replay() = default;
  // The lines themselves, all of which can be read: masks take far more room than their pictures.
  // The last that was recorded for a pts counts.
  std::map<std::chrono::nanoseconds, std::string> by_pts_;
};

} // namespace gemini
