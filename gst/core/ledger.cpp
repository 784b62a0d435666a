// SPDX-License-Identifier: LGPL-2.1-or-later

// What has been asked of a service with one key, and what that cost: the cost governor.
#include "core/ledger.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace gemini {
namespace {

constexpr double kMillion = 1e6;
constexpr double kSecondsPerDay = 86'400;
constexpr double kMinutesPerDay = 1'440;

// No count that comes from outside is taken to be larger, so that sums of very many fit 64 bits.
constexpr std::int64_t kMost = std::int64_t{1} << 40;

std::int64_t sane(std::int64_t tokens)
{
  return std::clamp<std::int64_t>(tokens, 0, kMost);
}

std::int64_t to_signed(std::uint64_t limit)
{
  constexpr auto kLargest = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  return static_cast<std::int64_t>(std::min(limit, kLargest));
}

// As the service counts, or where it left the total out.
Usage completed(const Usage &usage)
{
  Usage whole{.prompt = sane(usage.prompt),
              .output = sane(usage.output),
              .thoughts = sane(usage.thoughts),
              .cached = sane(usage.cached)};
  whole.total = std::max(sane(usage.total), whole.prompt + whole.output + whole.thoughts);
  return whole;
}

void add(Usage &sum, const Usage &usage)
{
  sum.prompt += usage.prompt;
  sum.output += usage.output;
  sum.thoughts += usage.thoughts;
  sum.cached += usage.cached;
  sum.total += usage.total;
}

} // namespace

const char *to_string(LimitKind kind)
{
  switch (kind) {
  case LimitKind::requests_per_minute:
    return "requests-per-minute";
  case LimitKind::max_requests:
    return "max-requests";
  case LimitKind::max_tokens:
    return "max-tokens";
  }
  return "unknown";
}

double cost_of(const Usage &usage, const Price &price)
{
  const auto input = static_cast<double>(usage.prompt);
  const auto output = static_cast<double>(usage.output + usage.thoughts);
  return (input * price.input + output * price.output) / kMillion;
}

// What can be had again only by another limit is looked at first: waiting would not help.
Ledger::Decision Ledger::decide(const Limits &limits, const Cost &cost, TimePoint now) const
{
  using Kind = Verdict::Kind;
  // Threads may ask in another order than they looked at the clock.
  if (!sent_.empty())
    now = std::max(now, sent_.back());
  if (limits.max_requests > 0 && totals_.requests >= limits.max_requests)
    return {.verdict = {.kind = Kind::never, .limit = LimitKind::max_requests}, .open = {}};

  const std::int64_t estimate = sane(cost.input);
  const auto input =
      sane(static_cast<std::int64_t>(std::ceil(static_cast<double>(estimate) * input_factor_)));
  const std::int64_t output = sane(cost.output_limit.value_or(cost.model_output_limit));
  Verdict granted;
  std::int64_t reserved = input + output;
  if (limits.max_tokens > 0) {
    const std::int64_t all = to_signed(limits.max_tokens);
    const std::int64_t least = input + std::min(output, kLeastOutput);
    if (all - totals_.spent() < least)
      return {.verdict = {.kind = Kind::never, .limit = LimitKind::max_tokens}, .open = {}};
    const std::int64_t left = all - totals_.tokens();
    if (left < least)
      return {.verdict = {.kind = Kind::later, .limit = LimitKind::max_tokens}, .open = {}};
    if (left < reserved) {
      granted.reservation.output_limit = left - input;
      reserved = left;
    }
  }

  const std::size_t in_window = requests_in_window(now);
  if (limits.requests_per_minute > 0 && in_window >= limits.requests_per_minute) {
    Verdict later{.kind = Kind::later, .limit = LimitKind::requests_per_minute};
    // As many have to leave the window; those that have been on their way for so long do not say
    // when.
    const std::size_t n_known = in_window - n_overdue(now);
    if (const std::size_t n = in_window - limits.requests_per_minute; n < n_known)
      later.when = sent_[sent_.size() - n_known + n] + kWindow;
    return {.verdict = later, .open = {}};
  }
  return {.verdict = granted, .open = {.input = estimate, .reserved = reserved, .at = now}};
}

Ledger::Verdict Ledger::look(const Limits &limits, const Cost &cost, TimePoint now) const
{
  return decide(limits, cost, now).verdict;
}

Ledger::Verdict Ledger::reserve(const Limits &limits, const Cost &cost, TimePoint now)
{
  auto [verdict, open] = decide(limits, cost, now);
  if (verdict.kind != Verdict::Kind::granted)
    return verdict;
  while (!sent_.empty() && open.at - sent_.front() >= kWindow)
    sent_.pop_front();
  sent_.push_back(open.at);
  ++totals_.requests;
  totals_.reserved += open.reserved;
  verdict.reservation.id = next_id_++;
  open_.emplace(verdict.reservation.id, open);
  return verdict;
}

std::optional<Ledger::Open> Ledger::close(const Reservation &reservation)
{
  const auto found = open_.find(reservation.id);
  if (found == open_.end())
    return std::nullopt;
  const Open open = found->second;
  open_.erase(found);
  totals_.reserved -= open.reserved;
  return open;
}

void Ledger::uncount(TimePoint at)
{
  const auto found = std::lower_bound(sent_.begin(), sent_.end(), at);
  if (found != sent_.end() && *found == at)
    sent_.erase(found);
}

// Requests that were let through before the window and are not known to have gone.
std::size_t Ledger::n_overdue(TimePoint now) const
{
  return static_cast<std::size_t>(
      std::count_if(open_.begin(), open_.end(), [now](const auto &entry) {
        return !entry.second.is_sent && entry.second.at <= now - kWindow;
      }));
}

void Ledger::sent(const Reservation &reservation, TimePoint now)
{
  const auto found = open_.find(reservation.id);
  if (found == open_.end() || std::exchange(found->second.is_sent, true))
    return;
  uncount(found->second.at);
  const TimePoint at = found->second.at = std::max(now, found->second.at);
  sent_.insert(std::upper_bound(sent_.begin(), sent_.end(), at), at);
}

void Ledger::settle(const Reservation &reservation, const Usage &usage)
{
  const Usage cost = completed(usage);
  if (cost.total == 0) {
    write_off(reservation);
    return;
  }
  const auto open = close(reservation);
  if (!open)
    return;
  add(totals_.usage, cost);
  ++n_answers_;
  if (open->input > 0)
    input_factor_ = std::clamp(static_cast<double>(cost.prompt) / static_cast<double>(open->input),
                               input_factor_, kLargestFactor);
}

void Ledger::refund(const Reservation &reservation)
{
  close(reservation);
}

void Ledger::cancel(const Reservation &reservation)
{
  const auto open = close(reservation);
  if (!open)
    return;
  --totals_.requests;
  uncount(open->at);
}

void Ledger::write_off(const Reservation &reservation)
{
  if (const auto open = close(reservation))
    totals_.unknown += open->reserved;
}

unsigned Ledger::requests_in_window(TimePoint now) const
{
  const auto first = std::upper_bound(sent_.begin(), sent_.end(), now - kWindow);
  return static_cast<unsigned>(static_cast<std::size_t>(sent_.end() - first) + n_overdue(now));
}

double Ledger::mean_output() const
{
  if (n_answers_ == 0)
    return 0;
  return static_cast<double>(totals_.usage.output + totals_.usage.thoughts) /
         static_cast<double>(n_answers_);
}

std::vector<BudgetAlarm::Alarm> BudgetAlarm::check(const Limits &limits,
                                                   const Ledger::Totals &totals,
                                                   std::optional<LimitKind> exhausted)
{
  if (limits.max_requests != limits_.max_requests)
    told_.erase(LimitKind::max_requests);
  if (limits.max_tokens != limits_.max_tokens)
    told_.erase(LimitKind::max_tokens);
  limits_ = limits;

  const auto spent = static_cast<std::uint64_t>(std::max<std::int64_t>(totals.spent(), 0));
  std::vector<Alarm> alarms;
  for (Alarm alarm : {Alarm{LimitKind::max_requests, 0, totals.requests, limits.max_requests},
                      Alarm{LimitKind::max_tokens, 0, spent, limits.max_tokens}}) {
    if (alarm.of == 0)
      continue;
    const double part = static_cast<double>(alarm.used) / static_cast<double>(alarm.of);
    for (const unsigned percent : {50U, 80U, 100U})
      if (part >= percent / 100.0)
        alarm.percent = percent;
    if (exhausted == alarm.limit)
      alarm.percent = 100;
    if (unsigned &told = told_[alarm.limit]; alarm.percent > told) {
      told = alarm.percent;
      alarms.push_back(alarm);
    }
  }
  return alarms;
}

Projection project(double samples_per_second, unsigned frames_per_request, const Limits &limits,
                   const Price &price, std::int64_t input, double mean_output)
{
  Projection day;
  day.requests = samples_per_second * kSecondsPerDay / std::max(frames_per_request, 1U);
  if (limits.requests_per_minute > 0)
    day.requests = std::min(day.requests, limits.requests_per_minute * kMinutesPerDay);
  const auto input_tokens = static_cast<double>(input);
  day.tokens = day.requests * (input_tokens + mean_output);
  if (price.input > 0 || price.output > 0)
    day.cost = day.requests * (input_tokens * price.input + mean_output * price.output) / kMillion;
  return day;
}

} // namespace gemini
