// SPDX-License-Identifier: LGPL-2.1-or-later
// The element geminianalyzer: properties, pads and states. What it does is in AnalyzerRun.

/**
 * SECTION:element-geminianalyzer
 * @title: geminianalyzer
 * @short_description: asks Gemini what is seen on video frames
 *
 * Samples video frames, asks Google's Gemini about them while the video goes on, and attaches what
 * it learns as metadata: a #GstGeminiMeta, and a #GstVideoRegionOfInterestMeta for each object with
 * a box, for elements that know nothing of Gemini. `geminioverlay` draws it; the bus and the
 * request pad `results` tell it as JSON.
 *
 * #GstGeminiAnalyzer:task says what is asked for: boxes, masks, points, boxes in space, a caption,
 * classes of the whole picture, or an answer to a question of your own, in words or as JSON by
 * #GstGeminiAnalyzer:response-schema. How the models of each family are best asked is the element's
 * affair; what of an answer cannot be used is named in its problems.
 *
 * In live mode no frame ever waits: the newest answer stays on later frames until the next one
 * comes or #GstGeminiAnalyzer:result-ttl has passed. In accurate mode, for files, each frame waits
 * for the answer of the last sample at or before it, with several requests under way.
 *
 * Besides, the signal #GstGeminiAnalyzer::analyze-now and a downstream event `gemini-analyze` have
 * one frame analysed, with a question of its own if need be. With
 * #GstGeminiAnalyzer:change-threshold pictures on which nothing has changed are not sent, and with
 * #GstGeminiAnalyzer:sharpest-window those on which things are blurred by motion.
 *
 * All raw formats are taken, in system memory, GL textures, VA surfaces and DMABufs, and JPEG,
 * which is sent as it is where its size allows. Frames pass untouched. What is sent is upright: an
 * `image-orientation` tag is applied, unless an element upstream has done so; results have the
 * coordinates of the frame as it is stored.
 *
 * What is sent may be a part of the frame (#GstGeminiAnalyzer:region) or crops of what elements
 * upstream have found (#GstGeminiAnalyzer:regions), all of them in one request; results are in
 * coordinates of the frame all the same, and name the object whose crop they were seen on as their
 * parent. What #GstGeminiAnalyzer:privacy-regions and #GstGeminiAnalyzer:privacy-labels name is
 * blacked out before anything is encoded. Of two analyzers in a row the scene on the frame is that
 * of the second; what the first has found stays as regions of interest.
 *
 * Every request costs money: #GstGeminiAnalyzer:analysis-rate says how many there are a second of
 * video. The key comes from the environment variable `GEMINI_API_KEY`, better than from the command
 * line, which others can read.
 *
 * Do not use it where every frame has to be analysed at video rate, or where pictures must not
 * leave the machine.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 v4l2src ! videoconvert ! geminianalyzer prompt="people and parcels" !
 * geminioverlay ! videoconvert ! autovideosink
 * ]| annotates a camera
 * |[
 * gst-launch-1.0 filesrc location=street.mp4 ! decodebin ! videoconvert ! geminianalyzer name=g
 * prompt="cars" ! fakesink g.results ! filesink location=cars.ndjson
 * ]| writes what is seen in a film, one line of JSON a second
 */
#include "plugin/gstgeminianalyzer.h"

#include "glib/guarded.hpp"
#include "plugin/analyzer_debug.hpp"
#include "plugin/analyzer_properties.hpp"
#include "plugin/analyzer_run.hpp"
#include "plugin/frame_format.hpp"
#include "plugin/question_settings.hpp"
#include "wire/model_profile.hpp"

#include <gst/video/video.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

GST_DEBUG_CATEGORY(gst_gemini_analyzer_debug);

using namespace gemini;

namespace {

const guint kPropStats = static_cast<guint>(analyzer_properties().size()) + 1;

GstStaticPadTemplate results_template = GST_STATIC_PAD_TEMPLATE(
    "results", GST_PAD_SRC, GST_PAD_REQUEST, GST_STATIC_CAPS("application/x-ndjson"));

struct Impl {
  GstPad *sink = nullptr; // both owned by the element
  GstPad *src = nullptr;

  // Held from looking at the settings until the run has what follows from them, so that the newest
  // of several changes wins. Taken before the others, and not while messages are posted, which an
  // application may answer by setting a property.
  std::mutex applying;
  std::mutex mutex; // guards all below; never held while calling GStreamer or the run
  AnalyzerSettings settings;
  DerivedSettings derived;          // of the settings when they last were good
  std::vector<std::string> remarks; // that were posted about them
  std::shared_ptr<AnalyzerRun> run; // from READY to PAUSED and back
  std::shared_ptr<AnalyzerStats> stats = std::make_shared<AnalyzerStats>(); // of the last run
  std::shared_ptr<ResultsPad> results;

  std::shared_ptr<AnalyzerRun> current_run()
  {
    const std::lock_guard lock{mutex};
    return run;
  }
  std::shared_ptr<ResultsPad> current_results()
  {
    const std::lock_guard lock{mutex};
    return results;
  }
  // With the lock held.
  std::shared_ptr<const ResolvedSettings> resolved() const
  {
    return std::make_shared<const ResolvedSettings>(ResolvedSettings{settings, derived});
  }
};

} // namespace

struct _GstGeminiAnalyzer {
  GstElement parent;
  Impl *impl; // owned; new in init, delete in finalize
};

G_DEFINE_FINAL_TYPE_WITH_CODE(GstGeminiAnalyzer, gst_gemini_analyzer, GST_TYPE_ELEMENT,
                              GST_DEBUG_CATEGORY_INIT(gst_gemini_analyzer_debug, "geminianalyzer",
                                                      0, "asks Gemini about video frames"))
GST_ELEMENT_REGISTER_DEFINE(geminianalyzer, "geminianalyzer", GST_RANK_NONE,
                            GST_TYPE_GEMINI_ANALYZER)

namespace {

Impl *impl_of(GstObject *element)
{
  return GST_GEMINI_ANALYZER(element)->impl;
}

GstFlowReturn chain(GstPad *, GstObject *parent, GstBuffer *buffer)
{
  return guarded(GST_ELEMENT_CAST(parent), GST_FLOW_ERROR, [&] {
    const auto run = impl_of(parent)->current_run();
    if (run)
      return run->chain(buffer);
    gst_buffer_unref(buffer);
    return GST_FLOW_FLUSHING;
  });
}

gboolean sink_event(GstPad *, GstObject *parent, GstEvent *event)
{
  return guarded(GST_ELEMENT_CAST(parent), FALSE, [&]() -> gboolean {
    const auto run = impl_of(parent)->current_run();
    if (run)
      return run->sink_event(event);
    gst_event_unref(event);
    return FALSE;
  });
}

// What passes is what the other side takes and what can be looked at.
gboolean query_caps(GstPad *pad, GstQuery *query)
{
  if (!gst_pad_proxy_query_caps(pad, query))
    return FALSE;
  GstCaps *caps = nullptr;
  gst_query_parse_caps_result(query, &caps);
  gst_query_set_caps_result(query, readable_caps(caps).get());
  return TRUE;
}

gboolean sink_query(GstPad *pad, GstObject *parent, GstQuery *query)
{
  return guarded(GST_ELEMENT_CAST(parent), FALSE, [&]() -> gboolean {
    if (GST_QUERY_TYPE(query) == GST_QUERY_CAPS)
      return query_caps(pad, query);
    if (GST_QUERY_TYPE(query) == GST_QUERY_ACCEPT_CAPS) {
      GstCaps *caps = nullptr;
      gst_query_parse_accept_caps(query, &caps);
      if (!frame_info(caps)) {
        gst_query_set_accept_caps_result(query, FALSE);
        return TRUE;
      }
    }
    const auto run = impl_of(parent)->current_run();
    return run ? run->sink_query(parent, query) : gst_pad_query_default(pad, parent, query);
  });
}

// Of src and of results.
gboolean src_query(GstPad *pad, GstObject *parent, GstQuery *query)
{
  return guarded(GST_ELEMENT_CAST(parent), FALSE, [&]() -> gboolean {
    if (GST_QUERY_TYPE(query) == GST_QUERY_CAPS && pad == impl_of(parent)->src)
      return query_caps(pad, query);
    if (GST_QUERY_TYPE(query) == GST_QUERY_LATENCY)
      if (const auto run = impl_of(parent)->current_run())
        return run->latency_query(query);
    return gst_pad_query_default(pad, parent, query);
  });
}

gboolean src_event(GstPad *pad, GstObject *parent, GstEvent *event)
{
  return guarded(GST_ELEMENT_CAST(parent), FALSE, [&]() -> gboolean {
    const auto run = impl_of(parent)->current_run();
    return run ? run->src_event(parent, event) : gst_pad_event_default(pad, parent, event);
  });
}

gboolean activate_src(GstPad *, GstObject *parent, GstPadMode mode, gboolean is_active)
{
  return guarded(GST_ELEMENT_CAST(parent), FALSE, [&]() -> gboolean {
    if (mode != GST_PAD_MODE_PUSH)
      return FALSE;
    const auto run = impl_of(parent)->current_run();
    return !run || run->activate_src(is_active);
  });
}

// Video belongs to video: the results pad takes part in no negotiation, and its sink's events
// (seeks, QoS) are spoken by the video's sink, too.
GstIterator *internal_links(GstPad *pad, GstObject *parent)
{
  const Impl *impl = impl_of(parent);
  GValue value = G_VALUE_INIT;
  g_value_init(&value, GST_TYPE_PAD);
  g_value_set_object(&value, pad == impl->sink ? impl->src : impl->sink);
  GstIterator *links = gst_iterator_new_single(GST_TYPE_PAD, &value);
  g_value_unset(&value);
  return links;
}

gboolean results_event(GstPad *, GstObject *, GstEvent *event)
{
  gst_event_unref(event);
  return TRUE;
}

void set_up_pads(GstGeminiAnalyzer *self)
{
  Impl *impl = self->impl;
  GstElementClass *element_class = GST_ELEMENT_GET_CLASS(self);
  impl->sink =
      gst_pad_new_from_template(gst_element_class_get_pad_template(element_class, "sink"), "sink");
  gst_pad_set_chain_function(impl->sink, GST_DEBUG_FUNCPTR(chain));
  gst_pad_set_event_function(impl->sink, GST_DEBUG_FUNCPTR(sink_event));
  gst_pad_set_query_function(impl->sink, GST_DEBUG_FUNCPTR(sink_query));
  gst_pad_set_iterate_internal_links_function(impl->sink, GST_DEBUG_FUNCPTR(internal_links));
  GST_PAD_SET_PROXY_CAPS(impl->sink);
  GST_PAD_SET_PROXY_ALLOCATION(impl->sink);
  GST_PAD_SET_PROXY_SCHEDULING(impl->sink);
  gst_element_add_pad(GST_ELEMENT_CAST(self), impl->sink);

  impl->src =
      gst_pad_new_from_template(gst_element_class_get_pad_template(element_class, "src"), "src");
  gst_pad_set_event_function(impl->src, GST_DEBUG_FUNCPTR(src_event));
  gst_pad_set_query_function(impl->src, GST_DEBUG_FUNCPTR(src_query));
  gst_pad_set_activatemode_function(impl->src, GST_DEBUG_FUNCPTR(activate_src));
  gst_pad_set_iterate_internal_links_function(impl->src, GST_DEBUG_FUNCPTR(internal_links));
  GST_PAD_SET_PROXY_CAPS(impl->src);
  GST_PAD_SET_PROXY_SCHEDULING(impl->src);
  gst_element_add_pad(GST_ELEMENT_CAST(self), impl->src);
}

// Each once, for as long as it holds.
void post_remarks(GstGeminiAnalyzer *self)
{
  Impl *impl = self->impl;
  std::vector<std::string> fresh;
  {
    const std::lock_guard lock{impl->mutex};
    std::vector<std::string> remarks =
        wire::remarks_on(impl->derived.question, impl->settings.model);
    std::vector<std::string> &posted = impl->remarks;
    std::copy_if(remarks.begin(), remarks.end(), std::back_inserter(fresh),
                 [&posted](const std::string &remark) {
                   return std::find(posted.begin(), posted.end(), remark) == posted.end();
                 });
    posted = std::move(remarks);
  }
  for (const std::string &remark : fresh)
    GST_ELEMENT_WARNING(self, RESOURCE, SETTINGS, ("%s", remark.c_str()), (nullptr));
}

// Makes the run, or says why there can be none.
std::optional<SettingProblem> make_run(GstGeminiAnalyzer *self)
{
  Impl *impl = self->impl;
  const std::lock_guard applying{impl->applying};
  AnalyzerSettings settings;
  {
    const std::lock_guard lock{impl->mutex};
    settings = impl->settings;
  }
  auto derived = derive(settings);
  if (!derived)
    return derived.error();
  g_autofree char *name = gst_object_get_name(GST_OBJECT_CAST(self));
  auto service = open_service(settings, name);
  if (!service)
    return service.error();

  auto stats = std::make_shared<AnalyzerStats>();
  std::shared_ptr<const ResolvedSettings> resolved;
  {
    const std::lock_guard lock{impl->mutex};
    impl->derived = std::move(*derived);
    impl->remarks.clear();
    impl->stats = stats;
    resolved = impl->resolved();
  }
  const auto run = std::make_shared<AnalyzerRun>(
      GST_ELEMENT_CAST(self), AnalyzerRun::Pads{.sink = impl->sink, .src = impl->src}, name,
      std::move(*service), std::move(resolved), std::move(stats));
  std::shared_ptr<ResultsPad> results;
  {
    const std::lock_guard lock{impl->mutex};
    impl->run = run;
    results = impl->results;
  }
  run->set_results(std::move(results));
  return std::nullopt;
}

// READY→PAUSED.
bool start(GstGeminiAnalyzer *self)
{
  if (const auto problem = make_run(self)) {
    GST_ELEMENT_ERROR(self, RESOURCE, SETTINGS, ("%s", problem->message.c_str()), (nullptr));
    return false;
  }
  post_remarks(self);
  return true;
}

// PAUSED→READY, after the pads have stopped.
void stop(GstGeminiAnalyzer *self)
{
  std::shared_ptr<AnalyzerRun> run;
  {
    const std::lock_guard lock{self->impl->mutex};
    run.swap(self->impl->run);
  }
  if (run)
    run->stop();
}

// A property has changed. What is wrong with it where it cannot be applied.
std::optional<SettingProblem> pass_on_settings(GstGeminiAnalyzer *self)
{
  Impl *impl = self->impl;
  const std::lock_guard applying{impl->applying};
  std::shared_ptr<AnalyzerRun> run;
  AnalyzerSettings settings;
  {
    const std::lock_guard lock{impl->mutex};
    run = impl->run;
    settings = impl->settings;
  }
  if (!run)
    return std::nullopt;
  auto derived = derive(settings);
  std::shared_ptr<const ResolvedSettings> resolved;
  {
    const std::lock_guard lock{impl->mutex};
    if (derived)
      impl->derived = std::move(*derived);
    resolved = impl->resolved();
  }
  if (auto problem = run->set_settings(std::move(resolved)))
    return problem;
  if (!derived)
    return SettingProblem{derived.error().message + " What is asked stays as it was."};
  return std::nullopt;
}

void apply_settings(GstGeminiAnalyzer *self)
{
  const auto problem = pass_on_settings(self);
  const auto run = self->impl->current_run();
  if (run)
    run->project_costs();
  if (problem)
    GST_ELEMENT_WARNING(self, RESOURCE, SETTINGS, ("%s", problem->message.c_str()), (nullptr));
  else if (run)
    post_remarks(self);
}

guint analyze_now(GstGeminiAnalyzer *self, const char *prompt)
{
  return guarded(GST_ELEMENT_CAST(self), guint{0}, [&] {
    const auto run = self->impl->current_run();
    return run ? static_cast<guint>(
                     run->analyze_now(prompt ? std::optional<std::string>{prompt} : std::nullopt))
               : 0;
  });
}

} // namespace

static void gst_gemini_analyzer_init(GstGeminiAnalyzer *self)
{
  self->impl = new Impl;
  set_up_pads(self);
}

static void gst_gemini_analyzer_finalize(GObject *object)
{
  delete GST_GEMINI_ANALYZER(object)->impl;
  G_OBJECT_CLASS(gst_gemini_analyzer_parent_class)->finalize(object);
}

static void gst_gemini_analyzer_set_property(GObject *object, guint id, const GValue *value,
                                             GParamSpec *spec)
{
  guarded(GST_ELEMENT_CAST(object), [&] {
    auto *self = GST_GEMINI_ANALYZER(object);
    bool is_known = false;
    {
      const std::lock_guard lock{self->impl->mutex};
      is_known =
          set_property<AnalyzerSettings>(analyzer_properties(), id, self->impl->settings, value);
    }
    if (is_known)
      apply_settings(self);
    else
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  });
}

static void gst_gemini_analyzer_get_property(GObject *object, guint id, GValue *value,
                                             GParamSpec *spec)
{
  guarded(GST_ELEMENT_CAST(object), [&] {
    Impl *impl = GST_GEMINI_ANALYZER(object)->impl;
    std::shared_ptr<AnalyzerStats> stats;
    bool is_known = false;
    {
      const std::lock_guard lock{impl->mutex};
      stats = impl->stats;
      is_known = get_property<AnalyzerSettings>(analyzer_properties(), id, impl->settings, value);
    }
    if (id == kPropStats)
      g_value_take_boxed(value, stats->to_structure());
    else if (!is_known)
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  });
}

static GstStateChangeReturn gst_gemini_analyzer_change_state(GstElement *element,
                                                             GstStateChange transition)
{
  auto *self = GST_GEMINI_ANALYZER(element);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED &&
      !guarded(element, false, [self] { return start(self); }))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    if (const auto run = self->impl->current_run())
      run->set_playing(false);
  // Pads cannot be deactivated while a streaming thread waits in them.
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    if (const auto run = self->impl->current_run())
      run->unblock();

  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS(gst_gemini_analyzer_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING && result != GST_STATE_CHANGE_FAILURE)
    if (const auto run = self->impl->current_run())
      run->set_playing(true);
  const bool is_down = transition == GST_STATE_CHANGE_PAUSED_TO_READY;
  const bool is_failed_start =
      transition == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE;
  if (is_down || is_failed_start)
    guarded(element, [self] { stop(self); });
  return result;
}

static GstPad *gst_gemini_analyzer_request_new_pad(GstElement *element, GstPadTemplate *templ,
                                                   const gchar *, const GstCaps *)
{
  Impl *impl = GST_GEMINI_ANALYZER(element)->impl;
  if (impl->current_results()) {
    GST_WARNING_OBJECT(element, "there is a results pad already");
    return nullptr;
  }
  return guarded(element, static_cast<GstPad *>(nullptr), [&] {
    const auto results = ResultsPad::create(templ, "results");
    gst_pad_set_event_function(results->pad(), GST_DEBUG_FUNCPTR(results_event));
    gst_pad_set_query_function(results->pad(), GST_DEBUG_FUNCPTR(src_query));
    gst_pad_set_iterate_internal_links_function(results->pad(), GST_DEBUG_FUNCPTR(internal_links));
    std::shared_ptr<AnalyzerRun> run;
    {
      const std::lock_guard lock{impl->mutex};
      impl->results = results;
      run = impl->run;
    }
    if (run)
      gst_pad_set_active(results->pad(), TRUE);
    gst_element_add_pad(element, results->pad());
    if (run)
      run->set_results(results);
    return results->pad();
  });
}

static void gst_gemini_analyzer_release_pad(GstElement *element, GstPad *pad)
{
  guarded(element, [&] {
    Impl *impl = GST_GEMINI_ANALYZER(element)->impl;
    std::shared_ptr<ResultsPad> results; // to the end
    std::shared_ptr<AnalyzerRun> run;
    {
      const std::lock_guard lock{impl->mutex};
      results.swap(impl->results);
      run = impl->run;
    }
    if (run)
      run->set_results(nullptr);
    gst_pad_set_active(pad, FALSE);
    gst_element_remove_pad(element, pad);
  });
}

static void gst_gemini_analyzer_class_init(GstGeminiAnalyzerClass *klass)
{
  auto *object_class = G_OBJECT_CLASS(klass);
  auto *element_class = GST_ELEMENT_CLASS(klass);
  object_class->finalize = gst_gemini_analyzer_finalize;
  object_class->set_property = gst_gemini_analyzer_set_property;
  object_class->get_property = gst_gemini_analyzer_get_property;
  element_class->change_state = GST_DEBUG_FUNCPTR(gst_gemini_analyzer_change_state);
  element_class->request_new_pad = GST_DEBUG_FUNCPTR(gst_gemini_analyzer_request_new_pad);
  element_class->release_pad = GST_DEBUG_FUNCPTR(gst_gemini_analyzer_release_pad);

  install_properties<AnalyzerSettings>(object_class, analyzer_properties());
  g_object_class_install_property(
      object_class, kPropStats,
      g_param_spec_boxed(
          "stats", "Statistics",
          "What was done since the element last left READY: frames, samples, requests, "
          "answers, failures by kind, tokens, latencies in milliseconds, bytes",
          GST_TYPE_STRUCTURE, static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));
  mark_analyzer_types_as_api();

  /**
   * GstGeminiAnalyzer::analyze-now:
   * @analyzer: the element
   * @prompt: (nullable): what to ask; %NULL: what the properties ask
   *
   * Has the next frame analysed at once, whatever the rate and whether anything has changed. Its
   * answer comes as any other, with the id that is returned. May be called from any thread.
   *
   * The event `gemini-analyze` (%GST_EVENT_CUSTOM_DOWNSTREAM, a structure of that name with an
   * optional string `prompt`) does the same for the frame that follows it; the id comes in an
   * element message `gemini-analyze` with the event's number, as the message's own and in its field
   * `seqnum`. The event goes on to other analyzers.
   *
   * Returns: the id of the request; 0 where there will be none: the element is not at least
   * PAUSED, the stream has ended, 64 demands are without an answer, or the prompt cannot be asked,
   * which a warning says
   */
  g_signal_new_class_handler("analyze-now", GST_TYPE_GEMINI_ANALYZER,
                             static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
                             G_CALLBACK(analyze_now), nullptr, nullptr, nullptr, G_TYPE_UINT, 1,
                             G_TYPE_STRING);

  const Ref<GstCaps> caps = frame_caps();
  gst_element_class_add_pad_template(
      element_class, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps.get()));
  gst_element_class_add_pad_template(
      element_class, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, caps.get()));
  gst_element_class_add_static_pad_template(element_class, &results_template);
  gst_element_class_set_static_metadata(
      element_class, "Gemini video analyzer", "Filter/Analyzer/Video",
      "Asks Gemini what is seen on video frames and attaches it as metadata",
      "gst-gemini developers <gst-gemini@example.org>");
}
