// SPDX-License-Identifier: LGPL-2.1-or-later
// The shape that the public types share: a reference count around a share in an immutable C++
// value. Nothing but the count ever changes, so every function may be called from any thread
// without a lock.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

namespace gemini {

template <typename Value> struct Counted {
  explicit Counted(std::shared_ptr<const Value> shared) : value(std::move(shared)) {}

  std::atomic<int> refs{1};
  const std::shared_ptr<const Value> value; // never null
};

template <typename Public> Public *counted_ref(Public *self)
{
  self->refs.fetch_add(1, std::memory_order_relaxed);
  return self;
}

template <typename Public> void counted_unref(Public *self)
{
  // Acquire and release, so that whoever frees it sees what all others did before they let go.
  if (self->refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
    delete self;
}

// Runs the body of a C function that may run out of memory: ends the process then, as GLib does,
// instead of throwing through C frames.
template <typename F> auto or_abort(F &&body) noexcept
{
  return std::forward<F>(body)();
}

} // namespace gemini
