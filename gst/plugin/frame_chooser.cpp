// SPDX-License-Identifier: LGPL-2.1-or-later
// Which frames are analysed.
#include "plugin/frame_chooser.hpp"

#include "vision/luma_thumbnail.hpp"
#include "vision/sharpness.hpp"

#include <algorithm>
#include <utility>

namespace gemini {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

std::optional<AnalyzerStats::Count> why_not(Sample::Sendable sendable)
{
  switch (sendable) {
  case Sample::Sendable::yes:
    break;
  case Sample::Sendable::nothing_to_ask:
    return AnalyzerStats::skipped_regions;
  case Sample::Sendable::hidden:
    return AnalyzerStats::skipped_privacy;
  }
  return std::nullopt;
}

} // namespace

FrameChooser::FrameChooser(Owner owner) : owner_(std::move(owner)) {}

FrameChooser::Place FrameChooser::pass(const Arrival &frame, std::vector<Demand> demands)
{
  note_settings(frame);
  const ResolvedSettings &settings = **frame.settings;
  thumbnail_.reset();
  const bool is_due = this->is_due(frame);
  const bool is_demanded = !demands.empty();
  // A slot of its own for each sample, however long the window.
  if (window_ && !is_demanded &&
      (is_due || frame.running_time >= window_->opened + window_->length ||
       frame.running_time < window_->opened))
    end_window();

  Place place;
  bool has_sample = false; // that answers the properties' question
  if (is_demanded) {
    // A sample of an older frame would have a newer id than this one.
    const std::uint64_t before = last_sample_;
    const bool has_window = window_.has_value();
    if (has_window)
      owner_.settle(0, 0);
    const std::uint64_t newest = ask_demanded(frame, std::move(demands), has_sample);
    last_sample_ = std::max(before, newest);
    place.sample = last_sample_;
    if (has_window && (has_sample || is_due))
      window_.reset();
    else if (has_window)
      put_best(frame, sharpness_of(frame));
  }
  if (is_due && !has_sample && is_wanted(frame)) {
    Sample sample = owner_.make(frame);
    if (const auto why = why_not(sample.sendable)) {
      owner_.skipped(*why);
      last_sample_ = 0; // held frames wait for nothing
    } else if (settings.sharpest_window_ms > 0) {
      open_window(frame, std::move(sample));
    } else {
      last_sample_ = submit(std::move(sample));
      has_sample = true;
    }
  } else if (window_ && !is_demanded) {
    look_for_sharper(frame);
  }
  if (is_demanded)
    return place;
  place.sample = last_sample_;
  place.is_open = window_.has_value();
  if (window_)
    ++window_->n_since;
  return place;
}

// New settings may ask for something else: what is known of the picture says nothing about that.
void FrameChooser::note_settings(const Arrival &frame)
{
  if (settings_ == *frame.settings)
    return;
  if (settings_) {
    end_window();
    forget_reference();
  }
  settings_ = *frame.settings;
  sampler_.set_rate(settings_->analysis_rate);
}

// The id of the last one.
std::uint64_t FrameChooser::ask_demanded(const Arrival &frame, std::vector<Demand> demands,
                                         bool &asks_the_same)
{
  std::uint64_t newest = 0;
  for (Demand &demand : demands) {
    Sample sample = owner_.make(frame);
    sample.id = demand.id;
    sample.is_demanded = true;
    const bool is_same = demand.question == sample.settings->question;
    if (!is_same) {
      auto own = std::make_shared<ResolvedSettings>(*sample.settings);
      own->question = std::move(demand.question);
      sample.settings = std::move(own);
    }
    newest = is_same ? submit(std::move(sample)) : owner_.submit(std::move(sample));
    asks_the_same = asks_the_same || is_same;
  }
  return newest;
}

// What is due on a frame that is too late to be shown is due on the next one that is not.
bool FrameChooser::is_due(const Arrival &frame)
{
  const bool is_due = sampler_.is_due(frame.running_time);
  if (!is_due && !owes_sample_)
    return false;
  owes_sample_ = owner_.is_late(frame);
  if (owes_sample_ && is_due)
    owner_.skipped(AnalyzerStats::skipped_late);
  return !owes_sample_;
}

bool FrameChooser::is_wanted(const Arrival &frame)
{
  const ResolvedSettings &settings = **frame.settings;
  if (settings.change_threshold > 0) {
    if (auto read = reader_.read(frame.buffer, *frame.info, vision::kThumbnail))
      thumbnail_ = std::move(*read);
    const milliseconds silence{settings.max_silence_ms};
    const bool must_break_silence = reference_ && silence.count() > 0 &&
                                    frame.running_time >= reference_->running_time + silence;
    // A picture that cannot be read is sent: what is wrong with it is told there.
    if (reference_ && thumbnail_ && !must_break_silence && newest_failed_ < reference_->sample &&
        vision::difference(reference_->thumbnail, *thumbnail_) < settings.change_threshold) {
      owner_.compared(reference_->sample);
      return false;
    }
    owner_.compared(std::nullopt);
  }
  return owner_.has_room(frame);
}

void FrameChooser::open_window(const Arrival &frame, Sample sample)
{
  window_ = Window{.opened = frame.running_time,
                   .length = milliseconds{(*frame.settings)->sharpest_window_ms},
                   .best = std::move(sample),
                   .sharpness = sharpness_of(frame)};
}

void FrameChooser::look_for_sharper(const Arrival &frame)
{
  const double sharpness = sharpness_of(frame);
  if (sharpness > window_->sharpness)
    put_best(frame, sharpness);
}

void FrameChooser::put_best(const Arrival &frame, double sharpness)
{
  Sample sample = owner_.make(frame);
  if (sample.sendable != Sample::Sendable::yes)
    return;
  window_->best = std::move(sample);
  window_->sharpness = sharpness;
  window_->n_since = 0;
}

double FrameChooser::sharpness_of(const Arrival &frame)
{
  const auto picture = reader_.read(frame.buffer, *frame.info, vision::kSharpnessGrid);
  return picture ? vision::sharpness(*picture) : 0;
}

void FrameChooser::end_window()
{
  if (!window_)
    return;
  Window window = std::move(*window_);
  window_.reset();
  thumbnail_.reset(); // that of a later frame
  last_sample_ = submit(std::move(window.best));
  owner_.settle(window.n_since, last_sample_);
}

// In the words of the properties.
std::uint64_t FrameChooser::submit(Sample sample)
{
  const double threshold = sample.settings->change_threshold;
  const nanoseconds running_time = sample.running_time;
  if (threshold > 0 && !thumbnail_) {
    if (auto read = reader_.read(sample.buffer.get(), sample.info, vision::kThumbnail))
      thumbnail_ = std::move(*read);
  }
  const std::uint64_t id = owner_.submit(std::move(sample));
  if (threshold > 0 && thumbnail_)
    reference_ =
        Reference{.sample = id, .running_time = running_time, .thumbnail = std::move(*thumbnail_)};
  thumbnail_.reset();
  return id;
}

void FrameChooser::forget_reference()
{
  if (std::exchange(reference_, std::nullopt))
    owner_.compared(std::nullopt);
}

void FrameChooser::begin_anew()
{
  end_window();
  forget_reference();
  sampler_.reset();
  owes_sample_ = false;
  last_sample_ = 0;
}

void FrameChooser::reset()
{
  window_.reset();
  forget_reference();
  sampler_.reset();
  owes_sample_ = false;
  last_sample_ = 0;
}

void FrameChooser::failed(std::uint64_t sample)
{
  std::uint64_t newest = newest_failed_;
  while (newest < sample && !newest_failed_.compare_exchange_weak(newest, sample))
    ;
}

} // namespace gemini
