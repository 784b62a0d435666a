// SPDX-License-Identifier: LGPL-2.1-or-later
// What was recorded gives the same picture again without key and network; and what the audit keeps.
#include "json_text.hpp"
#include "static_plugin.hpp"
#include "support.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

using namespace gemini::test;
using gemini::emulator::Emulator;

namespace {

// Nobody listens there.
constexpr const char *kNowhere = "http://127.0.0.1:9";

std::string text_of(const std::filesystem::path &path)
{
  g_autofree char *text = nullptr;
  gsize size = 0;
  fail_unless(g_file_get_contents(path.c_str(), &text, &size, nullptr), "%s cannot be read",
              path.c_str());
  return {text, size};
}

std::size_t n_lines(const std::string &text)
{
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

// The frames that come out behind geminioverlay, byte for byte.
std::vector<std::string> pictures(const std::string &url, const std::string &properties,
                                  unsigned n_frames = 30)
{
  std::vector<std::string> frames;
  Pipeline pipeline{"videotestsrc pattern=ball num-buffers=" + std::to_string(n_frames) + " ! " +
                        kCaps + " ! {} ! geminioverlay ! fakesink name=sink sync=false",
                    url, properties};
  g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline.pipeline()), "sink");
  g_autoptr(GstPad) pad = gst_element_get_static_pad(sink, "sink");
  gst_pad_add_probe(
      pad, GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad *, GstPadProbeInfo *info, gpointer to) {
        GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
        std::string bytes(gst_buffer_get_size(buffer), '\0');
        gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
        static_cast<std::vector<std::string> *>(to)->push_back(std::move(bytes));
        return GST_PAD_PROBE_OK;
      },
      &frames, nullptr);
  fail_unless(pipeline.run(), "%s: %s", properties.c_str(), pipeline.error().c_str());
  return frames;
}

// Many kinds of marks on the same picture.
struct LookCase {
  const char *properties;
};
constexpr LookCase kLooks[] = {{"task=detect"},   {"task=segment model=gemini-2.5-flash"},
                               {"task=segment"},  {"task=point"},
                               {"task=boxes-3d"}, {"task=caption"},
                               {"task=classify"}};

} // namespace

GST_START_TEST(a_replay_gives_the_same_pixels_without_key_and_network)
{
  const LookCase &c = kLooks[__i__];
  const TemporaryFolder folder;
  const std::string record = folder.path("street.ndjson");
  Emulator emulator;
  const auto bare = pictures(kNowhere, "analysis-rate=0/1");
  const auto asked_pictures =
      pictures(emulator.url(), std::string{c.properties} + " record-location=" + record);
  fail_unless_equals_int(static_cast<int>(n_lines(text_of(record))), 3);
  fail_unless(asked_pictures != bare, "%s draws nothing", c.properties);
  const std::size_t n_calls = emulator.calls().size();
  const auto replayed_pictures = pictures(kNowhere, "api-key=\"\" " + std::string{c.properties} +
                                                        " replay-location=" + record);
  fail_unless_equals_int(static_cast<int>(replayed_pictures.size()),
                         static_cast<int>(asked_pictures.size()));
  for (std::size_t i = 0; i < asked_pictures.size(); ++i)
    fail_unless(asked_pictures[i] == replayed_pictures[i], "%s: frame %d is another one",
                c.properties, static_cast<int>(i));
  fail_unless_equals_int(static_cast<int>(emulator.calls().size()), static_cast<int>(n_calls));
}
GST_END_TEST

GST_START_TEST(samples_take_the_nearest_record_within_half_an_interval)
{
  const TemporaryFolder folder;
  const std::string record = folder.path("street.ndjson");
  Emulator emulator;
  pictures(emulator.url(), "record-location=" + record); // at 0, 1 and 2 s
  const std::string film =
      "videotestsrc num-buffers=50 ! " + std::string{kCaps} + " ! {} ! fakesink sync=false";
  // A sample every half second: those in between are as far from their neighbours as may be.
  Pipeline dense{film, kNowhere, "analysis-rate=2/1 replay-location=" + record};
  fail_unless(dense.run(), "%s", dense.error().c_str());
  const auto &lines = dense.lines();
  fail_unless_equals_int(static_cast<int>(lines.size()), 10);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool is_recorded = i == 0 || i == 2 || i == 4;
    fail_unless(json_at(lines[i], "$.status") == (is_recorded ? "ok" : "failed"), "%s",
                lines[i].c_str());
    if (!is_recorded)
      fail_unless(json_at(lines[i], "$.error.kind") == "not-recorded", "%s", lines[i].c_str());
    // The sample is the one of now, whatever it is answered from.
    fail_unless(json_at(lines[i], "$.pts") == std::to_string(i * GST_SECOND / 2), "%s",
                lines[i].c_str());
  }
  fail_unless_equals_uint64(dense.stat("requests"), 0);
  fail_unless_equals_uint64(failures_of(dense.analyzer(), "not-recorded"), 7);
  fail_unless_equals_int(static_cast<int>(dense.warnings().size()), 3);

  // With a second between samples an answer half a second away is still the nearest.
  Pipeline shifted{"videotestsrc timestamp-offset=400000000 num-buffers=30 ! " +
                       std::string{kCaps} + " ! {} ! fakesink sync=false",
                   kNowhere, "replay-location=" + record};
  fail_unless(shifted.run(), "%s", shifted.error().c_str());
  fail_unless_equals_uint64(shifted.stat("answers"), 3);
}
GST_END_TEST

GST_START_TEST(failures_are_replayed_as_failures)
{
  const TemporaryFolder folder;
  const std::string record = folder.path("street.ndjson");
  Emulator emulator{{.faults = "2 blocked"}};
  const std::string film =
      "videotestsrc num-buffers=30 ! " + std::string{kCaps} + " ! {} ! fakesink sync=false";
  Pipeline asked{film, emulator.url(), "max-in-flight=1 record-location=" + record};
  fail_unless(asked.run(), "%s", asked.error().c_str());
  Pipeline replayed{film, kNowhere, "replay-location=" + record};
  fail_unless(replayed.run(), "%s", replayed.error().c_str());
  const auto before = asked.frames();
  const auto after = replayed.frames();
  fail_unless_equals_int(static_cast<int>(after.size()), 30);
  for (std::size_t i = 0; i < 30; ++i) {
    fail_unless_equals_int(after[i].status, before[i].status);
    fail_unless_equals_int(static_cast<int>(after[i].n_objects),
                           static_cast<int>(before[i].n_objects));
  }
  fail_unless_equals_int(after[15].status, GST_GEMINI_SCENE_STATUS_BLOCKED);
}
GST_END_TEST

namespace {

// The files of one kind, by name.
std::vector<std::string> files_of(const std::string &folder, const std::string &end)
{
  std::vector<std::string> paths;
  for (const auto &file : std::filesystem::directory_iterator{folder})
    if (file.path().string().ends_with(end))
      paths.push_back(file.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string body_of(const std::string &file)
{
  const std::string text = text_of(file);
  return text.substr(text.find("\r\n\r\n") + 4);
}

} // namespace

GST_START_TEST(the_audit_has_the_exact_bytes_and_no_key)
{
  const std::string key = "audited-emulator-key-0123456789";
  for (const bool is_streamed : {false, true}) {
    const TemporaryFolder folder;
    const std::string audit = folder.path("audit");
    Emulator emulator{{.api_key = key,
                       .stream_delay_ms = 10,
                       .faults = "3 echo-key",
                       .record_dir = folder.path("emulator")}};
    {
      Pipeline pipeline{"videotestsrc num-buffers=30 ! " + std::string{kCaps} +
                            " ! {} ! fakesink sync=false",
                        emulator.url(),
                        "max-in-flight=1 timeout=1000 api-key=" + key + " audit-location=" + audit +
                            " stream=" + (is_streamed ? "true" : "false")};
      fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
    }
    const auto requests = files_of(audit, "-generate.request");
    const auto asked = emulator.requests();
    fail_unless_equals_int(static_cast<int>(requests.size()), static_cast<int>(asked.size()));
    for (std::size_t i = 0; i < asked.size(); ++i) {
      fail_unless(body_of(requests[i]) == asked[i].body, "%s is not what was sent",
                  requests[i].c_str());
      fail_unless(text_of(requests[i]).starts_with("POST " + asked[i].path), "%s",
                  requests[i].c_str());
    }
    // Likewise of the answers, by the emulator's own files, but for the one that quotes the key.
    std::vector<std::string> sent;
    for (const char *kind : {"-response.json", "-response.sse"})
      for (const std::string &file : files_of(folder.path("emulator"), kind))
        sent.push_back(text_of(file));
    const auto responses = files_of(audit, "-generate.response");
    fail_unless_equals_int(static_cast<int>(responses.size()), static_cast<int>(asked.size()));
    unsigned n_same = 0;
    for (const std::string &file : responses)
      n_same += std::count(sent.begin(), sent.end(), body_of(file)) > 0 ? 1U : 0U;
    fail_unless_equals_int(static_cast<int>(n_same), static_cast<int>(responses.size()) - 1);
    // The look at the model at start is an exchange, too.
    fail_unless_equals_int(static_cast<int>(files_of(audit, "-models.response").size()), 1);
    for (const char *kind : {".request", ".response"})
      for (const std::string &file : files_of(audit, kind))
        fail_unless(text_of(file).find(key) == std::string::npos, "%s has the key", file.c_str());
  }
}
GST_END_TEST

GST_START_TEST(what_cannot_be_replayed_or_written_is_named_at_start)
{
  const TemporaryFolder folder;
  const auto refusal = [](const std::string &properties) {
    Pipeline pipeline{"videotestsrc num-buffers=3 ! " + std::string{kCaps} +
                          " ! {} ! fakesink sync=false",
                      kNowhere, properties};
    fail_unless(!pipeline.run(), "%s is taken", properties.c_str());
    return pipeline.error();
  };
  const std::string missing = folder.path("missing.ndjson");
  fail_unless(refusal("replay-location=" + missing).find(missing) != std::string::npos);
  const std::string broken = folder.path("broken.ndjson");
  fail_unless(g_file_set_contents(broken.c_str(), "\n{\"schema\":\"another/1\"}\n", -1, nullptr));
  const std::string sentence = refusal("replay-location=" + broken);
  fail_unless(sentence.find("line 2 of " + broken) != std::string::npos, "%s", sentence.c_str());
  const std::string nowhere = folder.path("no/such/folder/record.ndjson");
  fail_unless(refusal("record-location=" + nowhere).find(nowhere) != std::string::npos);
  fail_unless(refusal("audit-location=/dev/null/audit").find("audit-location") !=
              std::string::npos);
}
GST_END_TEST

static Suite *record_suite()
{
  register_gemini();
  Suite *suite = suite_create("record");
  TCase *tcase = tcase_create("all");
  suite_add_tcase(suite, tcase);
  tcase_add_loop_test(tcase, a_replay_gives_the_same_pixels_without_key_and_network, 0,
                      G_N_ELEMENTS(kLooks));
  tcase_add_test(tcase, samples_take_the_nearest_record_within_half_an_interval);
  tcase_add_test(tcase, failures_are_replayed_as_failures);
  tcase_add_test(tcase, the_audit_has_the_exact_bytes_and_no_key);
  tcase_add_test(tcase, what_cannot_be_replayed_or_written_is_named_at_start);
  return suite;
}

GST_CHECK_MAIN(record)
