// SPDX-License-Identifier: LGPL-2.1-or-later

// What the process knows of a service and a key.
#include "net/account.hpp"

#include <glib.h>

namespace gemini::net {
namespace {

struct Accounts {
  std::mutex mutex; // guards by_digest
  std::map<std::string, std::shared_ptr<Account>> by_digest;
};

Accounts &all_accounts()
{
  // Never destroyed: workers may still run when the process ends.
  static auto &accounts = *new Accounts;
  return accounts;
}

// An address has no line break, so that no other pair gives the same text.
std::string digest(const std::string &base_url, const std::string &secret)
{
  g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
  for (const std::string &part : {base_url, std::string{"\n"}, secret})
    g_checksum_update(checksum, reinterpret_cast<const guchar *>(part.data()),
                      static_cast<gssize>(part.size()));
  return g_checksum_get_string(checksum);
}

} // namespace

std::shared_ptr<Account> Account::share(const std::string &base_url, const std::string &secret)
{
  const std::string key = digest(base_url, secret);
  Accounts &accounts = all_accounts();
  const std::lock_guard lock{accounts.mutex};
  std::shared_ptr<Account> &account = accounts.by_digest[key];
  if (!account)
    account = std::make_shared<Account>();
  return account;
}

void Account::also(const std::shared_ptr<Account> &account, const std::string &base_url,
                   const std::string &secret)
{
  const std::string key = digest(base_url, secret);
  Accounts &accounts = all_accounts();
  const std::lock_guard lock{accounts.mutex};
  accounts.by_digest.try_emplace(key, account);
}

} // namespace gemini::net
