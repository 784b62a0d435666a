// SPDX-License-Identifier: LGPL-2.1-or-later
// GLib's own timeouts know the machine's clock only.
#include "glib/clock_source.hpp"

#include <cstdint>
#include <utility>

namespace gemini {
namespace {

// What g_source_new() allocates: nothing in it has a constructor.
struct ClockSource {
  GSource parent;
  std::int64_t due; // in ticks of the clock
};

int left_ms(GSource *source)
{
  const Clock::TimePoint due{
      Clock::TimePoint::duration{reinterpret_cast<ClockSource *>(source)->due}};
  return Clock::current().sleep_ms(due);
}

gboolean prepare(GSource *source, gint *timeout)
{
  *timeout = left_ms(source);
  return *timeout == 0;
}

gboolean check(GSource *source)
{
  return left_ms(source) == 0;
}

gboolean dispatch(GSource *, GSourceFunc callback, gpointer data)
{
  callback(data);
  return G_SOURCE_REMOVE;
}

} // namespace

Ref<GSource> clock_source(Clock::TimePoint due, std::function<void()> job)
{
  static GSourceFuncs functions{prepare, check, dispatch, nullptr, nullptr, nullptr};
  auto source = Ref<GSource>::adopt(g_source_new(&functions, sizeof(ClockSource)));
  reinterpret_cast<ClockSource *>(source.get())->due = due.time_since_epoch().count();
  g_source_set_callback(
      source.get(),
      [](gpointer data) {
        (*static_cast<std::function<void()> *>(data))();
        return G_SOURCE_REMOVE;
      },
      new std::function<void()>{std::move(job)},
      [](gpointer data) { delete static_cast<std::function<void()> *>(data); });
  return source;
}

} // namespace gemini
