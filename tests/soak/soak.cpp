// SPDX-License-Identifier: LGPL-2.1-or-later
// Sixteen elements, one key, and a service that fails a third of all requests in every way there
// is: nothing may get lost, be asked too often, or grow.
//
//   soak --seconds N     for so long
//   soak --requests N    until so many requests were sent
//
// The program's clock is twenty times as fast as the machine's; the emulator's is not.
#include "analyzers.hpp"
#include "element/static_plugin.hpp"
#include "element/support.hpp"
#include "emulator_program.hpp"
#include "support/temporary_folder.hpp"
#include "time_lapse.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>

#include <malloc.h>
#include <unistd.h>

using namespace gemini::test;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

constexpr int kFactor = 20;
constexpr unsigned kRequestsPerMinute = 200;
// The first requests go well: what fails before the first good answer may stop an element.
constexpr unsigned kFirst = 300;
constexpr double kMayGrow = 1.05;
// In a short run the first tenth is over before everything that is kept was there once.
constexpr double kMayGrowAtFirst = 1.15;

// Under a sanitizer memory grows by what the sanitizer keeps, and little is done in a minute.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

constexpr std::array kModels = {
    "gemini-3.8-flash",         "gemini-3.7-flash",       "gemini-3.6-flash",
    "gemini-3.5-flash",         "gemini-3.5-flash-lite",  "gemini-3.1-pro-preview",
    "gemini-3.1-flash-lite",    "gemini-3-flash-preview", "gemini-4-argon",
    "gemini-2.5-flash",         "gemini-2.5-pro",         "gemini-2.5-flash-lite",
    "gemini-flash-lite-latest", "gemini-pro-latest",
};

struct Options {
  std::chrono::seconds seconds{0};
  std::uint64_t requests = 0;
};

std::vector<std::string> problems;

void check(bool is_good, const std::string &problem)
{
  if (!is_good)
    problems.push_back(problem);
}

std::string text(std::uint64_t number)
{
  return std::to_string(number);
}

std::string fault_script()
{
  return "1-" + std::to_string(kFirst) + " slow 0\n1-" + std::to_string(kFirst) +
         " array\n"
         "random 0.33 11 any 100\n"
         "files.start random 0.1 12 status 503\n"
         "files.upload random 0.1 13 close\n"
         "files.upload random 0.05 14 file-failed\n";
}

// Each begins with another model, and takes all others in its place.
std::string models(std::size_t i)
{
  std::string others;
  for (std::size_t k = 1; k < kModels.size(); ++k)
    others += (k > 1 ? "," : "") + std::string{kModels[(i + k) % kModels.size()]};
  return std::string{"model="} + kModels[i % kModels.size()] + " fallback-models=\"" + others + '"';
}

std::string properties(std::size_t i, const std::string &url, const std::string &picture)
{
  static constexpr std::array kWays = {"", "stream=true", "frames-per-request=2", "upload=files"};
  static constexpr std::array kTasks = {"detect", "segment", "caption", "point"};
  std::string words =
      "api-key=emulator-key base-url=" + url + " " + models(i) +
      " task=" + kTasks[i / 4 % kTasks.size()] + ' ' + kWays[i % kWays.size()] +
      " max-in-flight=4 max-held-bytes=100000 retries=" + std::to_string(1 + i % 2) +
      " timeout=60000 requests-per-minute=" + std::to_string(kRequestsPerMinute);
  if (i % kWays.size() == 3)
    words += " reference-images=" + picture;
  return words;
}

void write_picture(const std::string &path)
{
  const std::string launch = "videotestsrc num-buffers=1 pattern=ball ! "
                             "video/x-raw,width=64,height=48 ! jpegenc ! filesink location=" +
                             path;
  GstElement *pipeline = gst_parse_launch(launch.c_str(), nullptr);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  GstBus *bus = gst_element_get_bus(pipeline);
  g_autoptr(GstMessage) end = gst_bus_timed_pop_filtered(bus, 10 * GST_SECOND, GST_MESSAGE_EOS);
  check(end != nullptr, "no reference picture was made");
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(bus);
  gst_object_unref(pipeline);
}

// Of this process, in KiB.
long resident()
{
  long pages = 0;
  long resident = 0;
  std::ifstream{"/proc/self/statm"} >> pages >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

using Analyzers = std::vector<std::unique_ptr<SoakedAnalyzer>>;

std::uint64_t sum(const Analyzers &analyzers, const char *name)
{
  std::uint64_t n = 0;
  for (const auto &analyzer : analyzers)
    n += analyzer->stat(name);
  return n;
}

void set_rate(const SoakedAnalyzer &analyzer, int per_second)
{
  g_object_set(analyzer.element(), "analysis-rate", per_second, 1, nullptr);
}

Analyzers begin(const EmulatorProgram &emulator, const std::string &picture, Progress &progress)
{
  Analyzers analyzers;
  for (std::size_t i = 0; i < 16; ++i) {
    const bool is_live = i % 2 == i / 8 % 2;
    const std::string name = (is_live ? "live " : "accurate ") + std::to_string(i);
    analyzers.push_back(std::make_unique<SoakedAnalyzer>(
        name, is_live, properties(i, emulator.url(), picture), progress));
    const SoakedAnalyzer &analyzer = *analyzers.back();
    analyzers.back()->play();
    check(progress.wait(steady_clock::now() + 60s, [&] { return analyzer.was_answered(); }),
          name + ": there was no first answer");
    set_rate(analyzer, 0);
  }
  check(sum(analyzers, "requests") < kFirst, "the first answers took too many requests");
  for (const auto &analyzer : analyzers)
    set_rate(*analyzer, 30);
  return analyzers;
}

// Memory in use after each tenth of the way. What the allocator keeps to itself does not count:
// that depends on which thread has freed what.
std::vector<long> soak(const Options &options, const Analyzers &analyzers, Progress &progress)
{
  constexpr std::chrono::hours kPatience{2};
  std::vector<long> memory;
  const auto start = steady_clock::now();
  for (int tenth = 1; tenth <= 10; ++tenth) {
    const auto until =
        start + (options.requests > 0 ? steady_clock::duration{kPatience}
                                      : steady_clock::duration{options.seconds} * tenth / 10);
    const std::uint64_t n = options.requests * static_cast<unsigned>(tenth) / 10;
    const bool is_there = progress.wait(
        until, [&] { return options.requests > 0 && sum(analyzers, "requests") >= n; });
    check(is_there || options.requests == 0, "the requests were not made in time");
    const long before = resident();
    malloc_trim(0);
    memory.push_back(resident());
    check(n_threads("gemini-net") == 1, "there is not one network thread");
    std::printf("%3d %%: %6s requests, %8ld KiB, of which %ld are in use\n", tenth * 10,
                text(sum(analyzers, "requests")).c_str(), before, memory.back());
    std::fflush(stdout);
  }
  return memory;
}

void end(const Analyzers &analyzers, Progress &progress)
{
  // Cameras are switched off in the middle of requests; films are shown to their end.
  for (const auto &analyzer : analyzers)
    if (analyzer->is_live())
      analyzer->stop();
    else
      analyzer->end();
  for (const auto &analyzer : analyzers)
    if (!analyzer->is_live())
      check(progress.wait(steady_clock::now() + 60s, [&] { return analyzer->has_ended(); }),
            analyzer->name() + ": the stream did not end");
  for (const auto &analyzer : analyzers)
    analyzer->stop();
}

void check_memory(const Options &options, const std::vector<long> &memory)
{
  const bool is_short = options.requests == 0 && options.seconds < 60s;
  // By then each has been without answers for a while, and keeps as many pictures as it ever does.
  const double grown = static_cast<double>(memory.back()) / static_cast<double>(memory.at(2));
  std::printf("memory: %+.1f %%\n", (grown - 1) * 100);
  check(kIsSanitized || grown <= (is_short ? kMayGrowAtFirst : kMayGrow), "memory has grown");
}

// The most that came within `window`.
std::size_t most_within(const EmulatorProgram::Arrivals &sorted, std::chrono::microseconds window)
{
  std::size_t most = 0;
  for (std::size_t first = 0, last = 0; last < sorted.size(); ++last) {
    while (sorted[last] - sorted[first] >= window)
      ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

void check_arrivals(const Analyzers &analyzers, const EmulatorProgram &emulator)
{
  auto calls = emulator.arrivals();
  EmulatorProgram::Arrivals all = calls["generate"];
  all.insert(all.end(), calls["stream"].begin(), calls["stream"].end());
  std::sort(all.begin(), all.end());

  const std::uint64_t sent = sum(analyzers, "requests");
  std::uint64_t cut = 0; // what may never have arrived
  for (const auto &analyzer : analyzers)
    cut += analyzer->stat("discarded");
  std::printf("requests: %s sent, %zu arrived; uploads: %s sent, %zu begun; looks at models: %s "
              "sent, %zu arrived\n",
              text(sent).c_str(), all.size(), text(sum(analyzers, "uploads")).c_str(),
              calls["files.start"].size(), text(sum(analyzers, "probes")).c_str(),
              calls["models"].size());
  check(all.size() <= sent && all.size() + cut >= sent,
        "not as many requests arrived as were sent");

  // Pictures that several elements want are uploaded once; what was under way at the end may not
  // have come.
  check(calls["files.start"].size() <= sum(analyzers, "uploads"),
        "more uploads came than were made");
  const std::uint64_t looks = sum(analyzers, "probes");
  check(calls["models"].size() <= looks && looks - calls["models"].size() <= analyzers.size(),
        "not as many looks at models came as were made");

  // What is one minute for the elements, and the same without the time that a busy machine may need
  // to carry some of the requests.
  constexpr std::chrono::microseconds kMinute = std::chrono::microseconds{60s} / kFactor;
  constexpr std::chrono::milliseconds kOnTheWay{250};
  const std::size_t most = most_within(all, kMinute - kOnTheWay);
  std::printf("in a minute: %zu at most, and %zu with a slack of %d ms; the limit is %u\n",
              most_within(all, kMinute), most, static_cast<int>(kOnTheWay.count()),
              kRequestsPerMinute);
  check(most <= kRequestsPerMinute, "more requests came within a minute than the limit");
  check(kIsSanitized || most >= kRequestsPerMinute * 9 / 10, "the limit was never reached");
}

void check_counts(const Analyzers &analyzers)
{
  for (const char *name : {"samples", "skipped-in-flight", "skipped-paused", "skipped-budget",
                           "superseded", "answers", "blocked", "failed", "discarded", "retries"})
    std::printf("%s: %s\n", name, text(sum(analyzers, name)).c_str());
  for (const char *kind : {"unreachable", "timeout", "bad-key", "no-permission", "unknown-model",
                           "invalid-request", "quota", "server-error", "overloaded", "bad-reply",
                           "too-late", "blocked", "file-gone", "budget"}) {
    std::uint64_t n = 0;
    for (const auto &analyzer : analyzers)
      n += analyzer->failures(kind);
    std::printf("  %s: %s\n", kind, text(n).c_str());
  }
  for (const auto &analyzer : analyzers)
    for (const std::string &problem : analyzer->problems())
      check(false, problem);
  check(sum(analyzers, "retries") > 0, "nothing was asked again");
  check(sum(analyzers, "failed") > 0, "nothing failed");
}

void run(const Options &options)
{
  const TemporaryFolder folder;
  const std::string picture = folder.path("reference.jpg");
  write_picture(picture);
  const EmulatorProgram emulator{
      {"--faults", folder.file("faults", fault_script()), "--latency", "20,30"},
      folder.path("log")};
  if (emulator.url().empty()) {
    check(false, "the emulator does not run");
    return;
  }
  const TimeLapse clock{kFactor};
  {
    Progress progress;
    const Analyzers analyzers = begin(emulator, picture, progress);
    const std::vector<long> memory = soak(options, analyzers, progress);
    end(analyzers, progress);
    check_memory(options, memory);
    check_counts(analyzers);
    check_arrivals(analyzers, emulator);
  }
  // A thread that was joined may still be listed for a moment.
  check(Progress{}.wait(steady_clock::now() + 5s, [] { return n_threads("gemini-") == 0; }),
        "threads are left behind");
}

bool read_arguments(int argc, char **argv, Options &options)
{
  if (argc != 3)
    return false;
  std::uint64_t n = 0;
  if (std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), n).ec != std::errc{} || n == 0)
    return false;
  const std::string word = argv[1];
  if (word == "--seconds")
    options.seconds = std::chrono::seconds{n};
  else if (word == "--requests")
    options.requests = n;
  return word == "--seconds" || word == "--requests";
}

} // namespace

int main(int argc, char **argv)
{
  Options options;
  if (!read_arguments(argc, argv, options)) {
    std::fputs("usage: soak --seconds N | --requests N\n", stderr);
    return 2;
  }
  // Otherwise each of the allocator's arenas, of which there is one for many a thread, may keep
  // megabytes once it has seen large blocks.
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
  gst_init(nullptr, nullptr);
  register_gemini();
  run(options);
  for (const std::string &problem : problems)
    std::printf("FAILED: %s\n", problem.c_str());
  return problems.empty() ? 0 : 1;
}
