// SPDX-License-Identifier: LGPL-2.1-or-later
// What a day of this stream will cost.
#include "plugin/cost_projection.hpp"

#include "plugin/learned_profiles.hpp"
#include "plugin/request_cost.hpp"
#include "vision/frame_encoder.hpp"

namespace gemini {

namespace {

// Of the pictures of one request, as they are sent. Turning them makes no difference to what they
// cost. Of crops, as long as nobody knows them, it is the most that there can be.
std::vector<FrameSize> sizes_of_request(const ResolvedSettings &settings, const GstVideoInfo &info,
                                        std::vector<View> crops)
{
  if (crops.empty())
    crops.assign(settings.regions == Regions::detections ? settings.max_regions : 1,
                 View{.part = settings.parts.region});
  std::vector<FrameSize> sizes;
  for (unsigned i = 0; i < settings.frames_per_request; ++i)
    for (const View &crop : crops) {
      const auto sent = vision::sent_size(info, crop, settings.max_image_size);
      sizes.push_back({sent.width, sent.height});
    }
  return sizes;
}

} // namespace

CostProjection::CostProjection(GstElement *element, std::string base_url)
    : element_(element), base_url_(std::move(base_url))
{
}

void CostProjection::note_frames(const GstVideoInfo &info)
{
  const std::lock_guard lock{mutex_};
  info_ = info;
}

bool CostProjection::note_crops(std::vector<View> crops)
{
  const std::lock_guard lock{mutex_};
  crops_.swap(crops);
  return crops.empty();
}

void CostProjection::tell(const ResolvedSettings &settings, std::size_t n_references,
                          double mean_output)
{
  const bool are_crops = settings.regions == Regions::detections;
  std::optional<GstVideoInfo> info;
  std::vector<View> crops;
  {
    const std::lock_guard lock{mutex_};
    info = info_;
    if (are_crops)
      crops = crops_;
  }
  if (!info)
    return;
  const auto frames = sizes_of_request(settings, *info, std::move(crops));
  const auto &profile = LearnedProfiles::shared().profile(base_url_, settings.models.front());
  const auto cost = cost_of_request(settings, profile, frames, n_references,
                                    are_crops ? settings.frames_per_request : 0);
  const Projection projection = project(static_cast<double>(settings.analysis_rate.numerator) /
                                            settings.analysis_rate.denominator,
                                        settings.frames_per_request, limits_of(settings),
                                        price_of(settings), cost.input, mean_output);
  const ProjectionBasis basis{.analysis_rate = settings.analysis_rate,
                              .model = settings.models.front()};
  {
    const std::lock_guard lock{mutex_};
    if (told_ == std::pair{projection, basis})
      return;
    told_.emplace(projection, basis);
  }
  post_projection(element_, projection, basis);
}

} // namespace gemini
