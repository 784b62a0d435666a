// SPDX-License-Identifier: LGPL-2.1-or-later
// What services have taught this process about models: fields of ours that they refuse, and which
// model really answers. Plain data that outlives the elements, so that each lesson is paid for
// once.
#pragma once

#include "wire/model_profile.hpp"
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

  // As far as known the profile of the model that answers in the name of `model`.
  const wire::ModelProfile &profile(const std::string &base_url, const std::string &model) const;
  // A reply has said which one that is.
  void learn_version(const std::string &base_url, const std::string &model,
                     const std::string &version);

private:
  using Key = std::pair<std::string, std::string>;

  mutable std::mutex mutex_; // guards all
  std::map<Key, wire::OwnFields> unwanted_;
  std::map<Key, std::string> versions_;
};

} // namespace gemini
