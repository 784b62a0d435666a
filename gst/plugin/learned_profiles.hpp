// SPDX-License-Identifier: LGPL-2.1-or-later
// What services have taught this process about models: fields of ours that they refuse. Plain data
// that outlives the elements, so that each lesson is paid for once.
#pragma once

#include "wire/request.hpp"

#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace gemini {

// Any thread.
class LearnedProfiles {
public:
  static LearnedProfiles &shared();

  // Fields not to send to this model of this service.
  wire::OwnFields unwanted(const std::string &base_url, const std::string &model) const;
  // False where that was known already.
  bool learn(const std::string &base_url, const std::string &model, wire::OwnField field);

private:
  using Key = std::pair<std::string, std::string>;

  mutable std::mutex mutex_; // guards all
  std::map<Key, wire::OwnFields> unwanted_;
};

} // namespace gemini
