// SPDX-License-Identifier: LGPL-2.1-or-later
// BUFFERING messages, by which a player pauses while answers are awaited.
#include "plugin/buffering.hpp"

#include "glib/gst_ref.hpp"
#include "plugin/analyzer_debug.hpp"

namespace gemini {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

// How long an application may take to pause.
constexpr milliseconds kLow{300};
// So much is there to show when it goes on, lest it stops at once again.
constexpr milliseconds kHigh{1000};
constexpr milliseconds kLookAgain{1000};
constexpr milliseconds kSoon{10};
// When to see whether the pipeline has told the new base time.
constexpr milliseconds kNewTime{100};

// A bin that shows something, such as autovideosink, has its sink's property.
bool has_clocked_sink(GstBin *bin)
{
  GstIterator *sinks = gst_bin_iterate_sinks(bin);
  const auto is_other = [](gconstpointer item, gconstpointer) -> gint {
    auto *sink = static_cast<GstElement *>(g_value_get_object(static_cast<const GValue *>(item)));
    const GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(sink), "sync");
    if (!spec || spec->value_type != G_TYPE_BOOLEAN)
      return GST_IS_BIN(sink) && has_clocked_sink(GST_BIN_CAST(sink)) ? 0 : 1;
    gboolean is_clocked = FALSE;
    g_object_get(sink, "sync", &is_clocked, nullptr);
    return is_clocked ? 0 : 1;
  };
  g_auto(GValue) found = G_VALUE_INIT;
  const bool is_found = gst_iterator_find_custom(sinks, is_other, &found, nullptr);
  gst_iterator_free(sinks);
  return is_found;
}

} // namespace

std::optional<Clock::TimePoint> Buffering::look(std::optional<nanoseconds> awaited)
{
  answered(awaited);
  if (!awaited)
    return std::nullopt;
  const auto now = Clock::current().now();
  {
    const std::lock_guard lock{mutex_};
    if (resumes_at_)
      return std::nullopt;
    if (is_ending_) // what is posted next must not overtake that
      return now + kSoon;
  }
  if (is_playing_ && gst_element_get_base_time(element_) == old_base_time_)
    return now + kNewTime;
  const auto position = running_time();
  if (!position || awaited->count() < 0)
    return std::nullopt; // who begins to play says so
  if (const auto left = *awaited - *position; left > kLow)
    return now + (left - kLow);
  if (!is_shown_by_the_clock())
    return now + kLookAgain;
  post(0);
  // Only now, as who ends it must not overtake the message. The task looks again at once where an
  // answer has come meanwhile.
  const std::lock_guard lock{mutex_};
  resumes_at_ = *position + kHigh;
  return std::nullopt;
}

void Buffering::answered(std::optional<nanoseconds> awaited)
{
  {
    const std::lock_guard lock{mutex_};
    if (!resumes_at_ || (awaited && *awaited < *resumes_at_))
      return;
  }
  end();
}

void Buffering::end()
{
  {
    const std::lock_guard lock{mutex_};
    if (!resumes_at_)
      return;
    resumes_at_.reset();
    is_ending_ = true;
  }
  post(100);
  const std::lock_guard lock{mutex_};
  is_ending_ = false;
}

std::optional<nanoseconds> Buffering::running_time() const
{
  if (!is_playing_)
    return std::nullopt;
  const auto clock = Ref<GstClock>::adopt(gst_element_get_clock(element_));
  if (!clock)
    return std::nullopt;
  return nanoseconds{
      GST_CLOCK_DIFF(gst_element_get_base_time(element_), gst_clock_get_time(clock.get()))};
}

// What is written to a file takes as long as it takes, and needs no pause.
bool Buffering::is_shown_by_the_clock() const
{
  auto top = Ref<GstObject>::share(GST_OBJECT_CAST(element_));
  while (GstObject *parent = gst_object_get_parent(top.get()))
    top = Ref<GstObject>::adopt(parent);
  return GST_IS_BIN(top.get()) && has_clocked_sink(GST_BIN_CAST(top.get()));
}

void Buffering::post(int percent) const
{
  GST_INFO_OBJECT(element_, "buffering %d %%", percent);
  gst_element_post_message(element_, gst_message_new_buffering(GST_OBJECT_CAST(element_), percent));
}

} // namespace gemini
