// SPDX-License-Identifier: LGPL-2.1-or-later

// What applications read of the cost governor on the bus.
#include "plugin/budget_messages.hpp"

#include <string>

#include <gst/check/gstcheck.h>

using gemini::LimitKind;
using gemini::post_alarm;
using gemini::post_projection;
using gemini::Projection;

namespace {

// An element with a bus of its own.
class Listener {
public:
  Listener() : element_(gst_bin_new("analyzer")), bus_(gst_bus_new())
  {
    gst_object_ref_sink(element_);
    gst_element_set_bus(element_, bus_);
  }
  ~Listener()
  {
    gst_element_set_bus(element_, nullptr);
    gst_object_unref(bus_);
    gst_object_unref(element_);
  }
  Listener(const Listener &) = delete;
  Listener &operator=(const Listener &) = delete;

  GstElement *element() const { return element_; }
  // The only message, as GStreamer writes structures.
  std::string heard() const
  {
    g_autoptr(GstMessage) message = gst_bus_pop(bus_);
    g_autoptr(GstMessage) second = gst_bus_pop(bus_);
    fail_unless(message && !second);
    fail_unless(GST_MESSAGE_TYPE(message) == GST_MESSAGE_ELEMENT);
    fail_unless(GST_MESSAGE_SRC(message) == GST_OBJECT_CAST(element_));
    g_autofree char *text = gst_structure_to_string(gst_message_get_structure(message));
    return text;
  }

private:
  GstElement *element_;
  GstBus *bus_;
};

bool same(const std::string &is, const std::string &should)
{
  if (is != should)
    g_printerr("is:     %s\nshould: %s\n", is.c_str(), should.c_str());
  return is == should;
}

} // namespace

GST_START_TEST(an_alarm_names_the_property_and_how_much_of_it_is_used)
{
  const Listener listener;
  post_alarm(
      listener.element(),
      {.limit = LimitKind::max_tokens, .percent = 80, .used = 5'000'000'000, .of = 6'000'000'000});
  fail_unless(same(listener.heard(),
                   "gemini-budget, event=(string)threshold, limit=(string)max-tokens, "
                   "percent=(uint)80, used=(guint64)5000000000, of=(guint64)6000000000;"));
  post_alarm(listener.element(),
             {.limit = LimitKind::max_requests, .percent = 100, .used = 10, .of = 10});
  fail_unless(same(listener.heard(),
                   "gemini-budget, event=(string)threshold, limit=(string)max-requests, "
                   "percent=(uint)100, used=(guint64)10, of=(guint64)10;"));
}
GST_END_TEST

GST_START_TEST(a_projection_says_what_a_day_brings_and_what_it_follows_from)
{
  const Listener listener;
  post_projection(listener.element(), Projection{.requests = 43'200, .tokens = 64'800'000},
                  {.analysis_rate = {1, 2}, .model = "gemini-flash-latest"});
  fail_unless(same(listener.heard(),
                   "gemini-budget, event=(string)projection, requests-per-day=(double)43200, "
                   "tokens-per-day=(double)64800000, analysis-rate=(fraction)1/2, "
                   "model=(string)gemini-flash-latest;"));
}
GST_END_TEST

GST_START_TEST(a_projection_has_a_cost_where_there_is_a_price)
{
  const Listener listener;
  post_projection(listener.element(), Projection{.requests = 1, .tokens = 2, .cost = 12.5},
                  {.analysis_rate = {0, 1}, .model = "m"});
  fail_unless(same(listener.heard(),
                   "gemini-budget, event=(string)projection, requests-per-day=(double)1, "
                   "tokens-per-day=(double)2, analysis-rate=(fraction)0/1, model=(string)m, "
                   "cost-per-day=(double)12.5;"));
}
GST_END_TEST

static Suite *budget_messages_suite()
{
  Suite *suite = suite_create("budget_messages");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, an_alarm_names_the_property_and_how_much_of_it_is_used);
  tcase_add_test(tcase, a_projection_says_what_a_day_brings_and_what_it_follows_from);
  tcase_add_test(tcase, a_projection_has_a_cost_where_there_is_a_price);
  return suite;
}

GST_CHECK_MAIN(budget_messages)
