// SPDX-License-Identifier: LGPL-2.1-or-later
// The pictures of a request: references before the frame, uploads, and several frames at once.
#include "emulator/test_canvas.hpp"
#include "emulator/test_client.hpp"
#include "json_text.hpp"
#include "static_plugin.hpp"
#include "support.hpp"
#include "support/scripted_server.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

using namespace gemini::test;
using gemini::emulator::Emulator;
using gemini::emulator::RecordedRequest;
using gemini::emulator::test::Canvas;

namespace {

constexpr GstClockTime kFrame = GST_SECOND / 10;
constexpr unsigned kFrameBytes = 320 * 240 * 3 / 2;

std::string film(unsigned n_frames, const std::string &sink = "fakesink sync=false")
{
  return "videotestsrc num-buffers=" + std::to_string(n_frames) + " ! " + kCaps + " ! {} ! " + sink;
}

// A folder with a picture of each kind, for the length of a test.
class Pictures {
public:
  Pictures()
  {
    Canvas red{64, 48, {1, 1, 1}};
    red.rectangle({1, 0, 0}, 10, 10, 40, 40);
    const auto png_bytes = red.png();
    png.assign(png_bytes.begin(), png_bytes.end());
    const auto jpeg_bytes = red.jpeg();
    jpeg.assign(jpeg_bytes.begin(), jpeg_bytes.end());
    // The name tells nothing, as people rename files.
    write("logo.dat", png);
    write("part.jpg", jpeg);
    write("phone.jpg", heic);
    write("notes.png", "these are words");
  }

  std::string path(const std::string &name) const { return folder_.path(name); }

  std::string png;
  std::string jpeg;
  const std::string heic = std::string{"\0\0\0\x18"
                                       "ftypheic\0\0\0\0mif1heic"
                                       "\0\0\0\x14"
                                       "ispe\0\0\0\0\0\0\0\x40\0\0\0\x30",
                                       44}; // no more than its size

private:
  void write(const std::string &name, const std::string &content) const
  {
    fail_unless(g_file_set_contents(path(name).c_str(), content.data(),
                                    static_cast<gssize>(content.size()), nullptr));
  }

  const TemporaryFolder folder_;
};

// What a part of the only content is: "inline image/png", "file image/jpeg", "text".
std::vector<std::string> parts_of(const RecordedRequest &request)
{
  std::vector<std::string> parts;
  const int n = json_count(request.body, "$.contents[0].parts[*]");
  for (int i = 0; i < n; ++i) {
    const std::string part = "$.contents[0].parts[" + std::to_string(i) + "]";
    const std::string data = json_at(request.body, (part + ".inlineData.mimeType").c_str());
    const std::string file = json_at(request.body, (part + ".fileData.mimeType").c_str());
    const bool has_uri = !json_at(request.body, (part + ".fileData.fileUri").c_str()).empty();
    parts.push_back(!data.empty() ? "inline " + data : has_uri ? "file " + file : "text");
  }
  return parts;
}

void check_parts(const RecordedRequest &request, const std::vector<std::string> &expected)
{
  const auto parts = parts_of(request);
  std::string all;
  for (const std::string &part : parts)
    all += part + "; ";
  fail_unless(parts == expected, "%s", all.c_str());
}

std::string text_of(const RecordedRequest &request)
{
  return json_at(request.body, "$.contents[0].parts[*].text");
}

void check_text(const std::string &is, const std::string &expected)
{
  fail_unless(is == expected, "'%s' instead of '%s'", is.substr(0, 200).c_str(),
              expected.substr(0, 200).c_str());
}

int as_int(std::size_t n)
{
  return static_cast<int>(n);
}

// The error of a pipeline that does not even begin.
std::string refusal(const std::string &url, const std::string &properties)
{
  Pipeline pipeline{film(10), url, properties};
  fail_unless(!pipeline.run(), "%s is taken", properties.c_str());
  return pipeline.error();
}

// The answer about three frames: each has a box of its own.
std::string three_answers()
{
  return R"([{"image":1,"result":)" + one_object("a") + R"(},{"image":2,"result":)" +
         one_object("b") + R"(},{"image":3,"result":)" + one_object("c") + "}]";
}

std::string label_of(const std::string &line)
{
  return json_at(line, "$.objects[0].label");
}

} // namespace

GST_START_TEST(references_go_before_the_frame_and_are_uploaded_once)
{
  Pictures pictures;
  ScriptedServer web{[&](const ServerRequest &) { return ServerReply{.body = pictures.jpeg}; }};
  Emulator emulator;
  {
    Pipeline pipeline{film(30), emulator.url(),
                      "reference-images=\"" + pictures.path("logo.dat") + ", file://" +
                          pictures.path("part.jpg") + ", " + web.url() + "/part?v=1, " +
                          pictures.path("phone.jpg") + "\""};
    fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
    const auto requests = emulator.requests();
    fail_unless_equals_int(as_int(requests.size()), 3);
    for (const auto &request : requests) {
      check_parts(request, {"file image/png", "file image/jpeg", "file image/jpeg",
                            "file image/heic", "inline image/jpeg", "text"});
      fail_unless(text_of(request).find("first 4 images are for reference") != std::string::npos,
                  "%s", text_of(request).c_str());
    }
    // The same picture from the web and the disk is one file.
    fail_unless_equals_int(as_int(emulator.n_calls("files.start")), 3);
    fail_unless_equals_uint64(pipeline.stat("answers"), 3);
    fail_unless_equals_int(as_int(web.requests().size()), 1);
    check_text(web.requests()[0].query, "v=1");
    fail_unless(web.requests()[0].header("x-goog-api-key").empty(), "the key went elsewhere");
  }
  fail_unless(emulator.wait_for_calls("files.delete", 3));
}
GST_END_TEST

GST_START_TEST(references_go_inline_where_that_is_wished)
{
  Pictures pictures;
  ScriptedServer web{[&](const ServerRequest &) { return ServerReply{.body = pictures.jpeg}; }};
  Emulator emulator;
  Pipeline pipeline{film(20), emulator.url(),
                    "upload=inline reference-images=\"" + pictures.path("logo.dat") + ", " +
                        web.url() + "/part.jpg\""};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  const auto requests = emulator.requests();
  fail_unless_equals_int(as_int(requests.size()), 2);
  g_autofree char *png =
      g_base64_encode(reinterpret_cast<const guchar *>(pictures.png.data()), pictures.png.size());
  for (const auto &request : requests) {
    check_parts(request, {"inline image/png", "inline image/jpeg", "inline image/jpeg", "text"});
    check_text(json_at(request.body, "$.contents[0].parts[0].inlineData.data"), png);
  }
  fail_unless_equals_int(as_int(emulator.n_calls("files.start")), 0);
  fail_unless_equals_int(as_int(web.requests().size()), 1);
}
GST_END_TEST

GST_START_TEST(the_list_of_references_may_stand_in_a_file)
{
  Pictures pictures;
  Emulator emulator;
  const std::string list = pictures.path("logo.dat") + "\n" + pictures.path("part.jpg") + "\n";
  const std::string file = pictures.path("list.txt");
  fail_unless(g_file_set_contents(file.c_str(), list.c_str(), -1, nullptr));
  Pipeline pipeline{film(10), emulator.url(), "reference-images=@" + file};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  check_parts(emulator.requests().at(0),
              {"file image/png", "file image/jpeg", "inline image/jpeg", "text"});
}
GST_END_TEST

GST_START_TEST(an_uploaded_file_is_used_by_its_id)
{
  Pictures pictures;
  for (const char *upload : {"auto", "inline", "files"}) {
    Emulator emulator;
    const auto stored = gemini::emulator::test::upload(
        emulator.url(),
        {reinterpret_cast<const std::uint8_t *>(pictures.png.data()), pictures.png.size()},
        "image/png");
    const std::string name = stored.at("$.file.name");
    fail_unless(name.starts_with("files/"), "%s", stored.body.c_str());
    {
      Pipeline pipeline{film(20), emulator.url(), "reference-images=" + name + " upload=" + upload};
      fail_unless(pipeline.run(), "%s: %s", upload, pipeline.error().c_str());
      for (const auto &request : emulator.requests()) {
        check_text(parts_of(request).at(0), "file image/png");
        fail_unless(
            json_at(request.body, "$.contents[0].parts[0].fileData.fileUri").ends_with(name));
      }
      fail_unless_equals_uint64(pipeline.stat("answers"), 2);
      fail_unless_equals_int(as_int(emulator.n_calls("files.get")), 1);
    }
    // What is the user's own stays.
    const auto still = gemini::emulator::test::get(emulator.url() + "/v1beta/" + name);
    fail_unless_equals_int(still.status, 200);
  }
}
GST_END_TEST

GST_START_TEST(two_elements_share_an_upload)
{
  Pictures pictures;
  Emulator emulator{{.file_processing_ms = 50}};
  const std::string properties = "reference-images=" + pictures.path("logo.dat");
  Pipeline one{film(20), emulator.url(), properties};
  Pipeline two{film(20), emulator.url(), properties};
  one.play();
  two.play();
  for (Pipeline *pipeline : {&one, &two}) {
    g_autoptr(GstMessage) end =
        pipeline->wait_for(static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
    fail_unless(end && GST_MESSAGE_TYPE(end) == GST_MESSAGE_EOS, "%s", pipeline->error().c_str());
    fail_unless_equals_uint64(pipeline->stat("answers"), 2);
  }
  fail_unless_equals_int(as_int(emulator.n_calls("files.start")), 1);
}
GST_END_TEST

GST_START_TEST(what_the_service_has_forgotten_is_uploaded_again)
{
  Pictures pictures;
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=live reference-images=" + pictures.path("logo.dat")};
  gst_buffer_unref(analyzer.pass(0));
  check_text(json_at(analyzer.wait_for_analysis(), "$.status"), "ok");
  emulator.forget_files();
  gst_buffer_unref(analyzer.pass(GST_SECOND));
  const std::string line = analyzer.wait_for_analysis();
  check_text(json_at(line, "$.status"), "ok");
  fail_unless_equals_int(as_int(emulator.n_calls("files.start")), 2);
  fail_unless_equals_uint64(analyzer.stat("failed"), 0);
}
GST_END_TEST

GST_START_TEST(a_reference_that_cannot_be_had_is_named)
{
  Pictures pictures;
  Emulator emulator;
  const std::string missing = pictures.path("nothing.png");
  const std::string words = pictures.path("notes.png");
  for (const std::string &path : {missing, words}) {
    const std::string sentence = refusal(emulator.url(), "reference-images=" + path);
    fail_unless(sentence.find(path) != std::string::npos, "%s", sentence.c_str());
    fail_unless(sentence.find("reference-images") != std::string::npos, "%s", sentence.c_str());
  }
  const std::string vertex = refusal(
      emulator.url(), "vertex-project=p access-token=emulator-key reference-images=files/abc");
  fail_unless(vertex.find("files/abc") != std::string::npos &&
                  vertex.find("Vertex AI") != std::string::npos,
              "%s", vertex.c_str());
  const std::string upload =
      refusal(emulator.url(), "vertex-project=p access-token=emulator-key upload=files");
  fail_unless(upload.find("upload=files") != std::string::npos, "%s", upload.c_str());
  fail_unless_equals_int(as_int(emulator.n_requests()), 0);

  // What is on the web is known only when it is fetched.
  ScriptedServer web{[](const ServerRequest &) { return ServerReply{.status = 404}; }};
  const std::string gone = refusal(emulator.url(), "reference-images=" + web.url() + "/logo.png");
  fail_unless(gone.find(web.url() + "/logo.png does not exist") != std::string::npos, "%s",
              gone.c_str());
  // Nobody else's picture is in the way of Vertex AI's.
  Pipeline inline_there{film(10), emulator.url(),
                        "vertex-project=p access-token=emulator-key reference-images=" +
                            pictures.path("logo.dat")};
  fail_unless(inline_there.run(), "%s", inline_there.error().c_str());
  check_parts(emulator.requests().at(0), {"inline image/png", "inline image/jpeg", "text"});
}
GST_END_TEST

GST_START_TEST(frames_go_by_the_files_api_and_are_deleted_after_their_answer)
{
  Emulator emulator;
  Pipeline pipeline{film(30), emulator.url(), "upload=files"};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  std::set<std::string> uris;
  for (const auto &request : emulator.requests()) {
    check_parts(request, {"file image/jpeg", "text"});
    uris.insert(json_at(request.body, "$.contents[0].parts[0].fileData.fileUri"));
  }
  fail_unless_equals_int(as_int(uris.size()), 3);
  fail_unless_equals_uint64(pipeline.stat("answers"), 3);
  fail_unless_equals_uint64(pipeline.stat("uploads"), 3);
  // While the element still lives.
  fail_unless(emulator.wait_for_calls("files.delete", 3));
}
GST_END_TEST

// The picture is truly as large as that: noise does not compress.
GST_START_TEST(a_request_beyond_the_inline_limit_goes_by_the_files_api)
{
  Emulator emulator{{.faults = "* text \"Snow.\""}};
  Pipeline pipeline{"videotestsrc num-buffers=1 pattern=snow ! "
                    "video/x-raw,format=GRAY8,width=8192,height=8192,framerate=1/1 ! {} ! "
                    "fakesink sync=false",
                    emulator.url(), "task=caption max-image-size=0 jpeg-quality=100"};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  fail_unless_equals_uint64(pipeline.stat("answers"), 1);
  fail_unless_equals_uint64(pipeline.stat("uploads"), 1);
  check_parts(emulator.requests().at(0), {"file image/jpeg", "text"});
}
GST_END_TEST

GST_START_TEST(several_frames_go_in_one_request_and_are_answered_one_by_one)
{
  Emulator emulator{{.faults = says(1, three_answers())}};
  Pipeline pipeline{film(30), emulator.url(), "frames-per-request=3"};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  const auto requests = emulator.requests();
  fail_unless_equals_int(as_int(requests.size()), 1);
  check_parts(requests[0], {"inline image/jpeg", "inline image/jpeg", "inline image/jpeg", "text"});
  const auto &lines = pipeline.lines();
  fail_unless_equals_int(as_int(lines.size()), 3);
  std::int64_t total = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    check_text(json_at(lines[i], "$.pts"), std::to_string(i * GST_SECOND));
    check_text(label_of(lines[i]), std::string(1, char('a' + i)));
    total += g_ascii_strtoll(json_at(lines[i], "$.usage.total").c_str(), nullptr, 10);
  }
  for (const auto &frame : pipeline.frames())
    fail_unless_equals_uint64(frame.request, frame.pts / GST_SECOND + 1);
  // The bill of the request is that of its frames together.
  g_autoptr(GstStructure) stats = nullptr;
  g_autoptr(GstStructure) budget = nullptr;
  g_object_get(pipeline.analyzer(), "stats", &stats, nullptr);
  gint64 tokens = 0;
  gint64 billed = 0;
  fail_unless(gst_structure_get(stats, "budget", GST_TYPE_STRUCTURE, &budget, nullptr) &&
              gst_structure_get_int64(budget, "tokens", &billed) &&
              gst_structure_get_int64(stats, "tokens-total", &tokens));
  fail_unless_equals_int64(total, billed);
  fail_unless_equals_int64(total, tokens);
  fail_unless(total > 3 * 1000, "%d tokens", static_cast<int>(total));
}
GST_END_TEST

GST_START_TEST(a_frame_that_the_model_says_nothing_of_fails_alone)
{
  Emulator emulator{{.faults = says(1, R"([{"image":1,"result":)" + one_object("a") +
                                           R"(},{"image":3,"result":[]}])")}};
  Pipeline pipeline{film(30), emulator.url(), "frames-per-request=3 retries=0"};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  const auto &lines = pipeline.lines();
  fail_unless_equals_int(as_int(lines.size()), 3);
  check_text(label_of(lines[0]), "a");
  fail_unless(json_at(lines[0], "$.problems[0]").find("2 of 3") != std::string::npos, "%s",
              lines[0].c_str());
  check_text(json_at(lines[1], "$.status"), "failed");
  check_text(json_at(lines[1], "$.error.kind"), "bad-reply");
  check_text(json_at(lines[2], "$.status"), "partial");
  for (const auto &frame : pipeline.frames())
    fail_unless_equals_int(frame.status, frame.pts / GST_SECOND == 1
                                             ? GST_GEMINI_SCENE_STATUS_FAILED
                                             : GST_GEMINI_SCENE_STATUS_PARTIAL);
}
GST_END_TEST

namespace {

// How many pictures each request had, but for references.
std::vector<int> batches(const Emulator &emulator)
{
  std::vector<int> sizes;
  for (const auto &request : emulator.requests())
    sizes.push_back(as_int(parts_of(request).size()) - 1);
  return sizes;
}

void check_batches(const Emulator &emulator, const std::vector<int> &expected)
{
  std::string all;
  for (const int size : batches(emulator))
    all += std::to_string(size) + " ";
  fail_unless(batches(emulator) == expected, "%s", all.c_str());
}

} // namespace

GST_START_TEST(the_end_of_the_stream_sends_what_there_is)
{
  Emulator emulator;
  Pipeline pipeline{film(50), emulator.url(), "frames-per-request=3 max-in-flight=1"};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  check_batches(emulator, {3, 2});
  fail_unless_equals_uint64(pipeline.stat("answers"), 5);
}
GST_END_TEST

GST_START_TEST(a_full_line_sends_what_there_is)
{
  Emulator emulator;
  // Room for 15 frames: two samples.
  Pipeline pipeline{film(60), emulator.url(),
                    "frames-per-request=4 max-in-flight=1 max-held-bytes=" +
                        std::to_string(15 * kFrameBytes)};
  fail_unless(pipeline.run(), "%s", pipeline.error().c_str());
  for (const int size : batches(emulator))
    fail_unless(size <= 2, "%d", size);
  fail_unless_equals_uint64(pipeline.stat("answers"), 6);
  fail_unless_equals_uint64(pipeline.stat("released-early"), 0);
}
GST_END_TEST

GST_START_TEST(a_query_in_stream_order_sends_what_there_is)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate frames-per-request=3"};
  gst_harness_push(analyzer.harness(), analyzer.frame(0));
  // Upstream waits for its answer, so that no further frame can come.
  g_autoptr(GstCaps) caps = gst_caps_from_string(kCaps);
  g_autoptr(GstQuery) query = gst_query_new_allocation(caps, FALSE);
  g_autoptr(GstPad) sink = gst_element_get_static_pad(analyzer.element(), "sink");
  gst_pad_query(sink, query);
  check_text(json_at(analyzer.wait_for_analysis(), "$.status"), "ok");
  check_batches(emulator, {1});
}
GST_END_TEST

GST_START_TEST(other_words_and_other_caps_begin_another_request)
{
  Emulator emulator;
  Analyzer analyzer{emulator.url(), "mode=accurate frames-per-request=3 max-in-flight=1"};
  GstHarness *harness = analyzer.harness();
  gst_harness_push(harness, analyzer.frame(0));
  gst_harness_push(harness, analyzer.frame(GST_SECOND));
  g_object_set(analyzer.element(), "prompt", "squares", nullptr);
  gst_harness_push(harness, analyzer.frame(2 * GST_SECOND));
  fail_unless(emulator.wait_for_requests(1));

  const char *small = "video/x-raw,format=I420,width=160,height=120,framerate=10/1";
  gst_harness_set_src_caps_str(harness, small);
  g_autoptr(GstCaps) caps = gst_caps_from_string(small);
  GstVideoInfo info;
  gst_video_info_from_caps(&info, caps);
  GstBuffer *frame = draw(info, {});
  GST_BUFFER_PTS(frame) = 3 * GST_SECOND;
  gst_harness_push(harness, frame);
  gst_harness_push_event(harness, gst_event_new_eos());
  for (unsigned i = 0; i < 4; ++i)
    check_text(json_at(analyzer.wait_for_analysis(), "$.status"), "ok");
  check_batches(emulator, {2, 1, 1});
  const auto requests = emulator.requests();
  fail_unless(text_of(requests[0]).find("squares") == std::string::npos);
  fail_unless(text_of(requests[1]).find("squares") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(live_frames_go_on_while_a_request_fills)
{
  Emulator emulator{{.faults = says(1, three_answers())}};
  Analyzer analyzer{emulator.url(), "mode=live frames-per-request=3"};
  for (guint i = 0; i <= 20; ++i)
    gst_buffer_unref(analyzer.pass(i * kFrame));
  for (const char *label : {"a", "b", "c"})
    check_text(label_of(analyzer.wait_for_analysis()), label);
  g_autoptr(GstBuffer) out = analyzer.pass(21 * kFrame);
  fail_unless_equals_uint64(scene_request(out), 3);
}
GST_END_TEST

static Suite *pictures_suite()
{
  register_gemini();
  Suite *suite = suite_create("pictures");
  TCase *tcase = tcase_create("all");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, references_go_before_the_frame_and_are_uploaded_once);
  tcase_add_test(tcase, references_go_inline_where_that_is_wished);
  tcase_add_test(tcase, the_list_of_references_may_stand_in_a_file);
  tcase_add_test(tcase, an_uploaded_file_is_used_by_its_id);
  tcase_add_test(tcase, two_elements_share_an_upload);
  tcase_add_test(tcase, what_the_service_has_forgotten_is_uploaded_again);
  tcase_add_test(tcase, a_reference_that_cannot_be_had_is_named);
  tcase_add_test(tcase, frames_go_by_the_files_api_and_are_deleted_after_their_answer);
  tcase_add_test(tcase, a_request_beyond_the_inline_limit_goes_by_the_files_api);
  tcase_add_test(tcase, several_frames_go_in_one_request_and_are_answered_one_by_one);
  tcase_add_test(tcase, a_frame_that_the_model_says_nothing_of_fails_alone);
  tcase_add_test(tcase, the_end_of_the_stream_sends_what_there_is);
  tcase_add_test(tcase, a_full_line_sends_what_there_is);
  tcase_add_test(tcase, a_query_in_stream_order_sends_what_there_is);
  tcase_add_test(tcase, other_words_and_other_caps_begin_another_request);
  tcase_add_test(tcase, live_frames_go_on_while_a_request_fills);
  return suite;
}

GST_CHECK_MAIN(pictures)
