// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tracking_support.hpp"
#include "vision/between.hpp"

#include <cmath>
#include <initializer_list>
#include <memory>
#include <utility>

#include <gst/check/gstcheck.h>

using namespace gemini;
using namespace gemini::vision;
using namespace std::chrono_literals;

namespace {

constexpr Interval kInterval{.begin = 10s, .end = 12s};

Known known(double x, std::chrono::nanoseconds time)
{
  Known result;
  result.seen = std::make_shared<const Object>(boxed(1, "cup", thing_at(x)));
  result.from = thing_at(x);
  result.confirmed = result.first_seen = time;
  result.n_answers = 1;
  return result;
}

Followed at(double x, double confidence = 1)
{
  return {.place = thing_at(x), .velocity = {}, .confidence = confidence};
}

Followed hidden(double x)
{
  return {.place = thing_at(x), .velocity = {}, .confidence = 0.1, .is_hidden = true};
}

Way way_of(std::initializer_list<std::pair<std::chrono::nanoseconds, Followed>> stops)
{
  Way way;
  for (const auto &[time, followed] : stops)
    way.add(time, followed);
  return way;
}

double x_of(const std::optional<Object> &object)
{
  return object ? object->box->x : -1;
}

bool is_about(double a, double b)
{
  return std::abs(a - b) < 1e-6;
}

} // namespace

GST_START_TEST(at_both_ends_it_is_where_the_answers_say)
{
  Known before = known(0.1, 10s);
  before.way = way_of({{10s, at(0.1)}, {12s, at(0.14, 0.8)}});
  const Known after = known(0.2, 12s);
  const Way back = way_of({{12s, at(0.2)}, {10s, at(0.17, 0.8)}});
  const Span span{.before = &before, .after = &after, .back = &back};
  fail_unless(is_about(x_of(object_between(span, kInterval, 10s)), 0.1));
  fail_unless(is_about(x_of(object_between(span, kInterval, 12s)), 0.2));
  // What either is off by is spread: no step is much longer than the others.
  double last = 0.1;
  for (auto time = 10100ms; time <= 12s; time += 100ms) {
    const auto object = object_between(span, kInterval, time);
    const double x = x_of(object);
    fail_unless(x > last && x - last < 0.01, "%g after %g", x, last);
    fail_unless(object->track.age == std::min<std::chrono::nanoseconds>(time - 10s, 12s - time));
    fail_unless(object->track.confidence > 0.7 && object->track.confidence <= 1);
    last = x;
  }
}
GST_END_TEST

GST_START_TEST(the_way_that_met_the_other_answer_is_believed)
{
  // The way on went along with something else, the way back did not.
  Known before = known(0.1, 10s);
  before.way = way_of({{10s, at(0.1)}, {11s, at(0.6)}, {12s, at(0.7)}});
  const Known after = known(0.2, 12s);
  const Way back = way_of({{12s, at(0.2)}, {11s, at(0.19)}, {10s, at(0.1)}});
  const Span span{.before = &before, .after = &after, .back = &back};
  const double x = x_of(object_between(span, kInterval, 11s));
  fail_unless(std::abs(x - 0.19) < 0.02, "%g", x);
}
GST_END_TEST

GST_START_TEST(what_neither_way_sees_is_lost)
{
  Known before = known(0.1, 10s);
  before.way = way_of({{10s, at(0.1)}, {11s, hidden(0.15)}, {12s, hidden(0.2)}});
  const Known after = known(0.2, 12s);
  const Way back = way_of({{12s, at(0.2)}, {11s, hidden(0.15)}, {10s, hidden(0.1)}});
  const Span span{.before = &before, .after = &after, .back = &back};
  fail_unless(object_between(span, kInterval, 11s)->track.state == TrackState::lost);
  fail_unless(object_between(span, kInterval, 10s)->track.state == TrackState::fresh);
}
GST_END_TEST

GST_START_TEST(what_one_answer_misses_is_there_while_it_is_seen)
{
  Known before = known(0.1, 10s);
  before.way =
      way_of({{10s, at(0.1)}, {11500ms, at(0.2)}, {11600ms, hidden(0.21)}, {12s, hidden(0.25)}});
  Followed outside = at(-0.2);
  outside.has_left = true;
  const Span goes{.before = &before};
  fail_unless(object_between(goes, kInterval, 11500ms).has_value());
  fail_if(object_between(goes, kInterval, 11600ms).has_value());
  const Known after = known(0.2, 12s);
  const Way back = way_of({{12s, at(0.2)}, {10400ms, at(0.1)}, {10300ms, outside}, {10s, outside}});
  const Span comes{.after = &after, .back = &back};
  fail_if(object_between(comes, kInterval, 10300ms).has_value());
  const auto object = object_between(comes, kInterval, 10400ms);
  fail_unless(object && object->track.age == 1600ms);
}
GST_END_TEST

GST_START_TEST(what_one_answer_misses_though_it_is_seen_is_there_for_half_of_it)
{
  Known before = known(0.1, 10s);
  before.way = way_of({{10s, at(0.1)}, {12s, at(0.2)}});
  Span span{.before = &before};
  fail_unless(object_between(span, kInterval, 10900ms).has_value());
  fail_if(object_between(span, kInterval, 11100ms).has_value());
  span.is_missed = false; // but cut off
  fail_unless(object_between(span, kInterval, 11900ms).has_value());
  const Known after = known(0.2, 12s);
  const Way back = way_of({{12s, at(0.2)}, {10s, at(0.1)}});
  span = {.after = &after, .back = &back};
  fail_if(object_between(span, kInterval, 10900ms).has_value());
  fail_unless(object_between(span, kInterval, 11100ms).has_value());
}
GST_END_TEST

GST_START_TEST(what_has_no_place_is_said_by_the_nearer_answer)
{
  Known before = known(0, 10s);
  before.from.reset();
  Known after = known(0, 12s);
  after.from.reset();
  fail_unless(object_between({.before = &before}, kInterval, 10900ms).has_value());
  fail_if(object_between({.before = &before}, kInterval, 11100ms).has_value());
  fail_if(object_between({.after = &after}, kInterval, 10900ms).has_value());
  fail_unless(object_between({.after = &after}, kInterval, 11100ms).has_value());
  fail_unless(object_between({.before = &before, .after = &after}, kInterval, 11100ms).has_value());
  fail_unless(
      object_between({.before = &before, .is_missed = false}, kInterval, 11100ms).has_value());
}
GST_END_TEST

GST_START_TEST(what_an_answer_did_not_name_is_bent_to_where_it_was_then)
{
  // Seen at 0.1 by an answer before the interval; the one at its begin was cut off.
  Known before = known(0.1, 8s);
  before.way = way_of({{8s, at(0.1)}, {10s, at(0.3)}, {12s, at(0.5)}});
  const Known after = known(0.5, 12s);
  const Way back = way_of({{12s, at(0.5)}, {10s, at(0.3)}});
  const auto object =
      object_between({.before = &before, .after = &after, .back = &back}, kInterval, 10500ms);
  fail_unless(is_about(x_of(object), 0.35), "%g", x_of(object));
  fail_unless(object->track.age == 1500ms);
}
GST_END_TEST

GST_START_TEST(an_interval_without_length_does_no_harm)
{
  Known before = known(0.1, 10s);
  before.way = way_of({{10s, at(0.1)}});
  const Known after = known(0.1, 10s);
  const Way back = way_of({{10s, at(0.1)}});
  const Span span{.before = &before, .after = &after, .back = &back};
  for (const auto time : {9s, 10s, 11s})
    fail_unless(is_about(x_of(object_between(span, {10s, 10s}, time)), 0.1));
}
GST_END_TEST

static Suite *between_suite()
{
  Suite *suite = suite_create("between");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, at_both_ends_it_is_where_the_answers_say);
  tcase_add_test(tcase, the_way_that_met_the_other_answer_is_believed);
  tcase_add_test(tcase, what_neither_way_sees_is_lost);
  tcase_add_test(tcase, what_one_answer_misses_is_there_while_it_is_seen);
  tcase_add_test(tcase, what_one_answer_misses_though_it_is_seen_is_there_for_half_of_it);
  tcase_add_test(tcase, what_has_no_place_is_said_by_the_nearer_answer);
  tcase_add_test(tcase, what_an_answer_did_not_name_is_bent_to_where_it_was_then);
  tcase_add_test(tcase, an_interval_without_length_does_no_harm);
  return suite;
}

GST_CHECK_MAIN(between)
