// SPDX-License-Identifier: LGPL-2.1-or-later

// What the process knows of a service and a key: how much was asked, and how the models are. Plain
// data that outlives the elements.
#pragma once

#include "core/ledger.hpp"
#include "core/model_health.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace gemini::net {

// Any thread.
class Account {
public:
  // The one of this address and key (or project and location, for tokens come and go). Only a
  // digest of the key is kept. Never ends.
  static std::shared_ptr<Account> share(const std::string &base_url, const std::string &secret);
  // From now on `secret` means this account, too: the key was replaced by another one. Nothing
  // where that has an account of its own.
  static void also(const std::shared_ptr<Account> &account, const std::string &base_url,
                   const std::string &secret);

  // With the lock held; `look` must be brief and call nothing of ours.
  template <typename Look> auto with(Look look)
  {
    const std::lock_guard lock{mutex_};
    return look(ledger_, health_);
  }

  using Health = std::map<std::string, ModelHealth>; // by model

private:
  std::mutex mutex_; // guards the rest
  Ledger ledger_;
  Health health_;
};

} // namespace gemini::net
