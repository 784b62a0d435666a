// SPDX-License-Identifier: LGPL-2.1-or-later
// Keys and tokens are nowhere but in the requests, and pictures nowhere but there and in the audit:
// all that an element says, writes and shows is searched, with every feature on and with what goes
// wrong.
#include "support.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <filesystem>

using namespace gemini::test;
using gemini::emulator::Emulator;
using gemini::emulator::Options;
using gemini::emulator::RecordedRequest;

namespace {

// One that looks like any word and one that looks like a key: what hides the second by its looks
// may miss the first.
constexpr const char *kSecret = "sesame-open-2741";
constexpr const char *kLikeAKey = "AIzaSyNotARealOneNotARealOneNotARealOne";
constexpr const char *kSource =
    "videotestsrc num-buffers=4 pattern=snow ! video/x-raw,format=I420,width=64,height=48,framerate=1/1 ! {} ";

// All that is said, with where it was said.
struct Saying {
  std::string where;
  std::string text;
};

class Haul {
public:
  void add(std::string where, std::string text)
  {
    const std::lock_guard lock{mutex_};
    sayings_.push_back({std::move(where), std::move(text)});
  }
  std::vector<Saying> all() const
  {
    const std::lock_guard lock{mutex_};
    return sayings_;
  }
  std::size_t count(const std::string &where) const
  {
    const auto sayings = all();
    return static_cast<std::size_t>(std::count_if(
        sayings.begin(), sayings.end(), [&](const Saying &one) { return one.where == where; }));
  }

private:
  mutable std::mutex mutex_; // guards sayings_; every thread logs
  std::vector<Saying> sayings_;
};

void on_log(GstDebugCategory *category, GstDebugLevel, const gchar *, const gchar *, gint,
            GObject *, GstDebugMessage *message, gpointer haul)
{
  if (g_str_has_prefix(gst_debug_category_get_name(category), "gemini"))
    static_cast<Haul *>(haul)->add("log", gst_debug_message_get(message));
}

GstBusSyncReply on_message(GstBus *, GstMessage *message, gpointer data)
{
  auto *haul = static_cast<Haul *>(data);
  if (const GstStructure *structure = gst_message_get_structure(message)) {
    g_autofree char *text = gst_structure_to_string(structure);
    haul->add("message", text);
  }
  g_autoptr(GError) error = nullptr;
  g_autofree char *debug = nullptr;
  switch (GST_MESSAGE_TYPE(message)) {
  case GST_MESSAGE_ERROR:
    gst_message_parse_error(message, &error, &debug);
    break;
  case GST_MESSAGE_WARNING:
    gst_message_parse_warning(message, &error, &debug);
    break;
  case GST_MESSAGE_INFO:
    gst_message_parse_info(message, &error, &debug);
    break;
  default:
    return GST_BUS_PASS;
  }
  haul->add("message", std::string{error->message} + "\n" + (debug ? debug : ""));
  return GST_BUS_PASS;
}

// Everything that can be read of the element, as an application, a graph or gst-launch -v shows it.
void look_at(const Pipeline &pipeline, Haul &haul)
{
  g_autofree char *dot =
      gst_debug_bin_to_dot_data(GST_BIN(pipeline.pipeline()), GST_DEBUG_GRAPH_SHOW_VERBOSE);
  haul.add("graph", dot);
  guint n = 0;
  g_autofree GParamSpec **specs =
      g_object_class_list_properties(G_OBJECT_GET_CLASS(pipeline.analyzer()), &n);
  for (guint i = 0; i < n; ++i) {
    if (!(specs[i]->flags & G_PARAM_READABLE))
      continue;
    GValue value = G_VALUE_INIT;
    g_object_get_property(G_OBJECT(pipeline.analyzer()), specs[i]->name, &value);
    g_autofree char *text = g_strdup_value_contents(&value);
    g_autofree char *serialized = gst_value_serialize(&value);
    haul.add("property", std::string{specs[i]->name} + "=" + text + (serialized ? serialized : ""));
    g_value_unset(&value);
  }
}

bool is_in(const std::string &text, const std::string &what)
{
  return text.find(what) != std::string::npos;
}

std::string base64(const std::string &bytes)
{
  g_autofree char *text =
      g_base64_encode(reinterpret_cast<const guchar *>(bytes.data()), bytes.size());
  return text;
}

// A piece from the middle of a picture that was sent, as it stood in the request: base64 in JSON,
// or bytes of an upload. Empty where the request has none.
std::string piece_of_picture(const RecordedRequest &request)
{
  constexpr std::size_t kLength = 40;
  if (request.call == "files.upload")
    return request.body.size() < 4 * kLength
               ? ""
               : request.body.substr(request.body.size() / 2, kLength);
  const std::string key = R"("data":")";
  // The last one is the frame.
  const std::size_t begin = request.body.rfind(key);
  if (begin == std::string::npos)
    return "";
  const std::size_t first = begin + key.size();
  const std::size_t length = request.body.find('"', first) - first;
  return length < 4 * kLength ? "" : request.body.substr(first + length / 2, kLength);
}

struct Case {
  std::string name;
  std::string properties = "";
  std::string faults = "";
  bool is_fine = true;       // the stream ends well
  bool has_frames = true;    // pictures are sent
  std::string key = kSecret; // that the element has
};

// A run of a pipeline in a folder of its own, and what came of it.
class Run {
public:
  explicit Run(const Case &one)
      : one_(one), emulator_({.api_key = std::string{kSecret} + "," + kLikeAKey,
                              .stream_delay_ms = 1,
                              .faults = one.faults})
  {
    fail_unless(emulator_.is_running(), "%s: %s", one.name.c_str(), emulator_.error().c_str());
    make_reference();
    gst_debug_add_log_function(on_log, &haul_, nullptr);
    play();
    gst_debug_remove_log_function_by_data(&haul_);
    read_files();
  }

  void check() const
  {
    fail_unless(haul_.count("message") > 0, "%s: nothing was posted", name());
    check_secret();
    if (!one_.has_frames)
      return;
    fail_unless(haul_.count("log") > 0, "%s: nothing was logged", name());
    check_pictures();
  }

private:
  const char *name() const { return one_.name.c_str(); }

  void make_reference()
  {
    const std::string launch =
        "videotestsrc num-buffers=1 pattern=snow ! video/x-raw,width=64,height=48 ! jpegenc ! filesink location=" +
        folder_.path("reference.jpg");
    GstElement *pipeline = gst_parse_launch(launch.c_str(), nullptr);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    GstBus *bus = gst_element_get_bus(pipeline);
    g_autoptr(GstMessage) end = gst_bus_timed_pop_filtered(
        bus, 10 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
    fail_unless(end && GST_MESSAGE_TYPE(end) == GST_MESSAGE_EOS, "no reference picture was made");
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(bus);
    gst_object_unref(pipeline);
  }

  std::string properties() const
  {
    const bool is_token = is_in(one_.properties, "vertex-project");
    // One after the other: a key that is refused before the first good answer ends the stream.
    std::string text =
        std::string{is_token ? "access-token" : "api-key"} + "=\"" + one_.key +
        "\" mode=accurate max-in-flight=1 retries=1 timeout=2000 max-requests=1000 max-tokens=90000000 price-input=1 "
        "price-output=1 record-location=" +
        folder_.path("record.ndjson") + " audit-location=" + folder_.path("audit") + " " +
        one_.properties;
    for (const std::string mark : {"REFERENCE", "EMULATOR"})
      if (const auto at = text.find(mark); at != std::string::npos)
        text.replace(at, mark.size(),
                     mark == "REFERENCE" ? folder_.path("reference.jpg") : emulator_.url());
    return text;
  }

  void play()
  {
    Pipeline pipeline{std::string{kSource} +
                          "! geminioverlay ! fakesink  gemini.results ! filesink location=" +
                          folder_.path("results.ndjson"),
                      emulator_.url(), properties()};
    GstBus *bus = gst_element_get_bus(pipeline.pipeline());
    gst_bus_set_sync_handler(bus, on_message, &haul_, nullptr);
    look_at(pipeline, haul_);
    const bool is_fine = pipeline.run();
    fail_unless(is_fine == one_.is_fine, "%s: %s", name(), pipeline.error().c_str());
    look_at(pipeline, haul_);
    gst_element_set_state(pipeline.pipeline(), GST_STATE_NULL);
    look_at(pipeline, haul_);
    gst_bus_set_sync_handler(bus, nullptr, nullptr, nullptr);
    gst_object_unref(bus);
  }

  void read_files()
  {
    for (const auto &entry : std::filesystem::recursive_directory_iterator{folder_.path()}) {
      if (!entry.is_regular_file() || entry.path().filename() == "reference.jpg")
        continue;
      const bool is_audit = entry.path().parent_path().filename() == "audit";
      haul_.add("file", entry.path().filename());
      haul_.add(is_audit ? "audit" : "file", read_file(entry.path()));
    }
  }

  void check_secret() const
  {
    const std::string in_base64 = base64(one_.key);
    for (const Saying &saying : haul_.all()) {
      const auto at = saying.text.find(one_.key);
      fail_unless(at == std::string::npos, "%s: the secret stands in a %s: %s", name(),
                  saying.where.c_str(), saying.text.substr(at < 80 ? 0 : at - 80, 160).c_str());
      fail_unless(!is_in(saying.text, in_base64), "%s: the secret stands in a %s as base64", name(),
                  saying.where.c_str());
    }
  }

  void check_pictures() const
  {
    std::size_t n = 0;
    std::size_t n_audited = 0;
    for (const RecordedRequest &request : emulator_.calls()) {
      fail_unless(!is_in(request.query, one_.key) && !is_in(request.path, one_.key),
                  "%s: the secret stands in an address", name());
      const std::string piece = piece_of_picture(request);
      if (piece.empty())
        continue;
      ++n;
      for (const Saying &saying : haul_.all()) {
        const bool is_there = is_in(saying.text, piece);
        if (saying.where == "audit" && is_there)
          ++n_audited;
        fail_unless(saying.where == "audit" || !is_there, "%s: a picture stands in a %s", name(),
                    saying.where.c_str());
      }
    }
    fail_unless(n > 0, "%s: no picture was sent", name());
    // What is under way when the stream breaks off has no end to be written down.
    fail_unless(n_audited >= (one_.is_fine ? n : 1),
                "%s: %u pictures were sent, and %u are in the audit", name(),
                static_cast<unsigned>(n), static_cast<unsigned>(n_audited));
  }

  const Case &one_;
  TemporaryFolder folder_;
  Emulator emulator_;
  Haul haul_;
};

void check(const Case &one)
{
  Run{one}.check();
}

} // namespace

GST_START_TEST(with_every_feature_on_neither_key_nor_picture_gets_out)
{
  check({.name = "inline", .properties = "upload=inline reference-images=REFERENCE"});
  check({.name = "files", .properties = "upload=files reference-images=REFERENCE"});
  check({.name = "stream", .properties = "stream=true task=segment"});
  check({.name = "several frames", .properties = "frames-per-request=2"});
  check({.name = "limits", .properties = "max-requests=2 requests-per-minute=100"});
  check({.name = "reference from the web",
         .properties = "reference-images=EMULATOR/",
         .is_fine = false, // it is no picture
         .has_frames = false});
}
GST_END_TEST

GST_START_TEST(whatever_goes_wrong_neither_key_nor_picture_gets_out)
{
  check({.name = "a key is quoted", .faults = "2 echo-key"});
  check(
      {.name = "a key is quoted in a stream", .properties = "stream=true", .faults = "2 echo-key"});
  check({.name = "asked again", .faults = "1-2 status 503\n4 close\n5 status 429-retry 0.1"});
  check({.name = "cut", .properties = "stream=true", .faults = "2 stream-cut 1\n3 reset"});
  check({.name = "HTML", .faults = "2 html\n3 html 404\n4 cut-json"});
  check({.name = "redirected", .faults = "2 redirect http://127.0.0.1:9/"});
  check({.name = "a blocked prompt", .faults = "2 blocked\n3 refuse thinkingConfig"});
  check({.name = "uploads fail",
         .properties = "upload=files reference-images=REFERENCE",
         .faults = "files.upload 3 file-failed\nfiles.start 4 echo-key"});
}
GST_END_TEST

GST_START_TEST(what_is_wrong_at_the_start_is_told_without_the_key)
{
  check({.name = "the first answer quotes it",
         .faults = "models * slow 5000\n1 echo-key",
         .is_fine = false});
  check({.name = "another key",
         .is_fine = false,
         .has_frames = false,
         .key = "AIza-another-one-9876543210-secret"});
  check({.name = "not a key",
         .is_fine = false,
         .has_frames = false,
         .key = "AIza with white space 9876543210"});
}
GST_END_TEST

GST_START_TEST(a_token_of_vertex_ai_does_not_get_out)
{
  const std::string vertex = "vertex-project=a-project vertex-location=europe-west4 ";
  check({.name = "token", .properties = vertex + "task=segment"});
  check({.name = "stream", .properties = vertex + "stream=true"});
  check({.name = "quoted", .properties = vertex, .faults = "2 echo-key\n3 status 401"});
  check({.name = "another token",
         .properties = vertex,
         .is_fine = false,
         .has_frames = false,
         .key = "ya29.another-token-9876543210-secret"});
}
GST_END_TEST

static Suite *secrets_suite()
{
  gst_debug_set_active(TRUE);
  gst_debug_remove_log_function(gst_debug_log_default);
  gst_debug_set_threshold_for_name("gemini*", GST_LEVEL_MEMDUMP);

  Suite *suite = suite_create("secrets");
  TCase *tcase = tcase_create("secrets");
  tcase_set_timeout(tcase, 60);
  tcase_add_test(tcase, with_every_feature_on_neither_key_nor_picture_gets_out);
  tcase_add_test(tcase, whatever_goes_wrong_neither_key_nor_picture_gets_out);
  tcase_add_test(tcase, what_is_wrong_at_the_start_is_told_without_the_key);
  tcase_add_test(tcase, a_token_of_vertex_ai_does_not_get_out);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(secrets)
