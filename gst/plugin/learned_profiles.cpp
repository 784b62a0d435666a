// SPDX-License-Identifier: LGPL-2.1-or-later
// What services have taught this process about models.
#include "plugin/learned_profiles.hpp"

#include <cstddef>

namespace gemini {

LearnedProfiles &LearnedProfiles::shared()
{
  // Never destroyed: workers may still run when the process ends.
  static auto &profiles = *new LearnedProfiles;
  return profiles;
}

wire::OwnFields LearnedProfiles::unwanted(const std::string &base_url,
                                          const std::string &model) const
{
  const std::lock_guard lock{mutex_};
  const auto known = unwanted_.find({base_url, model});
  return known == unwanted_.end() ? wire::OwnFields{} : known->second;
}

bool LearnedProfiles::learn(const std::string &base_url, const std::string &model,
                            wire::OwnField field)
{
  const std::lock_guard lock{mutex_};
  wire::OwnFields &fields = unwanted_[{base_url, model}];
  const bool is_new = !contains(fields, field);
  fields.set(static_cast<std::size_t>(field));
  return is_new;
}

const wire::ModelProfile &LearnedProfiles::profile(const std::string &base_url,
                                                   const std::string &model) const
{
  const std::lock_guard lock{mutex_};
  const auto known = versions_.find({base_url, model});
  return known == versions_.end() ? wire::profile_of(model)
                                  : wire::profile_of(model, known->second);
}

void LearnedProfiles::learn_version(const std::string &base_url, const std::string &model,
                                    const std::string &version)
{
  const std::lock_guard lock{mutex_};
  versions_[{base_url, model}] = version;
}

} // namespace gemini
