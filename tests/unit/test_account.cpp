// SPDX-License-Identifier: LGPL-2.1-or-later

// One count for each service and key, shared by the process.
#include "net/account.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gst/check/gstcheck.h>

using gemini::Ledger;
using gemini::net::Account;

namespace {

std::uint64_t requests(const std::shared_ptr<Account> &account)
{
  return account->with(
      [](const Ledger &ledger, const Account::Health &) { return ledger.totals().requests; });
}

void ask(const std::shared_ptr<Account> &account)
{
  account->with([](Ledger &ledger, Account::Health &) {
    ledger.reserve({}, {.input = 1}, Ledger::TimePoint{std::chrono::hours{1}});
  });
}

} // namespace

GST_START_TEST(an_account_is_shared_by_all_who_use_the_same_key)
{
  const auto account = Account::share("https://shared", "key");
  fail_unless(account == Account::share("https://shared", "key"));
  ask(account);
  fail_unless_equals_uint64(requests(Account::share("https://shared", "key")), 1);
}
GST_END_TEST

GST_START_TEST(another_key_or_another_service_is_another_account)
{
  const auto account = Account::share("https://a", "key");
  fail_unless(account != Account::share("https://a", "other"));
  fail_unless(account != Account::share("https://b", "key"));
  fail_unless(account != Account::share("https://akey", ""));
  fail_unless(account != Account::share("", "https://akey"));
}
GST_END_TEST

GST_START_TEST(an_account_outlives_its_elements)
{
  ask(Account::share("https://outlives", "key"));
  fail_unless_equals_uint64(requests(Account::share("https://outlives", "key")), 1);
}
GST_END_TEST

GST_START_TEST(a_key_that_replaces_another_goes_on_with_its_account)
{
  const auto account = Account::share("https://replaced", "old");
  ask(account);
  Account::also(account, "https://replaced", "new");
  fail_unless(Account::share("https://replaced", "new") == account);
  fail_unless(Account::share("https://replaced", "old") == account);
  fail_unless(Account::share("https://elsewhere", "new") != account);
}
GST_END_TEST

GST_START_TEST(a_key_with_an_account_of_its_own_keeps_it)
{
  const auto account = Account::share("https://own", "old");
  const auto own = Account::share("https://own", "new");
  Account::also(account, "https://own", "new");
  fail_unless(Account::share("https://own", "new") == own);
}
GST_END_TEST

GST_START_TEST(health_is_kept_by_model)
{
  using gemini::FailureKind;
  const auto now = Ledger::TimePoint{std::chrono::hours{1}};
  const auto account = Account::share("https://health", "key");
  account->with([now](Ledger &, Account::Health &health) {
    health["gone"].failed({.kind = FailureKind::unknown_model, .message = "No."}, now, {});
  });
  account->with([now](Ledger &, Account::Health &health) {
    fail_unless(!health["gone"].look(now).is_open);
    fail_unless(health["here"].look(now).is_open);
  });
}
GST_END_TEST

GST_START_TEST(accounts_are_shared_and_used_by_any_thread)
{
  constexpr unsigned kThreads = 4;
  constexpr std::uint64_t kTimes = 200;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (unsigned i = 0; i < kThreads; ++i)
    threads.emplace_back([] {
      for (std::uint64_t n = 0; n < kTimes; ++n)
        ask(Account::share("https://threads", "key"));
    });
  for (std::thread &thread : threads)
    thread.join();
  fail_unless_equals_uint64(requests(Account::share("https://threads", "key")), kThreads * kTimes);
}
GST_END_TEST

static Suite *account_suite()
{
  Suite *suite = suite_create("account");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, an_account_is_shared_by_all_who_use_the_same_key);
  tcase_add_test(tcase, another_key_or_another_service_is_another_account);
  tcase_add_test(tcase, an_account_outlives_its_elements);
  tcase_add_test(tcase, a_key_that_replaces_another_goes_on_with_its_account);
  tcase_add_test(tcase, a_key_with_an_account_of_its_own_keeps_it);
  tcase_add_test(tcase, health_is_kept_by_model);
  tcase_add_test(tcase, accounts_are_shared_and_used_by_any_thread);
  return suite;
}

GST_CHECK_MAIN(account)
