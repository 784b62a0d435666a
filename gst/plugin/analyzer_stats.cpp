// SPDX-License-Identifier: LGPL-2.1-or-later
// What geminianalyzer has done since it last left READY.
#include "plugin/analyzer_stats.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>

namespace gemini {

namespace {

constexpr std::array<const char *, AnalyzerStats::n_counts> kNames{
    "frames",           "samples",           "skipped-in-flight",
    "skipped-paused",   "skipped-budget",    "skipped-regions",
    "skipped-privacy",  "regions-left-out",  "skipped-late",
    "skipped-overload", "skipped-unchanged", "superseded",
    "requests",         "retries",           "probes",
    "uploads",          "answers",           "blocked",
    "discarded",        "released-early",    "pictures-skipped",
    "copied",           "results-dropped",   "bytes-sent",
    "bytes-received",   "tokens-estimated"};

constexpr std::size_t kLatencies = 1024;

void set(GstStructure *structure, const char *name, std::uint64_t value)
{
  gst_structure_set(structure, name, G_TYPE_UINT64, guint64{value}, nullptr);
}

void set(GstStructure *structure, const char *name, std::int64_t value)
{
  gst_structure_set(structure, name, G_TYPE_INT64, gint64{value}, nullptr);
}

// Their names as one string, separated by commas.
void set(GstStructure *structure, const char *name, const wire::OwnFields &fields)
{
  std::string list;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto field = static_cast<wire::OwnField>(i);
    if (contains(fields, field))
      list += (list.empty() ? "" : ", ") + std::string{wire::to_string(field)};
  }
  gst_structure_set(structure, name, G_TYPE_STRING, list.c_str(), nullptr);
}

void set_latencies(GstStructure *structure, std::vector<double> latencies)
{
  if (latencies.empty())
    return;
  std::sort(latencies.begin(), latencies.end());
  const double mean = std::accumulate(latencies.begin(), latencies.end(), 0.0) /
                      static_cast<double>(latencies.size());
  const double p95 = latencies[(latencies.size() - 1) * 95 / 100];
  gst_structure_set(structure, "latency-min", G_TYPE_DOUBLE, latencies.front(), "latency-mean",
                    G_TYPE_DOUBLE, mean, "latency-p95", G_TYPE_DOUBLE, p95, "latency-max",
                    G_TYPE_DOUBLE, latencies.back(), nullptr);
}

// Of the whole process with this key.
void set_budget_of(GstStructure *stats, const Ledger::Totals &totals,
                   const std::optional<Price> &price)
{
  g_autoptr(GstStructure) budget = gst_structure_new_empty("budget");
  set(budget, "requests", totals.requests);
  set(budget, "tokens", totals.usage.total);
  set(budget, "tokens-reserved", totals.reserved);
  set(budget, "tokens-unknown", totals.unknown);
  if (price)
    gst_structure_set(budget, "cost", G_TYPE_DOUBLE, cost_of(totals.usage, *price), nullptr);
  gst_structure_set(stats, "budget", GST_TYPE_STRUCTURE, budget, nullptr);
}

} // namespace

void AnalyzerStats::add(Count what, std::uint64_t n)
{
  const std::lock_guard lock{mutex_};
  counts_[what] += n;
}

void AnalyzerStats::add(const Analysis &analysis)
{
  const std::lock_guard lock{mutex_};
  switch (analysis.status) {
  case AnalysisStatus::ok:
  case AnalysisStatus::partial:
    ++counts_[answers];
    break;
  case AnalysisStatus::blocked:
    ++counts_[blocked];
    break;
  case AnalysisStatus::failed:
    if (analysis.failure)
      ++failures_[static_cast<std::size_t>(analysis.failure->kind)];
    break;
  }
  objects_ += analysis.objects.size();
}

void AnalyzerStats::add_cost(const Analysis &analysis)
{
  const std::lock_guard lock{mutex_};
  usage_.prompt += analysis.usage.prompt;
  usage_.output += analysis.usage.output;
  usage_.thoughts += analysis.usage.thoughts;
  usage_.cached += analysis.usage.cached;
  usage_.total += analysis.usage.total;
  if (analysis.attempts == 0)
    return;
  ++n_answered_;
  const auto latency = static_cast<double>(analysis.latency.count());
  if (latencies_.size() < kLatencies)
    latencies_.push_back(latency);
  else
    latencies_[next_latency_++ % kLatencies] = latency;
}

Spent AnalyzerStats::spent() const
{
  const std::lock_guard lock{mutex_};
  return {.requests = n_answered_, .tokens = usage_.total, .cost = cost()};
}

std::optional<double> AnalyzerStats::cost() const
{
  const bool has_price = price_.input > 0 || price_.output > 0;
  return has_price ? std::optional{cost_of(usage_, price_)} : std::nullopt;
}

void AnalyzerStats::set_dropped_fields(const wire::OwnFields &fields)
{
  const std::lock_guard lock{mutex_};
  dropped_fields_ = fields;
}

void AnalyzerStats::set_budget(const Ledger::Totals &totals, const Price &price)
{
  const std::lock_guard lock{mutex_};
  budget_ = totals;
  price_ = price;
}

GstStructure *AnalyzerStats::to_structure() const
{
  const std::lock_guard lock{mutex_};
  GstStructure *stats = gst_structure_new_empty("application/x-gemini-stats");
  for (std::size_t i = 0; i < n_counts; ++i)
    set(stats, kNames[i], counts_[i]);

  g_autoptr(GstStructure) failures = gst_structure_new_empty("failures");
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < kFailureKinds; ++i) {
    set(failures, to_string(static_cast<FailureKind>(i)), failures_[i]);
    all += failures_[i];
  }
  set(stats, "failed", all);
  gst_structure_set(stats, "failures", GST_TYPE_STRUCTURE, failures, nullptr);

  set(stats, "dropped-fields", dropped_fields_);
  set(stats, "objects", objects_);
  set(stats, "tokens-prompt", usage_.prompt);
  set(stats, "tokens-output", usage_.output);
  set(stats, "tokens-thoughts", usage_.thoughts);
  set(stats, "tokens-cached", usage_.cached);
  set(stats, "tokens-total", usage_.total);
  set_latencies(stats, latencies_);
  const auto cost = this->cost();
  if (cost)
    gst_structure_set(stats, "cost", G_TYPE_DOUBLE, *cost, nullptr);
  set_budget_of(stats, budget_, cost ? std::optional{price_} : std::nullopt);
  return stats;
}

} // namespace gemini
