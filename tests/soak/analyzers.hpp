// SPDX-License-Identifier: LGPL-2.1-or-later
// Pipelines around a geminianalyzer each, in one process and with one key, and what their requests
// came to.
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace gemini::test {

// Wakes whoever waits for the analyzers.
class Progress {
public:
  void made() { changed_.notify_all(); }
  // Whether `is_done` came to hold before `until`. It is asked again as soon as something was
  // delivered.
  bool wait(std::chrono::steady_clock::time_point until, const std::function<bool()> &is_done);

private:
  std::mutex mutex_; // of the condition alone; what is waited for is atomic or has its own
  std::condition_variable changed_;
};

class SoakedAnalyzer {
public:
  SoakedAnalyzer(std::string name, bool is_live, const std::string &properties, Progress &progress);
  ~SoakedAnalyzer();
  SoakedAnalyzer(const SoakedAnalyzer &) = delete;
  SoakedAnalyzer &operator=(const SoakedAnalyzer &) = delete;

  const std::string &name() const { return name_; }
  bool is_live() const { return is_live_; }
  GstElement *element() const { return element_; }
  void play();
  // Ends the stream; has_ended() when all that was held has left.
  void end();
  // To NULL, whatever is under way.
  void stop();

  bool was_answered() const { return n_good_ > 0; }
  bool has_ended() const { return has_ended_; }
  std::uint64_t stat(const char *name) const;
  std::uint64_t failures(const std::string &kind) const;
  // What is wrong with what was delivered and counted, after stop(): a sentence each.
  std::vector<std::string> problems() const;

private:
  static GstBusSyncReply on_message(GstBus *bus, GstMessage *message, gpointer self);
  void on_analysis(const GstStructure *structure);
  void complain(const std::string &problem);

  const std::string name_;
  const bool is_live_;
  Progress &progress_;
  GstElement *pipeline_ = nullptr;
  GstElement *element_ = nullptr;
  std::atomic<std::uint64_t> n_good_{0};
  std::atomic<bool> has_ended_{false};

  mutable std::mutex mutex_;        // guards all below
  std::vector<std::uint8_t> ended_; // by request id: how often
  std::uint64_t n_ended_ = 0;
  std::vector<std::string> problems_;
};

} // namespace gemini::test
