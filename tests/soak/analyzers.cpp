// SPDX-License-Identifier: LGPL-2.1-or-later
// Pipelines around a geminianalyzer each.
#include "analyzers.hpp"

#include <algorithm>
#include <utility>

namespace gemini::test {

namespace {

// All of it is written to at the start, so that counting takes no more memory later.
constexpr std::size_t kMostRequests = std::size_t{1} << 19;
constexpr std::size_t kMostProblems = 5;

std::string launch_line(bool is_live, const std::string &properties)
{
  const std::string caps = " ! video/x-raw,format=I420,width=64,height=48,framerate=30/1 ! ";
  // What is no camera would have its frames analysed as fast as they come while requests fail at
  // once.
  const std::string source =
      is_live ? "videotestsrc is-live=true" : "videotestsrc ! identity sleep-time=5000";
  return source + caps +
         "geminianalyzer name=gemini analysis-rate=30/1 eos-timeout=86400000 mode=" +
         (is_live ? "live " : "accurate ") + properties +
         " ! fakesink sync=false async=false  gemini.results ! fakesink sync=false async=false";
}

} // namespace

bool Progress::wait(std::chrono::steady_clock::time_point until,
                    const std::function<bool()> &is_done)
{
  // What is waited for changes without our lock: a change that is missed is seen a moment later.
  constexpr std::chrono::milliseconds kMoment{50};
  std::unique_lock lock{mutex_};
  while (!is_done()) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= until)
      return false;
    changed_.wait_until(lock, std::min(until, now + kMoment));
  }
  return true;
}

SoakedAnalyzer::SoakedAnalyzer(std::string name, bool is_live, const std::string &properties,
                               Progress &progress)
    : name_(std::move(name)), is_live_(is_live), progress_(progress), ended_(kMostRequests, 0)
{
  g_autoptr(GError) error = nullptr;
  const std::string launch = launch_line(is_live, properties);
  pipeline_ = gst_parse_launch(launch.c_str(), &error);
  if (error)
    g_error("%s: %s", launch.c_str(), error->message);
  element_ = gst_bin_get_by_name(GST_BIN(pipeline_), "gemini");
  GstBus *bus = gst_element_get_bus(pipeline_);
  gst_bus_set_sync_handler(bus, on_message, this, nullptr);
  gst_object_unref(bus);
}

SoakedAnalyzer::~SoakedAnalyzer()
{
  stop();
  gst_object_unref(element_);
  gst_object_unref(pipeline_);
}

void SoakedAnalyzer::play()
{
  gst_element_set_state(pipeline_, GST_STATE_PLAYING);
}

void SoakedAnalyzer::end()
{
  gst_element_send_event(pipeline_, gst_event_new_eos());
}

void SoakedAnalyzer::stop()
{
  gst_element_set_state(pipeline_, GST_STATE_NULL);
}

GstBusSyncReply SoakedAnalyzer::on_message(GstBus *, GstMessage *message, gpointer data)
{
  auto *self = static_cast<SoakedAnalyzer *>(data);
  const GstStructure *structure = gst_message_get_structure(message);
  if (structure && gst_structure_has_name(structure, "gemini-analysis"))
    self->on_analysis(structure);
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) {
    self->has_ended_ = true;
    self->progress_.made();
  }
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    g_autoptr(GError) error = nullptr;
    gst_message_parse_error(message, &error, nullptr);
    self->complain(error->message);
  }
  gst_message_unref(message);
  return GST_BUS_DROP;
}

void SoakedAnalyzer::on_analysis(const GstStructure *structure)
{
  const std::string json = gst_structure_get_string(structure, "json");
  if (json.find(R"("growing":true)") != std::string::npos)
    return;
  guint64 id = 0;
  gst_structure_get_uint64(structure, "request-id", &id);
  if (json.find(R"("status":"ok")") != std::string::npos)
    ++n_good_;
  if (id == 0 || id >= kMostRequests) {
    complain("there is a request " + std::to_string(id));
    return;
  }
  {
    const std::lock_guard lock{mutex_};
    ++ended_[id];
    ++n_ended_;
  }
  progress_.made();
}

void SoakedAnalyzer::complain(const std::string &problem)
{
  const std::lock_guard lock{mutex_};
  if (problems_.size() < kMostProblems)
    problems_.push_back(name_ + ": " + problem);
}

std::uint64_t SoakedAnalyzer::stat(const char *name) const
{
  g_autoptr(GstStructure) stats = nullptr;
  g_object_get(element_, "stats", &stats, nullptr);
  guint64 value = 0;
  gst_structure_get_uint64(stats, name, &value);
  return value;
}

std::uint64_t SoakedAnalyzer::failures(const std::string &kind) const
{
  g_autoptr(GstStructure) stats = nullptr;
  g_autoptr(GstStructure) failures = nullptr;
  g_object_get(element_, "stats", &stats, nullptr);
  gst_structure_get(stats, "failures", GST_TYPE_STRUCTURE, &failures, nullptr);
  guint64 value = 0;
  gst_structure_get_uint64(failures, kind.c_str(), &value);
  return value;
}

std::vector<std::string> SoakedAnalyzer::problems() const
{
  const std::uint64_t samples = stat("samples");
  const std::uint64_t discarded = stat("discarded");
  const std::uint64_t counted = stat("answers") + stat("blocked") + stat("failed");
  const std::lock_guard lock{mutex_};
  std::vector<std::string> problems = problems_;
  const auto say = [&](const std::string &what) { problems.push_back(name_ + ": " + what); };
  const auto twice = std::count_if(ended_.begin(), ended_.end(), [](auto n) { return n > 1; });
  const auto once = std::count_if(ended_.begin(), ended_.end(), [](auto n) { return n == 1; });
  if (twice > 0)
    say(std::to_string(twice) + " requests ended more than once");
  const auto end =
      ended_.begin() + static_cast<std::ptrdiff_t>(std::min(samples + 1, ended_.size()));
  if (std::any_of(end, ended_.end(), [](auto n) { return n > 0; }))
    say("a request ended that was never made");
  if (counted + discarded != samples)
    say("of " + std::to_string(samples) + " samples " + std::to_string(counted) +
        " were answered or failed and " + std::to_string(discarded) + " discarded");
  if (static_cast<std::uint64_t>(once) != counted)
    say(std::to_string(counted) + " ends were counted and " + std::to_string(once) + " told");
  if (!is_live_ && discarded > 0)
    say(std::to_string(discarded) + " were discarded, though the stream ended well");
  return problems;
}

} // namespace gemini::test
