// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeps C++ exceptions (ours throws none, the standard library might) from crossing C stack frames,
// where they would leave locks held.
#pragma once

#include <gst/gst.h>

#include <concepts>
#include <exception>
#include <utility>

namespace gemini {

// Runs `body`; an exception becomes an error message of `element` and the value `fallback`.
template <typename R, std::invocable F>
R guarded(GstElement *element, R fallback, F &&body) noexcept
{
  try {
    return std::forward<F>(body)();
  } catch (const std::exception &e) {
    GST_ELEMENT_ERROR(element, LIBRARY, FAILED, (nullptr), ("unexpected exception: %s", e.what()));
  }
  return fallback;
}

template <std::invocable F> void guarded(GstElement *element, F &&body) noexcept
{
  guarded(element, false, [&] {
    std::forward<F>(body)();
    return true;
  });
}

} // namespace gemini
