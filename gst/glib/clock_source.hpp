// SPDX-License-Identifier: LGPL-2.1-or-later
// A timer of a main context that goes by Clock::current().
#pragma once

#include "glib/clock.hpp"
#include "glib/ref.hpp"

#include <functional>

namespace gemini {

// Calls `job` once, in the thread of the context that the source is attached to, when the clock
// says `due`. Destroying the source before takes `job` away without calling it.
Ref<GSource> clock_source(Clock::TimePoint due, std::function<void()> job);

} // namespace gemini
