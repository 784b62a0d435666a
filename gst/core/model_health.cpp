// SPDX-License-Identifier: LGPL-2.1-or-later

// Whether a model of a service is worth asking just now.
#include "core/model_health.hpp"

#include "core/backoff.hpp"

#include <algorithm>
#include <utility>

namespace gemini {
namespace {

enum class Meaning {
  unsent,  // the service had no part in it
  healthy, // it answered, if not what was wished for
  ailing,
  gone,
};

Meaning meaning_of(FailureKind kind)
{
  switch (kind) {
  case FailureKind::frame:
  case FailureKind::too_late:
  case FailureKind::budget:
  case FailureKind::not_recorded:
    return Meaning::unsent;
  case FailureKind::bad_key:
  case FailureKind::no_permission:
  case FailureKind::invalid_request:
  case FailureKind::blocked:
  case FailureKind::file_gone:
    return Meaning::healthy;
  case FailureKind::unreachable:
  case FailureKind::timeout:
  case FailureKind::quota:
  case FailureKind::server_error:
  case FailureKind::overloaded:
  case FailureKind::bad_reply:
    return Meaning::ailing;
  case FailureKind::unknown_model:
    return Meaning::gone;
  }
  return Meaning::healthy;
}

// Of what another model need not suffer, too.
bool is_of_the_model(FailureKind kind)
{
  return kind == FailureKind::overloaded || kind == FailureKind::quota ||
         kind == FailureKind::unknown_model;
}

} // namespace

const ModelHealth::Pause &ModelHealth::longer_pause() const
{
  return open_ && open_->until > asked_.until ? *open_ : asked_;
}

ModelHealth::Gate ModelHealth::look(TimePoint now) const
{
  if (const Pause &pause = longer_pause(); now < pause.until)
    return {.is_open = false, .until = pause.until, .why = pause.why, .failure = pause.failure};
  if (!open_)
    return {};
  if (is_probing_)
    return {
        .is_open = false, .until = now + kLookAgain, .why = open_->why, .failure = open_->failure};
  return {.is_open = true, .is_probe = true};
}

ModelHealth::Gate ModelHealth::enter(TimePoint now)
{
  const Gate gate = look(now);
  if (gate.is_probe)
    is_probing_ = true;
  return gate;
}

void ModelHealth::succeeded(bool is_probe)
{
  n_failures_ = 0;
  if (open_ && !is_probe)
    return;
  open_.reset();
  length_ = std::chrono::seconds{0};
  avoided_until_ = {};
  is_probing_ = false;
}

// Pauses that hold whatever else comes back.
void ModelHealth::ask_for_pause(const Failure &failure, TimePoint now,
                                std::chrono::sys_seconds wall)
{
  constexpr std::chrono::nanoseconds kNone{0};
  TimePoint until =
      now + std::min<std::chrono::nanoseconds>(failure.retry_after.value_or(kNone), kLongestWish);
  if (failure.kind == FailureKind::quota && failure.is_daily)
    until = std::max(until, now + (next_pacific_midnight(wall) - wall));
  if (until > now && until >= asked_.until)
    asked_ = {.until = until, .why = failure.kind, .failure = failure};
}

void ModelHealth::failed(const Failure &failure, TimePoint now, std::chrono::sys_seconds wall,
                         bool is_probe)
{
  const Meaning meaning = meaning_of(failure.kind);
  if (meaning == Meaning::unsent) {
    if (is_probe)
      dropped();
    return;
  }
  if (meaning == Meaning::healthy) {
    succeeded(is_probe);
    return;
  }
  ask_for_pause(failure, now, wall);
  ++n_failures_;
  const bool was_probe = is_probe && std::exchange(is_probing_, false);
  if (meaning == Meaning::gone) {
    open_ = {.until = now + kGonePause, .why = failure.kind, .failure = failure};
    length_ = std::chrono::seconds{0};
  } else if (was_probe || (!open_ && n_failures_ >= kFailuresToOpen)) {
    length_ = std::clamp(length_ * 2, kFirstPause, kLongestPause);
    open_ = {.until = now + length_, .why = failure.kind, .failure = failure};
  }
  if (is_of_the_model(failure.kind))
    avoided_until_ = std::max(avoided_until_, now + kAvoidOverloaded);
}

void ModelHealth::dropped()
{
  is_probing_ = false;
}

void ModelHealth::forget_gone()
{
  if (!open_ || open_->why != FailureKind::unknown_model)
    return;
  open_.reset();
  n_failures_ = 0;
  avoided_until_ = {};
  is_probing_ = false;
}

bool ModelHealth::is_avoided(TimePoint now) const
{
  if (now < avoided_until_ || (now < asked_.until && is_of_the_model(asked_.why)))
    return true;
  return open_ && is_of_the_model(open_->why) && (now < open_->until || is_probing_);
}

} // namespace gemini
