// SPDX-License-Identifier: LGPL-2.1-or-later
// The properties of geminianalyzer.
#include "plugin/analyzer_properties.hpp"

#include "vision/follower.hpp"

#include <gst/gst.h>

#include <climits>

namespace gemini {
namespace {

constexpr const char *kFollows = "Objects are followed by how the picture moves";
constexpr const char *kGoesOn =
    "Objects go on as they moved between the last two answers (built without OpenCV, which sees "
    "how the picture moves)";

GType task_get_type()
{
  static const GType type = [] {
    static const GEnumValue values[] = {
        {static_cast<int>(Task::detect), "Boxes and labels of objects", "detect"},
        {static_cast<int>(Task::segment), "Boxes, labels and masks of objects", "segment"},
        {static_cast<int>(Task::point), "Points on objects, and labels", "point"},
        {static_cast<int>(Task::boxes_3d), "Boxes in space and labels of objects", "boxes-3d"},
        {static_cast<int>(Task::caption), "A sentence or two about the picture", "caption"},
        {static_cast<int>(Task::classify), "Labels of the whole picture", "classify"},
        {static_cast<int>(Task::ask), "The prompt as it is, answered in words or by a schema",
         "ask"},
        {0, nullptr, nullptr}};
    return g_enum_register_static("GstGeminiAnalyzerTask", values);
  }();
  return type;
}

GType mode_get_type()
{
  static const GType type = [] {
    static const GEnumValue values[] = {
        {static_cast<int>(Mode::automatic), "Live where upstream is live, else accurate", "auto"},
        {static_cast<int>(Mode::live), "Frames pass at once, with the newest answer", "live"},
        {static_cast<int>(Mode::accurate), "Frames wait for the answer of their own sample",
         "accurate"},
        {0, nullptr, nullptr}};
    return g_enum_register_static("GstGeminiAnalyzerMode", values);
  }();
  return type;
}

GType tracking_get_type()
{
  static const GType type = [] {
    const bool sees = vision::sees_motion();
    static const GEnumValue values[] = {
        {static_cast<int>(Tracking::automatic), sees ? kFollows : kGoesOn, "auto"},
        {static_cast<int>(Tracking::none), "Objects stay where the answer saw them", "none"},
        {static_cast<int>(Tracking::motion), sees ? kFollows : kGoesOn, "motion"},
        {0, nullptr, nullptr}};
    return g_enum_register_static("GstGeminiAnalyzerTracking", values);
  }();
  return type;
}

GType upload_get_type()
{
  static const GType type = [] {
    static const GEnumValue values[] = {
        {static_cast<int>(UploadBy::automatic),
         "Frames go inline unless a request would become too large; reference images are uploaded",
         "auto"},
        {static_cast<int>(UploadBy::inline_data), "All pictures go inline, in every request",
         "inline"},
        {static_cast<int>(UploadBy::files), "All pictures are uploaded first", "files"},
        {0, nullptr, nullptr}};
    return g_enum_register_static("GstGeminiAnalyzerUpload", values);
  }();
  return type;
}

GType on_error_get_type()
{
  static const GType type = [] {
    static const GEnumValue values[] = {
        {static_cast<int>(OnError::go_on), "Warns, and the stream goes on without results",
         "continue"},
        {static_cast<int>(OnError::stop), "Stops the pipeline with an error", "stop"},
        {0, nullptr, nullptr}};
    return g_enum_register_static("GstGeminiAnalyzerOnError", values);
  }();
  return type;
}

GType regions_get_type()
{
  static const GType type = [] {
    static const GEnumValue values[] = {{static_cast<int>(Regions::frame),
                                         "The frame, or the part of it that region says", "frame"},
                                        {static_cast<int>(Regions::detections),
                                         "A crop of each box that elements upstream have attached",
                                         "detections"},
                                        {0, nullptr, nullptr}};
    return g_enum_register_static("GstGeminiAnalyzerRegions", values);
  }();
  return type;
}

GType thinking_get_type()
{
  static const GType type = [] {
    static const GEnumValue values[] = {
        {static_cast<int>(Thinking::automatic), "The least that the model allows", "auto"},
        {static_cast<int>(Thinking::off), "None, or the least that the model allows", "off"},
        {static_cast<int>(Thinking::minimal), "Next to none", "minimal"},
        {static_cast<int>(Thinking::low), "A little", "low"},
        {static_cast<int>(Thinking::medium), "Some", "medium"},
        {static_cast<int>(Thinking::high), "Much", "high"},
        {static_cast<int>(Thinking::dynamic), "As the model sees fit", "dynamic"},
        {static_cast<int>(Thinking::unset), "Nothing is said about it", "unset"},
        {0, nullptr, nullptr}};
    return g_enum_register_static("GstGeminiAnalyzerThinking", values);
  }();
  return type;
}

GType media_resolution_get_type()
{
  static const GType type = [] {
    static const GEnumValue values[] = {
        {static_cast<int>(MediaResolution::unset), "The model's own choice", "unset"},
        {static_cast<int>(MediaResolution::low), "MEDIA_RESOLUTION_LOW", "low"},
        {static_cast<int>(MediaResolution::medium), "MEDIA_RESOLUTION_MEDIUM", "medium"},
        {static_cast<int>(MediaResolution::high), "MEDIA_RESOLUTION_HIGH", "high"},
        {static_cast<int>(MediaResolution::ultra_high), "MEDIA_RESOLUTION_ULTRA_HIGH",
         "ultra-high"},
        {0, nullptr, nullptr}};
    return g_enum_register_static("GstGeminiAnalyzerMediaResolution", values);
  }();
  return type;
}

GType safety_threshold_get_type()
{
  static const GType type = [] {
    static const GEnumValue values[] = {
        {static_cast<int>(SafetyThreshold::unset), "The service's own choice", "unset"},
        {static_cast<int>(SafetyThreshold::block_low_and_above), "BLOCK_LOW_AND_ABOVE",
         "block-low-and-above"},
        {static_cast<int>(SafetyThreshold::block_medium_and_above), "BLOCK_MEDIUM_AND_ABOVE",
         "block-medium-and-above"},
        {static_cast<int>(SafetyThreshold::block_only_high), "BLOCK_ONLY_HIGH", "block-only-high"},
        {static_cast<int>(SafetyThreshold::block_none), "BLOCK_NONE", "block-none"},
        {static_cast<int>(SafetyThreshold::off), "OFF", "off"},
        {0, nullptr, nullptr}};
    return g_enum_register_static("GstGeminiAnalyzerSafetyThreshold", values);
  }();
  return type;
}

constexpr unsigned kMaxMs = 24U * 60 * 60 * 1000;

using S = AnalyzerSettings;
constexpr Property<S> kProperties[] = {
    property<&S::task>("task", "Task", "What to ask of the model", task_get_type, kPlaying),
    property<&S::prompt>(
        "prompt", "Prompt",
        "What to look for or to ask, in your own words; @path reads it from a file; null: the task's "
        "own default. The form of the answer is asked for by the element, except with task=ask",
        kPlaying),
    property<&S::labels>(
        "labels", "Labels",
        "The only labels that detect, segment, point, boxes-3d and classify may give, one "
        "per comma or line; @path reads them from a file; null: any",
        kPlaying),
    property<&S::system_instruction>(
        "system-instruction", "System Instruction",
        "What the model is told before the prompt; @path reads it from a file", kPlaying),
    property<&S::response_schema>(
        "response-schema", "Response Schema",
        "task=ask: schema of the answer as JSON, either JSON Schema or the API's own with types in "
        "capitals; @path reads it from a file",
        kPlaying),
    property<&S::thinking>("thinking", "Thinking", "How much the model thinks before it answers",
                           thinking_get_type, kPlaying),
    property<&S::media_resolution>(
        "media-resolution", "Media Resolution",
        "How finely the model looks at the picture: more costs more tokens",
        media_resolution_get_type, kPlaying),
    property<&S::safety_threshold>("safety-threshold", "Safety Threshold",
                                   "From which probability of harm on the service blocks",
                                   safety_threshold_get_type, kPlaying),
    property<&S::temperature>("temperature", "Temperature",
                              "How freely the model words its answer; negative: its own default",
                              {-1, 2}, kPlaying),
    property<&S::seed>("seed", "Seed", "Makes answers repeatable as far as possible; -1: not sent",
                       {-1, INT_MAX}, kPlaying),
    property<&S::max_output_tokens>(
        "max-output-tokens", "Max Output Tokens",
        "Longest answer, thoughts included; an answer that is cut is partial; 0: the model's own limit",
        {0, INT_MAX}, kPlaying),
    property<&S::mask_threshold>(
        "mask-threshold", "Mask Threshold",
        "Masks that are probability maps: what is above belongs to the object", {0, 255}, kPlaying),
    property<&S::max_objects>("max-objects", "Max Objects",
                              "At most so many objects are asked for and kept of an answer",
                              {1, 1000}, kPlaying),
    property<&S::model>("model", "Model", "Name of the Gemini model", kPlaying),
    property<&S::api_key>(
        "api-key", "API Key",
        "Key of the Gemini API, or @path of a file that holds it; null: api-key-file, else the environment variable "
        "GOOGLE_API_KEY, else GEMINI_API_KEY. Others may read what is typed on a command "
        "line: prefer those",
        kSecretReady),
    property<&S::api_key_file>("api-key-file", "API Key File",
                               "File that holds nothing but the key", kReady),
    property<&S::base_url>("base-url", "Base URL",
                           "Where the service is; null: the environment variable "
                           "GOOGLE_GEMINI_BASE_URL, else Google's",
                           kReady),
    property<&S::api_version>("api-version", "API Version", "Version part of the URL", kReady),
    property<&S::fallback_models>(
        "fallback-models", "Fallback Models",
        "Models to ask, in this order, while `model` is overloaded, gone or out of quota: one per "
        "comma or line. Results say which one answered",
        kPlaying),
    property<&S::vertex_project>("vertex-project", "Vertex Project",
                                 "Google Cloud project: ask Vertex AI, with access-token", kReady),
    property<&S::vertex_location>(
        "vertex-location", "Vertex Location",
        "Where Vertex AI runs the model: global, us, eu or a region; null: global. Without "
        "vertex-project it is asked with the API key (express mode)",
        kReady),
    property<&S::access_token>(
        "access-token", "Access Token",
        "OAuth 2 token for Vertex AI, such as `gcloud auth print-access-token` prints; @path reads "
        "it from a file, again when it is refused. Set it anew while playing before it expires",
        kSecretPlaying),
    property<&S::reference_images>(
        "reference-images", "Reference Images",
        "Pictures shown to the model before the frames: files, file:// or https:// URIs, or files/ID "
        "of the Files API, one per comma or line; @path reads the list from a file",
        kReady),
    property<&S::upload>("upload", "Upload", "How pictures are sent", upload_get_type, kReady),
    property<&S::frames_per_request>(
        "frames-per-request", "Frames per Request",
        "Successive samples sent in one request and answered one by one: cheaper, but answers come "
        "later",
        {1, 64}, kPlaying),
    property<&S::stream>("stream", "Stream",
                         "Show objects as soon as the model has written them, before its answer is "
                         "whole",
                         kPlaying),
    property<&S::requests_per_minute>(
        "requests-per-minute", "Requests per Minute",
        "Never more than these in any minute, counting all elements of the process with this key; 0: "
        "no limit",
        {0, 1'000'000}, kPlaying),
    property<&S::max_requests>(
        "max-requests", "Max Requests",
        "No more requests once the process has made as many with this key; 0: no limit",
        {0, G_MAXUINT64}, kPlaying),
    property<&S::max_tokens>(
        "max-tokens", "Max Tokens",
        "No more requests once the process has used as many tokens with this key; what requests under "
        "way may use counts, too; 0: no limit",
        {0, G_MAXINT64}, kPlaying),
    property<&S::price_input>("price-input", "Price of Input",
                              "Of a million tokens sent, in any currency: gives the cost in stats",
                              {0, 1e9}, kPlaying),
    property<&S::price_output>("price-output", "Price of Output",
                               "Of a million tokens written or thought by the model", {0, 1e9},
                               kPlaying),
    property<&S::retries>("retries", "Retries",
                          "Attempts after the first, as far as timeout lets them", {0, 100},
                          kPlaying),
    property<&S::on_error>(
        "on-error", "On Error",
        "What a request that failed for good does. Before the first good answer a bad key, an unknown "
        "model or a refused setting always stops",
        on_error_get_type, kPlaying),
    property<&S::record_location>("record-location", "Record Location",
                                  "File to write every result to, as NDJSON", kReady),
    property<&S::replay_location>(
        "replay-location", "Replay Location",
        "Record to take the results from, by their time in the stream, instead of asking", kReady),
    property<&S::audit_location>(
        "audit-location", "Audit Location",
        "Folder to write all that is sent and received to, frames included, keys not", kReady),
    property<&S::analysis_rate>(
        "analysis-rate", "Analysis Rate",
        "Samples per second of running time, as a fraction: 1/2 is one in two "
        "seconds; 0/1: only on demand. Each sample is a request that costs money",
        {{0, 1}, {INT_MAX, 1}}, kPlaying),
    property<&S::region>(
        "region", "Region",
        "The part of the frame that is sent: x, y, width and height, 0 to 1; null: all of it. Results "
        "are in coordinates of the whole frame all the same",
        kPlaying),
    property<&S::regions>("regions", "Regions", "What of a frame is sent", regions_get_type,
                          kPlaying),
    property<&S::region_labels>(
        "region-labels", "Region Labels",
        "regions=detections: crops of boxes with these labels only, one per comma or line; null: of "
        "all",
        kPlaying),
    property<&S::region_min_size>(
        "region-min-size", "Region Min Size",
        "regions=detections: boxes that are narrower or lower, in pixels, are not sent", {1, 16384},
        kPlaying),
    property<&S::max_regions>("max-regions", "Max Regions",
                              "regions=detections: of more boxes the largest are sent", {1, 1000},
                              kPlaying),
    property<&S::once_per_object>(
        "once-per-object", "Once per Object",
        "regions=detections: an object is asked about once, as long as upstream calls it by the same "
        "id",
        kPlaying),
    property<&S::privacy_regions>(
        "privacy-regions", "Privacy Regions",
        "Parts of the frame that are blacked out before anything is encoded: \"x y width height\", 0 "
        "to 1, one per comma or line",
        kPlaying),
    property<&S::privacy_labels>(
        "privacy-labels", "Privacy Labels",
        "Boxes from upstream with these labels are blacked out likewise, one label per comma or line",
        kPlaying),
    property<&S::change_threshold>(
        "change-threshold", "Change Threshold",
        "Skip a sample while no spot of the picture (1/32 of its longer side) has become lighter or "
        "darker than on the last one by this part of the range from black to white, the light on the "
        "whole picture apart; 0: never; 0.05 passes over sensor noise",
        {0, 1}, kPlaying),
    property<&S::max_silence_ms>(
        "max-silence", "Max Silence",
        "Sample at least this often though nothing has changed, in milliseconds of running time; 0: "
        "only when something has",
        {0, kMaxMs}, kPlaying),
    property<&S::sharpest_window_ms>(
        "sharpest-window", "Sharpest Window",
        "Take the sharpest frame of so many milliseconds of running time from the one that is due, "
        "at most until the next one is; 0: the one that is due",
        {0, kMaxMs}, kPlaying),
    property<&S::mode>("mode", "Mode", "Whether frames wait for answers", mode_get_type, kReady),
    property<&S::max_latency_ms>("max-latency", "Max Latency",
                                 "Accurate mode on a live source: how long a frame may be held, in "
                                 "milliseconds; added to the pipeline's latency",
                                 {0, kMaxMs}, kReady),
    property<&S::max_held_bytes>("max-held-bytes", "Max Held Bytes",
                                 "Accurate mode: bound on the frames held, in bytes",
                                 {0, G_MAXUINT64}, kReady),
    property<&S::max_in_flight>("max-in-flight", "Max In Flight",
                                "Requests under way at the same time", {1, 64}, kPlaying),
    property<&S::eos_timeout_ms>(
        "eos-timeout", "EOS Timeout",
        "How long the end of the stream may wait for answers, in milliseconds", {0, kMaxMs},
        kReady),
    property<&S::max_image_size>(
        "max-image-size", "Max Image Size",
        "Longer side of the picture as sent, in pixels; 0: as it is. Never "
        "enlarges",
        {0, 16384}, kPlaying),
    property<&S::jpeg_quality>("jpeg-quality", "JPEG Quality", "Quality of the picture as sent",
                               {1, 100}, kPlaying),
    property<&S::result_ttl_ms>(
        "result-ttl", "Result TTL",
        "Live mode: how long after its arrival a result stays on later frames, "
        "in milliseconds; 0: until the next one",
        {0, kMaxMs}, kPlaying),
    property<&S::tracking>("tracking", "Tracking", "How objects move between answers",
                           tracking_get_type, kPlaying),
    property<&S::timeout_ms>("timeout", "Timeout",
                             "How long a whole request may take, in milliseconds", {1, kMaxMs},
                             kPlaying),
    property<&S::post_messages>(
        "post-messages", "Post Messages",
        "Whether each result is posted as an element message gemini-analysis", kPlaying),
};

} // namespace

std::span<const Property<AnalyzerSettings>> analyzer_properties()
{
  return kProperties;
}

void mark_analyzer_types_as_api()
{
  for (const GetType get_type :
       {task_get_type, mode_get_type, thinking_get_type, media_resolution_get_type,
        safety_threshold_get_type, upload_get_type, tracking_get_type, on_error_get_type,
        regions_get_type})
    gst_type_mark_as_plugin_api(get_type(), static_cast<GstPluginAPIFlags>(0));
}

} // namespace gemini
