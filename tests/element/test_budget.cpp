// SPDX-License-Identifier: LGPL-2.1-or-later
// The cost governor: no limit is ever passed, whoever shares the key, whatever goes wrong; and what
// is told of it. Each test has a key of its own, as the count is kept for the whole process.
#include "gemini/gstgemini-private.hpp"
#include "json_text.hpp"
#include "static_plugin.hpp"
#include "support.hpp"
#include "support/manual_clock.hpp"
#include "support/temporary_folder.hpp"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace gemini::test;
using namespace std::chrono_literals;
using gemini::emulator::Emulator;

namespace {

// One sample a second.
std::string film(unsigned seconds)
{
  return "videotestsrc num-buffers=" + std::to_string(10 * seconds) + " ! " + kCaps +
         " ! {} ! fakesink sync=false";
}

// A message gemini-budget.
struct BudgetMessage {
  std::string event;
  std::string limit; // of a threshold, like the next three
  guint percent = 0;
  guint64 used = 0;
  guint64 of = 0;
  std::optional<double> requests_per_day; // of a projection
  std::optional<double> tokens_per_day;
  std::optional<double> cost_per_day;
};

std::optional<BudgetMessage> read_budget(GstMessage *message)
{
  const GstStructure *from = gst_message_get_structure(message);
  if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ELEMENT ||
      !gst_structure_has_name(from, "gemini-budget"))
    return std::nullopt;
  BudgetMessage read;
  read.event = gst_structure_get_string(from, "event");
  if (const char *limit = gst_structure_get_string(from, "limit"))
    read.limit = limit;
  gst_structure_get_uint(from, "percent", &read.percent);
  gst_structure_get_uint64(from, "used", &read.used);
  gst_structure_get_uint64(from, "of", &read.of);
  const auto number = [from](const char *name) {
    gdouble value = 0;
    return gst_structure_get_double(from, name, &value) ? std::optional{value} : std::nullopt;
  };
  read.requests_per_day = number("requests-per-day");
  read.tokens_per_day = number("tokens-per-day");
  read.cost_per_day = number("cost-per-day");
  return read;
}

// Plays to its end; what it says of the budget.
std::vector<BudgetMessage> run(Pipeline &pipeline)
{
  std::vector<BudgetMessage> told;
  pipeline.play();
  for (;;) {
    g_autoptr(GstMessage) message = pipeline.wait_for(
        static_cast<GstMessageType>(GST_MESSAGE_ELEMENT | GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
    fail_unless(message != nullptr, "the pipeline did not end");
    fail_unless(GST_MESSAGE_TYPE(message) != GST_MESSAGE_ERROR, "%s", pipeline.error().c_str());
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS)
      return told;
    if (auto budget = read_budget(message))
      told.push_back(*std::move(budget));
  }
}

std::vector<BudgetMessage> thresholds(const std::vector<BudgetMessage> &told)
{
  std::vector<BudgetMessage> found;
  for (const BudgetMessage &message : told)
    if (message.event == "threshold")
      found.push_back(message);
  return found;
}

// The next message of the budget with this event.
BudgetMessage wait_for_budget(Analyzer &analyzer, const std::string &event)
{
  for (;;) {
    g_autoptr(GstMessage) message = analyzer.wait_for(GST_MESSAGE_ELEMENT);
    fail_unless(message != nullptr, "no gemini-budget with event=%s was posted", event.c_str());
    if (auto budget = read_budget(message); budget && budget->event == event)
      return *budget;
  }
}

void wait_for_eos(Pipeline &pipeline)
{
  g_autoptr(GstMessage) end =
      pipeline.wait_for(static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  fail_unless(end && GST_MESSAGE_TYPE(end) == GST_MESSAGE_EOS, "%s", pipeline.error().c_str());
}

// What the emulator has billed, by its own record.
std::int64_t billed(const std::string &folder)
{
  std::int64_t sum = 0;
  for (const auto &file : std::filesystem::directory_iterator{folder}) {
    if (!file.path().string().ends_with("-response.json"))
      continue;
    g_autofree char *body = nullptr;
    fail_unless(g_file_get_contents(file.path().c_str(), &body, nullptr, nullptr));
    sum += g_ascii_strtoll(json_at(body, "$.usageMetadata.totalTokenCount").c_str(), nullptr, 10);
  }
  return sum;
}

std::int64_t output_limit(const gemini::emulator::RecordedRequest &request)
{
  return g_ascii_strtoll(json_at(request.body, "$.generationConfig.maxOutputTokens").c_str(),
                         nullptr, 10);
}

guint64 budget_of(GstElement *element, const char *name)
{
  g_autoptr(GstStructure) stats = nullptr;
  g_autoptr(GstStructure) budget = nullptr;
  g_object_get(element, "stats", &stats, nullptr);
  fail_unless(gst_structure_get(stats, "budget", GST_TYPE_STRUCTURE, &budget, nullptr));
  guint64 value = 0;
  gint64 tokens = 0;
  if (gst_structure_get_int64(budget, name, &tokens))
    return static_cast<guint64>(tokens);
  fail_unless(gst_structure_get_uint64(budget, name, &value), "the budget has no %s", name);
  return value;
}

double stat_double(GstElement *element, const char *name)
{
  g_autoptr(GstStructure) stats = nullptr;
  g_object_get(element, "stats", &stats, nullptr);
  gdouble value = 0;
  fail_unless(gst_structure_get_double(stats, name, &value), "stats have no %s", name);
  return value;
}

} // namespace

GST_START_TEST(elements_that_share_a_key_never_pass_requests_per_minute)
{
  ManualClock clock;
  Emulator emulator{{.api_key = "budget-rpm", .faults = "2 status 500"}};
  const std::string properties = "api-key=budget-rpm requests-per-minute=5 timeout=86400000 "
                                 "eos-timeout=86400000";
  Pipeline one{film(6), emulator.url(), properties};
  Pipeline two{film(6), emulator.url(), properties};
  one.play();
  two.play();
  // Twelve samples and a retry. How many requests there were at each second, until all are made:
  fail_unless(emulator.wait_for_requests(5));
  std::vector<std::size_t> made;
  // (While a request is under way the clock runs on, by a second for each real millisecond.)
  for (; emulator.n_requests() < 13 && made.size() < 80'000; clock.advance(1s)) {
    fail_unless(clock.wait_for_sleeper(1ns, 90000s).has_value());
    made.push_back(emulator.n_requests());
  }
  fail_unless(made.size() > 120 && made.size() < 80'000, "it took %d s",
              static_cast<int>(made.size()));
  for (std::size_t i = 0; i < made.size(); ++i) {
    const std::size_t before = i < 60 ? 0 : made[i - 60];
    fail_unless(made[i] - before <= 5, "%d requests in the minute before second %d",
                static_cast<int>(made[i] - before), static_cast<int>(i));
  }
  wait_for_eos(one);
  wait_for_eos(two);
  fail_unless_equals_int(static_cast<int>(emulator.n_requests()), 13);
  for (const Pipeline *pipeline : {&one, &two})
    fail_unless(pipeline->warnings().empty(), "%s", pipeline->warnings()[0].c_str());
  fail_unless_equals_uint64(one.stat("answers") + two.stat("answers"), 12);
  fail_unless_equals_uint64(one.stat("failed") + two.stat("failed"), 0);
}
GST_END_TEST

GST_START_TEST(live_frames_do_not_wait_for_the_minute_to_be_over)
{
  ManualClock clock;
  Emulator emulator{{.api_key = "budget-live-rpm"}};
  Analyzer analyzer{emulator.url(), "mode=live api-key=budget-live-rpm requests-per-minute=1"};
  gst_buffer_unref(analyzer.pass(0));
  analyzer.wait_for_analysis();
  for (guint i = 1; i <= 3; ++i)
    gst_buffer_unref(analyzer.pass(i * GST_SECOND));
  fail_unless_equals_uint64(analyzer.stat("skipped-budget"), 3);
  clock.advance(61s);
  gst_buffer_unref(analyzer.pass(61 * GST_SECOND));
  analyzer.wait_for_analysis();
  fail_unless_equals_int(static_cast<int>(emulator.n_requests()), 2);
  fail_unless_equals_uint64(analyzer.stat("skipped-budget"), 3);
}
GST_END_TEST

GST_START_TEST(retries_count_against_max_requests)
{
  ManualClock clock;
  Emulator emulator{{.api_key = "budget-requests", .faults = "2 status 500"}};
  Pipeline pipeline{film(5), emulator.url(),
                    "api-key=budget-requests max-requests=3 max-in-flight=1"};
  pipeline.play();
  fail_unless(emulator.wait_for_requests(2));
  fail_unless(clock.wait_for_worker(1ns, 2s).has_value());
  clock.advance(2s);
  wait_for_eos(pipeline);
  fail_unless_equals_int(static_cast<int>(emulator.n_requests()), 3);
  fail_unless_equals_uint64(pipeline.stat("answers"), 2);
  fail_unless_equals_uint64(failures_of(pipeline.analyzer(), "budget"), 3);
  const auto frames = pipeline.frames();
  fail_unless_equals_int(static_cast<int>(frames.size()), 50);
  for (const auto &frame : frames)
    fail_unless_equals_int(frame.status, frame.pts < 2 * GST_SECOND
                                             ? GST_GEMINI_SCENE_STATUS_OK
                                             : GST_GEMINI_SCENE_STATUS_FAILED);
  fail_unless_equals_int(static_cast<int>(pipeline.warnings().size()), 1);
  const std::string &warning = pipeline.warnings()[0];
  fail_unless(warning.find("max-requests") != std::string::npos &&
                  warning.find("max-tokens") == std::string::npos,
              "%s", warning.c_str());
}
GST_END_TEST

GST_START_TEST(the_emulator_never_bills_more_than_max_tokens)
{
  constexpr std::int64_t kLimit = 30'000;
  const TemporaryFolder folder;
  // Answers that take all they may, and failures of every sort between.
  const std::string words(200'000, 'x');
  Emulator emulator{
      {.api_key = "budget-tokens",
       .faults = "2 status 500\n4 reset\n6 status 429-retry 0\n* text \"" + words + "\"\n",
       .record_dir = folder.path()}};
  fail_unless(emulator.is_running(), "%s", emulator.error().c_str());
  Pipeline pipeline{film(20), emulator.url(),
                    "task=caption api-key=budget-tokens max-output-tokens=3000 max-tokens=" +
                        std::to_string(kLimit)};
  const auto told = run(pipeline);
  fail_unless(billed(folder.path()) <= kLimit, "%d tokens were billed",
              static_cast<int>(billed(folder.path())));
  // And it is not just that nothing was asked.
  fail_unless(billed(folder.path()) > kLimit / 2, "%d tokens were billed",
              static_cast<int>(billed(folder.path())));
  fail_unless(failures_of(pipeline.analyzer(), "budget") > 0);
  fail_unless(budget_of(pipeline.analyzer(), "tokens") +
                  budget_of(pipeline.analyzer(), "tokens-unknown") <=
              static_cast<guint64>(kLimit));
  fail_unless(budget_of(pipeline.analyzer(), "tokens-unknown") > 0, "a reset costs nothing");
  fail_unless_equals_uint64(budget_of(pipeline.analyzer(), "tokens-reserved"), 0);
  const auto alarms = thresholds(told);
  fail_unless(!alarms.empty() && alarms.back().percent == 100 &&
              alarms.back().limit == "max-tokens");
}
GST_END_TEST

GST_START_TEST(what_is_left_of_max_tokens_shortens_the_answer)
{
  constexpr std::int64_t kLimit = 12'000;
  const TemporaryFolder folder;
  const std::string words(200'000, 'x');
  Emulator emulator{{.api_key = "budget-short",
                     .faults = "1-2 text \"four words\\n\"\n3- text \"" + words + "\"\n",
                     .record_dir = folder.path()}};
  // No limit of the output is set: the first request may have all of it, the others wait for what
  // it leaves.
  Pipeline pipeline{film(5), emulator.url(),
                    "task=caption api-key=budget-short max-tokens=" + std::to_string(kLimit)};
  run(pipeline);
  const auto requests = emulator.requests();
  fail_unless_equals_int(static_cast<int>(requests.size()), 3);
  std::int64_t before = kLimit;
  for (const auto &request : requests) {
    const std::int64_t limit = output_limit(request);
    fail_unless(limit >= 1024 && limit < before, "%d after %d", static_cast<int>(limit),
                static_cast<int>(before));
    before = limit;
  }
  fail_unless(billed(folder.path()) <= kLimit && billed(folder.path()) > kLimit * 9 / 10,
              "%d tokens were billed", static_cast<int>(billed(folder.path())));
  fail_unless_equals_uint64(failures_of(pipeline.analyzer(), "budget"), 2);
}
GST_END_TEST

GST_START_TEST(each_element_has_its_own_thresholds_on_the_common_count)
{
  Emulator emulator{{.api_key = "budget-shared"}};
  const auto film_with = [&](unsigned seconds, const std::string &limit) {
    return std::make_unique<Pipeline>(film(seconds), emulator.url(),
                                      "max-in-flight=1 api-key=budget-shared max-requests=" +
                                          limit);
  };
  const auto wide = film_with(4, "10");
  fail_unless(thresholds(run(*wide)).empty());
  // Four requests were made already.
  const auto narrow = film_with(2, "5");
  const auto told = thresholds(run(*narrow));
  fail_unless_equals_uint64(narrow->stat("answers"), 1);
  fail_unless_equals_uint64(failures_of(narrow->analyzer(), "budget"), 1);
  fail_unless(!told.empty() && told.back().percent == 100);
  const auto again = film_with(3, "10");
  const auto alarms = thresholds(run(*again));
  fail_unless_equals_uint64(again->stat("answers"), 3);
  fail_unless_equals_int(static_cast<int>(alarms.size()), 2); // 5 of 10 before, and 8 of 10
  fail_unless_equals_uint64(budget_of(again->analyzer(), "requests"), 8);
  // Another key has a count of its own.
  Emulator other{{.api_key = "budget-unshared"}};
  Pipeline alone{film(2), other.url(), "api-key=budget-unshared max-requests=2"};
  run(alone);
  fail_unless_equals_uint64(alone.stat("answers"), 2);
}
GST_END_TEST

GST_START_TEST(fifty_eighty_and_a_hundred_percent_are_told_once_each)
{
  Emulator emulator{{.api_key = "budget-alarms"}};
  Pipeline pipeline{film(13), emulator.url(),
                    "max-in-flight=1 api-key=budget-alarms max-requests=10"};
  const auto alarms = thresholds(run(pipeline));
  fail_unless_equals_int(static_cast<int>(alarms.size()), 3);
  const guint percents[] = {50, 80, 100};
  const guint64 used[] = {5, 8, 10};
  for (std::size_t i = 0; i < 3; ++i) {
    fail_unless_equals_string(alarms[i].limit.c_str(), "max-requests");
    fail_unless_equals_int(static_cast<int>(alarms[i].percent), static_cast<int>(percents[i]));
    fail_unless_equals_uint64(alarms[i].used, used[i]);
    fail_unless_equals_uint64(alarms[i].of, 10);
  }
}
GST_END_TEST

GST_START_TEST(limits_that_change_while_requests_are_under_way_are_told_of_once)
{
  Emulator emulator{{.api_key = "budget-flapping", .faults = "1 hold"}};
  Analyzer analyzer{emulator.url(), "mode=live api-key=budget-flapping max-requests=1"};
  gst_buffer_unref(analyzer.pass(0));
  fail_unless_equals_int(static_cast<int>(wait_for_budget(analyzer, "threshold").percent), 100);
  fail_unless(emulator.wait_for_requests(1));
  g_object_set(analyzer.element(), "max-requests", guint64{100}, nullptr);
  emulator.release();
  // The answer belongs to a question of before; the limit is the one of now.
  for (;;) {
    g_autoptr(GstMessage) message = analyzer.wait_for(GST_MESSAGE_ELEMENT);
    fail_unless(message != nullptr);
    const auto budget = read_budget(message);
    fail_unless(!budget || budget->event != "threshold", "%d percent of %d", budget->percent,
                static_cast<int>(budget->of));
    if (gst_structure_has_name(gst_message_get_structure(message), "gemini-analysis"))
      break;
  }
}
GST_END_TEST

GST_START_TEST(a_day_is_projected_at_start_and_after_changes)
{
  Emulator emulator{{.api_key = "budget-projection", .faults = says(1, one_object("a"))}};
  Analyzer analyzer{emulator.url(), "mode=live api-key=budget-projection"};
  gst_buffer_unref(analyzer.pass(0));
  const auto first = wait_for_budget(analyzer, "projection");
  fail_unless(first.requests_per_day == 86'400.0);
  fail_unless(first.tokens_per_day > 86'400.0 * 1000, "a picture takes more than that");
  fail_unless(!first.cost_per_day);

  g_object_set(analyzer.element(), "analysis-rate", 1, 2, "price-input", 10.0, nullptr);
  auto changed = wait_for_budget(analyzer, "projection");
  fail_unless(changed.requests_per_day == 43'200.0);
  while (!changed.cost_per_day) // two properties, two changes
    changed = wait_for_budget(analyzer, "projection");
  fail_unless(*changed.cost_per_day > 0);
  g_object_set(analyzer.element(), "requests-per-minute", 10U, nullptr);
  fail_unless(wait_for_budget(analyzer, "projection").requests_per_day == 14'400.0);
  // What does not change the costs is not worth a message.
  g_object_set(analyzer.element(), "jpeg-quality", 50U, nullptr);
  g_object_set(analyzer.element(), "analysis-rate", 1, 100, nullptr);
  fail_unless(wait_for_budget(analyzer, "projection").requests_per_day == 864.0);
}
GST_END_TEST

// Tokens of a day of one request a second, by their price for one request.
static double tokens_of_a_request(Analyzer &analyzer)
{
  return wait_for_budget(analyzer, "projection").tokens_per_day.value_or(0) / 86'400;
}

// Models before 3 charge by tiles of what is sent.
GST_START_TEST(the_projection_is_of_what_is_sent)
{
  constexpr double kTile = 258;
  struct {
    const char *caps;
    const char *properties;
    int more_tiles; // than the one of a small square
  } cases[] = {
      {"width=320,height=240", "", 0},
      {"width=1024,height=1024", "", 3},
      {"width=1024,height=1024", "region=0,0,0.25,1", 13},
      {"width=1024,height=1024", "region=0,0,0.25,0.25", 0},
      {"width=1024,height=1024,pixel-aspect-ratio=4/1", "", 13},
      {"width=1024,height=1024", "frames-per-request=2 max-image-size=320", 0},
  };
  double least = 0;
  for (const auto &c : cases) {
    Emulator emulator{{.api_key = "budget-sizes"}};
    Analyzer analyzer{emulator.url(),
                      std::string{"mode=live api-key=budget-sizes model=gemini-2.5-flash "} +
                          c.properties,
                      std::string{"video/x-raw,format=I420,framerate=30/1,"} + c.caps};
    const double tokens = tokens_of_a_request(analyzer);
    if (least == 0)
      least = tokens;
    fail_unless(std::abs(tokens - least - c.more_tiles * kTile) < 60, "%s %s: %.0f, %.0f more",
                c.caps, c.properties, tokens, tokens - least);
  }
}
GST_END_TEST

GST_START_TEST(crops_are_projected_at_most_until_they_are_known)
{
  constexpr double kTile = 258;
  Emulator emulator{{.api_key = "budget-crops"}};
  Analyzer analyzer{emulator.url(), "mode=live api-key=budget-crops model=gemini-2.5-flash "
                                    "regions=detections max-regions=4 max-image-size=320"};
  const double most = tokens_of_a_request(analyzer);
  GstBuffer *frame = analyzer.frame(0);
  gst_buffer_add_video_region_of_interest_meta(frame, "cup", 40, 40, 60, 60);
  gst_buffer_add_video_region_of_interest_meta(frame, "cup", 140, 40, 60, 60);
  fail_unless_equals_int(gst_harness_push(analyzer.harness(), frame), GST_FLOW_OK);
  const double now = tokens_of_a_request(analyzer);
  fail_unless(std::abs(most - now - 2 * kTile) < 60, "%.0f, then %.0f", most, now);
}
GST_END_TEST

GST_START_TEST(stats_have_the_cost_by_the_prices_that_were_set)
{
  Emulator emulator{{.api_key = "budget-price"}};
  Pipeline pipeline{film(3), emulator.url(),
                    "api-key=budget-price price-input=2000000 price-output=3000000"};
  fail_unless(pipeline.run());
  const auto expected = static_cast<double>(
      pipeline.stat("answers") == 3 ? 2 * budget_of(pipeline.analyzer(), "tokens") : 0);
  g_autoptr(GstStructure) stats = nullptr;
  g_object_get(pipeline.analyzer(), "stats", &stats, nullptr);
  gint64 prompt = 0;
  gint64 output = 0;
  gint64 thoughts = 0;
  fail_unless(gst_structure_get_int64(stats, "tokens-prompt", &prompt) &&
              gst_structure_get_int64(stats, "tokens-output", &output) &&
              gst_structure_get_int64(stats, "tokens-thoughts", &thoughts));
  const auto cost = static_cast<double>(2 * prompt + 3 * (output + thoughts));
  fail_unless(cost > expected && prompt > 0 && output > 0);
  const double told = stat_double(pipeline.analyzer(), "cost");
  fail_unless(told > cost - 0.5 && told < cost + 0.5, "%f instead of %f", told, cost);
}
GST_END_TEST

// For who draws it.
GST_START_TEST(frames_know_what_was_spent_for_them)
{
  Emulator emulator{{.api_key = "budget-spent"}};
  Analyzer analyzer{emulator.url(), "api-key=budget-spent mode=accurate price-input=2000000"};
  gemini::Spent before;
  for (unsigned i = 0; i < 2; ++i) {
    fail_unless_equals_int(gst_harness_push(analyzer.harness(), analyzer.frame(i * GST_SECOND)),
                           GST_FLOW_OK);
    g_autoptr(GstBuffer) out = gst_harness_pull(analyzer.harness());
    g_autoptr(GstGeminiScene) scene = gst_gemini_scene_from_buffer(out);
    const auto spent = gst_gemini_scene_peek_private(scene)->analysis->spent;
    fail_unless(spent && spent->cost);
    fail_unless_equals_uint64(spent->requests, i + 1);
    fail_unless(spent->tokens > before.tokens);
    fail_unless(*spent->cost > before.cost.value_or(0));
    before = *spent;
  }
  const double cost = stat_double(analyzer.element(), "cost");
  fail_unless(std::abs(*before.cost - cost) < 0.5, "%f instead of %f", *before.cost, cost);
}
GST_END_TEST

GST_START_TEST(live_samples_are_skipped_at_a_limit_and_taken_again_above_it)
{
  Emulator emulator{{.api_key = "budget-skip"}};
  Analyzer analyzer{emulator.url(), "mode=live api-key=budget-skip max-requests=2"};
  for (guint i = 0; i < 2; ++i) {
    gst_buffer_unref(analyzer.pass(i * GST_SECOND));
    analyzer.wait_for_analysis();
  }
  gst_buffer_unref(analyzer.pass(2 * GST_SECOND));
  fail_unless_equals_uint64(analyzer.stat("skipped-budget"), 1);
  fail_unless_equals_uint64(analyzer.stat("samples"), 2);
  fail_unless_equals_uint64(analyzer.stat("failed"), 0);

  g_object_set(analyzer.element(), "max-requests", guint64{3}, nullptr);
  gst_buffer_unref(analyzer.pass(3 * GST_SECOND));
  analyzer.wait_for_analysis();
  fail_unless_equals_int(static_cast<int>(emulator.n_requests()), 3);
  gst_buffer_unref(analyzer.pass(4 * GST_SECOND));
  fail_unless_equals_uint64(analyzer.stat("skipped-budget"), 2);
}
GST_END_TEST

GST_START_TEST(held_frames_go_on_when_the_limit_is_raised)
{
  ManualClock clock; // which stands still
  Emulator emulator{{.api_key = "budget-raise"}};
  Pipeline pipeline{film(3), emulator.url(), "api-key=budget-raise requests-per-minute=1"};
  pipeline.play();
  fail_unless(emulator.wait_for_requests(1));
  while (pipeline.lines().empty()) {
    g_autoptr(GstMessage) message = pipeline.wait_for(GST_MESSAGE_ELEMENT);
    fail_unless(message != nullptr);
  }
  fail_unless(clock.wait_for_worker(1ns, 61s).has_value());
  fail_unless_equals_int(static_cast<int>(emulator.n_requests()), 1);
  g_object_set(pipeline.analyzer(), "requests-per-minute", 0U, nullptr);
  wait_for_eos(pipeline);
  fail_unless_equals_uint64(pipeline.stat("answers"), 3);
}
GST_END_TEST

static Suite *budget_suite()
{
  register_gemini();
  Suite *suite = suite_create("budget");
  TCase *tcase = tcase_create("all");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, elements_that_share_a_key_never_pass_requests_per_minute);
  tcase_add_test(tcase, live_frames_do_not_wait_for_the_minute_to_be_over);
  tcase_add_test(tcase, retries_count_against_max_requests);
  tcase_add_test(tcase, the_emulator_never_bills_more_than_max_tokens);
  tcase_add_test(tcase, what_is_left_of_max_tokens_shortens_the_answer);
  tcase_add_test(tcase, each_element_has_its_own_thresholds_on_the_common_count);
  tcase_add_test(tcase, fifty_eighty_and_a_hundred_percent_are_told_once_each);
  tcase_add_test(tcase, limits_that_change_while_requests_are_under_way_are_told_of_once);
  tcase_add_test(tcase, a_day_is_projected_at_start_and_after_changes);
  tcase_add_test(tcase, the_projection_is_of_what_is_sent);
  tcase_add_test(tcase, crops_are_projected_at_most_until_they_are_known);
  tcase_add_test(tcase, stats_have_the_cost_by_the_prices_that_were_set);
  tcase_add_test(tcase, frames_know_what_was_spent_for_them);
  tcase_add_test(tcase, live_samples_are_skipped_at_a_limit_and_taken_again_above_it);
  tcase_add_test(tcase, held_frames_go_on_when_the_limit_is_raised);
  return suite;
}

GST_CHECK_MAIN(budget)
