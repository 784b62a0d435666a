// SPDX-License-Identifier: LGPL-2.1-or-later
// Which parts of a frame are asked about, and which must not be seen.
#include "plugin/sample_parts.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>

namespace gemini {

namespace {

constexpr std::size_t kMaxAsked = 4096;
// Coordinates that were whole pixels once still are.
constexpr double kRounding = 1e-6;

bool is_listed(const std::vector<std::string> &labels, const std::string &label)
{
  g_autofree char *folded = g_utf8_casefold(label.c_str(), -1);
  return std::any_of(labels.begin(), labels.end(), [&](const std::string &one) {
    g_autofree char *other = g_utf8_casefold(one.c_str(), -1);
    return g_strcmp0(folded, other) == 0;
  });
}

// From first to last pixel, as parts of the side.
std::pair<double, double> to_pixels(double from, double to, int side)
{
  return {std::max(0.0, std::floor(from * side + kRounding) / side),
          std::min(1.0, std::ceil(to * side - kRounding) / side)};
}

// Grown outwards to whole pixels and cut to `bounds`, which are whole pixels; none where nothing
// is left of it.
std::optional<Rect> pixels_of(const Rect &rect, const Rect &bounds, int width, int height)
{
  const auto [left, right] = to_pixels(rect.x, rect.right(), width);
  const auto [top, bottom] = to_pixels(rect.y, rect.bottom(), height);
  const Rect cut = intersect({left, top, right - left, bottom - top}, bounds);
  return cut.w * width > 0.5 && cut.h * height > 0.5 ? std::optional{cut} : std::nullopt;
}

constexpr Rect kWhole{0, 0, 1, 1};

// False: something that is to be hidden may be anywhere.
bool black_out(const SentParts &settings, const UpstreamObjects &upstream, int width, int height,
               std::vector<Rect> &blackouts)
{
  const auto add = [&](const Rect &rect) {
    if (width <= 0 || height <= 0) // a JPEG that nobody has been able to measure
      blackouts.push_back(rect);
    else if (const auto pixels = pixels_of(rect, kWhole, width, height))
      blackouts.push_back(*pixels);
  };
  for (const Rect &rect : settings.privacy_regions)
    add(rect);
  if (settings.privacy_labels.empty())
    return true;
  if (!upstream.is_whole)
    return false;
  for (const UpstreamObject &object : upstream.objects) {
    if (!is_listed(settings.privacy_labels, object.label))
      continue;
    if (!object.box)
      return false;
    add(*object.box);
  }
  return true;
}

struct Crop {
  Rect part;
  const UpstreamObject *object = nullptr;
};

// The largest `most` of them, in the order in which they stand.
void keep_largest(std::vector<Crop> &crops, std::size_t most)
{
  if (crops.size() <= most)
    return;
  std::vector<std::size_t> order(crops.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&crops](std::size_t a, std::size_t b) {
    return crops[a].part.area() > crops[b].part.area();
  });
  order.resize(most);
  std::sort(order.begin(), order.end());
  std::vector<Crop> kept;
  for (const std::size_t i : order)
    kept.push_back(crops[i]);
  crops = std::move(kept);
}

} // namespace

Choice choose_parts(const ResolvedSettings &settings, const UpstreamObjects &upstream, int width,
                    int height, const std::function<bool(std::uint64_t id)> &was_asked)
{
  Choice choice;
  const Rect region = pixels_of(settings.parts.region, kWhole, width, height).value_or(kWhole);
  if (!black_out(settings.parts, upstream, width, height, choice.blackouts)) {
    choice.verdict = Sample::Sendable::hidden;
    return choice;
  }
  if (settings.regions == Regions::frame) {
    choice.parts.front().view.part = region;
    return choice;
  }

  std::vector<Crop> crops;
  for (const UpstreamObject &object : upstream.objects) {
    const auto part = object.box ? pixels_of(*object.box, region, width, height) : std::nullopt;
    const bool is_large = part && part->w * width + kRounding >= settings.region_min_size &&
                          part->h * height + kRounding >= settings.region_min_size;
    const bool is_wanted = settings.parts.region_labels.empty() ||
                           is_listed(settings.parts.region_labels, object.label);
    const bool is_done = settings.once_per_object && object.id && was_asked(*object.id);
    if (is_large && is_wanted && !is_done)
      crops.push_back({.part = *part, .object = &object});
  }
  const std::size_t n_wanted = crops.size();
  keep_largest(crops, settings.max_regions);
  choice.n_left_out = n_wanted - crops.size();
  if (crops.empty()) {
    choice.verdict = Sample::Sendable::nothing_to_ask;
    return choice;
  }
  choice.parts.clear();
  for (const Crop &crop : crops)
    choice.parts.push_back({.view = {.part = crop.part},
                            .parent = Parent{.id = crop.object->id, .label = crop.object->label}});
  return choice;
}

Choice SampleParts::choose(const Sample &sample)
{
  const ResolvedSettings &settings = *sample.settings;
  const int width = GST_VIDEO_INFO_WIDTH(&sample.info);
  const int height = GST_VIDEO_INFO_HEIGHT(&sample.info);
  const bool looks_upstream =
      settings.regions == Regions::detections || !settings.parts.privacy_labels.empty();
  catch_up();
  return choose_parts(settings,
                      looks_upstream ? upstream_objects(sample.buffer.get(), width, height)
                                     : UpstreamObjects{},
                      width, height, [this](std::uint64_t id) { return asked_.contains(id); });
}

void SampleParts::asked(const Sample &sample)
{
  if (!sample.settings->once_per_object)
    return;
  for (const Sample::Part &part : sample.parts) {
    if (!part.parent || !part.parent->id)
      continue;
    asked_[*part.parent->id] = sample.id;
    order_.emplace_back(*part.parent->id, sample.id);
  }
  while (order_.size() > kMaxAsked) {
    const auto [id, request] = order_.front();
    order_.pop_front();
    // It may have been asked about again since.
    if (const auto found = asked_.find(id); found != asked_.end() && found->second == request)
      asked_.erase(found);
  }
}

void SampleParts::failed(std::uint64_t request)
{
  const std::lock_guard lock{mutex_};
  if (failed_.size() < kMaxAsked)
    failed_.push_back(request);
}

void SampleParts::forget()
{
  const std::lock_guard lock{mutex_};
  is_forgotten_ = true;
}

// With what others have told since the last sample.
void SampleParts::catch_up()
{
  std::vector<std::uint64_t> failed;
  bool is_forgotten = false;
  {
    const std::lock_guard lock{mutex_};
    failed.swap(failed_);
    is_forgotten = std::exchange(is_forgotten_, false);
  }
  if (is_forgotten) {
    asked_.clear();
    order_.clear();
  }
  if (!failed.empty())
    std::erase_if(asked_, [&failed](const auto &entry) {
      return std::find(failed.begin(), failed.end(), entry.second) != failed.end();
    });
}

} // namespace gemini
