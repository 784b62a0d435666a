// SPDX-License-Identifier: LGPL-2.1-or-later
// GStreamer's description of formats says where the samples are, so that one reader does for most
// of them.
#include "vision/frame_planes.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace gemini::vision {
namespace {

// Which of the two fields is looked at, if only one is.
enum class Field { none, top, bottom };

Field field_of(const GstVideoFrame &frame)
{
  const bool is_bottom = GST_VIDEO_FRAME_IS_BOTTOM_FIELD(&frame);
  switch (GST_VIDEO_INFO_INTERLACE_MODE(&frame.info)) {
  case GST_VIDEO_INTERLACE_MODE_MIXED:
    if (!GST_VIDEO_FRAME_IS_INTERLACED(&frame))
      return Field::none;
    break;
  case GST_VIDEO_INTERLACE_MODE_INTERLEAVED:
  case GST_VIDEO_INTERLACE_MODE_ALTERNATE:
    break;
  default:
    return Field::none;
  }
  return is_bottom ? Field::bottom : Field::top;
}

// Whether the component shares a plane of 16-bit words with one other, as in P010.
bool is_pair(const GstVideoFormatInfo *format, guint i)
{
  return GST_VIDEO_FORMAT_INFO_N_PLANES(format) == 2 &&
         GST_VIDEO_FORMAT_INFO_PLANE(format, i) == 1 &&
         GST_VIDEO_FORMAT_INFO_DEPTH(format, i) > 8 &&
         GST_VIDEO_FORMAT_INFO_PSTRIDE(format, i) == 4;
}

Component component_of(const GstVideoFrame &frame, guint i)
{
  const GstVideoFormatInfo *format = frame.info.finfo;
  const guint depth = GST_VIDEO_FORMAT_INFO_DEPTH(format, i);
  Component component{.data =
                          static_cast<const std::uint8_t *>(GST_VIDEO_FRAME_COMP_DATA(&frame, i)),
                      .stride = GST_VIDEO_FRAME_COMP_STRIDE(&frame, i),
                      .step = static_cast<std::size_t>(GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, i)),
                      .width = static_cast<std::size_t>(GST_VIDEO_FRAME_COMP_WIDTH(&frame, i)),
                      .height = static_cast<std::size_t>(GST_VIDEO_FRAME_COMP_HEIGHT(&frame, i)),
                      .x_scale = 1.0 / (1U << GST_VIDEO_FORMAT_INFO_W_SUB(format, i)),
                      .y_scale = 1.0 / (1U << GST_VIDEO_FORMAT_INFO_H_SUB(format, i))};
  if (depth > 8) {
    component.sample = GST_VIDEO_FORMAT_INFO_IS_LE(format) ? Component::Sample::little_endian
                                                           : Component::Sample::big_endian;
    component.shift = static_cast<int>(GST_VIDEO_FORMAT_INFO_SHIFT(format, i) + depth - 8);
  }
  if (is_pair(format, i)) // whose second word is described to begin within the first
    component.data =
        static_cast<const std::uint8_t *>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 1)) + (i == 2 ? 2 : 0);
  // Chroma at the place of the first of its luma samples, not between them.
  const auto site = GST_VIDEO_INFO_CHROMA_SITE(&frame.info);
  if (component.x_scale < 1 && (site & GST_VIDEO_CHROMA_SITE_H_COSITED) != 0)
    component.x_shift = (1 - component.x_scale) / 2;
  if (component.y_scale < 1 && (site & GST_VIDEO_CHROMA_SITE_V_COSITED) != 0)
    component.y_shift = (1 - component.y_scale) / 2;

  const Field field = field_of(frame);
  if (field != Field::none) {
    const bool is_top = field == Field::top;
    component.y_scale /= 2;
    component.y_shift = is_top ? 0.25 : -0.25; // lines lie above or below the middle of their pair
    if (GST_VIDEO_INFO_INTERLACE_MODE(&frame.info) != GST_VIDEO_INTERLACE_MODE_ALTERNATE) {
      if (!is_top && component.height > 1)
        component.data += component.stride;
      component.height = std::max<std::size_t>((component.height + (is_top ? 1 : 0)) / 2, 1);
      component.stride *= 2;
    }
  }
  return component;
}

// Pixels that a side of a rectangle touches: all, where it is no number.
int first_pixel(double share, int side)
{
  return static_cast<int>(std::floor(std::fmin(std::fmax(share, 0), 1) * side));
}

int last_pixel(double share, int side)
{
  return static_cast<int>(std::ceil(std::fmax(std::fmin(share, 1), 0) * side));
}

template <std::size_t kStep>
void pick(const std::uint8_t *from, std::size_t count, std::uint8_t *__restrict to)
{
  for (std::size_t x = 0; x < count; ++x)
    to[x] = from[x * kStep];
}

void pick(const std::uint8_t *from, std::size_t step, std::size_t count, std::uint8_t *to)
{
  switch (step) {
  case 1:
    std::memcpy(to, from, count);
    break;
  case 2:
    pick<2>(from, count, to);
    break;
  case 3:
    pick<3>(from, count, to);
    break;
  case 4:
    pick<4>(from, count, to);
    break;
  default:
    for (std::size_t x = 0; x < count; ++x)
      to[x] = from[x * step];
  }
}

template <bool kIsBig>
void pick_words(const std::uint8_t *from, std::size_t step, int shift, std::size_t count,
                std::uint8_t *to)
{
  const unsigned half = (1U << shift) / 2;
  for (std::size_t x = 0; x < count; ++x) {
    const std::uint8_t *at = from + x * step;
    const unsigned word = kIsBig ? unsigned{at[0]} << 8U | at[1] : unsigned{at[1]} << 8U | at[0];
    to[x] = static_cast<std::uint8_t>(std::min((word + half) >> shift, 255U));
  }
}

} // namespace

bool has_plain_samples(const GstVideoInfo &info)
{
  const GstVideoFormatInfo *format = info.finfo;
  constexpr auto kNot = static_cast<GstVideoFormatFlags>(
      GST_VIDEO_FORMAT_FLAG_COMPLEX | GST_VIDEO_FORMAT_FLAG_TILED | GST_VIDEO_FORMAT_FLAG_PALETTE);
  if ((GST_VIDEO_FORMAT_INFO_FLAGS(format) & kNot) != 0)
    return false;
  if (GST_VIDEO_INFO_FORMAT(&info) == GST_VIDEO_FORMAT_VYUY) // described wrongly by GStreamer
    return false;
  const guint n = GST_VIDEO_INFO_IS_GRAY(&info) ? 1 : 3;
  if (GST_VIDEO_FORMAT_INFO_N_COMPONENTS(format) < n ||
      !(GST_VIDEO_INFO_IS_GRAY(&info) || GST_VIDEO_INFO_IS_YUV(&info) ||
        GST_VIDEO_INFO_IS_RGB(&info)))
    return false;
  for (guint i = 0; i < n; ++i) {
    const guint depth = GST_VIDEO_FORMAT_INFO_DEPTH(format, i);
    const gint step = GST_VIDEO_FORMAT_INFO_PSTRIDE(format, i);
    const guint shift = GST_VIDEO_FORMAT_INFO_SHIFT(format, i);
    const bool is_bytes = depth == 8 && shift == 0 && step >= 1;
    // Packed words are described wrongly by GStreamer.
    const bool is_words = depth > 8 && depth + shift <= 16 && (step == 2 || is_pair(format, i));
    if (!is_bytes && !is_words)
      return false;
  }
  return true;
}

FramePlanes planes_of(const GstVideoFrame &frame)
{
  const GstVideoInfo &info = frame.info;
  FramePlanes planes{.colorimetry = info.colorimetry,
                     .width = GST_VIDEO_INFO_WIDTH(&info),
                     .height = GST_VIDEO_INFO_HEIGHT(&info)};
  // Which component holds which of the model's.
  std::array<guint, 3> order{0, 1, 2};
  if (GST_VIDEO_INFO_IS_GRAY(&info)) {
    planes.model = ColourModel::gray;
    planes.n_components = 1;
  } else if (GST_VIDEO_INFO_IS_RGB(&info)) {
    planes.model = ColourModel::rgb;
  } else if (info.colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_RGB) {
    planes.model = ColourModel::rgb; // as green, blue, red (ITU-T H.273)
    order = {2, 0, 1};
  }
  const bool is_full = info.colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
  const bool is_rgb = planes.model == ColourModel::rgb;
  const bool is_limited =
      is_rgb ? info.colorimetry.range == GST_VIDEO_COLOR_RANGE_16_235 : !is_full;
  for (std::size_t i = 0; i < planes.n_components; ++i) {
    planes.components[i] = component_of(frame, order[i]);
    const bool is_chroma = !is_rgb && i > 0;
    planes.components[i].black = is_chroma ? 128 : is_limited ? 16 : 0;
  }
  return planes;
}

std::vector<PixelRect> touched_pixels(std::span<const Rect> rects, const FramePlanes &planes)
{
  const auto down = [](int pixel, int block) { return pixel / block * block; };
  const auto up = [](int pixel, int block) { return (pixel + block - 1) / block * block; };
  std::vector<PixelRect> pixels;
  for (const Rect &rect : rects)
    pixels.push_back({.left = down(first_pixel(rect.x, planes.width), planes.block_width),
                      .top = down(first_pixel(rect.y, planes.height), planes.block_height),
                      .right = up(last_pixel(rect.right(), planes.width), planes.block_width),
                      .bottom = up(last_pixel(rect.bottom(), planes.height), planes.block_height)});
  return pixels;
}

ComponentRows::ComponentRows(const Component &component, std::span<const PixelRect> blackouts,
                             std::size_t low, std::size_t high, std::size_t kept)
    : component_(component), low_(low), high_(high)
{
  const auto first = [](int pixel, double scale) {
    return static_cast<std::size_t>(std::floor(pixel * scale));
  };
  const auto last = [](int pixel, double scale) {
    return static_cast<std::size_t>(std::ceil(pixel * scale));
  };
  for (const PixelRect &rect : blackouts) {
    const SampleRect samples{
        .left = std::max(first(rect.left, component.x_scale), low),
        .top = first(rect.top, component.y_scale),
        .right = std::min({last(rect.right, component.x_scale), component.width, high}),
        .bottom = std::min(last(rect.bottom, component.y_scale), component.height)};
    if (samples.left < samples.right && samples.top < samples.bottom)
      blackouts_.push_back(samples);
  }
  const bool is_direct = component.sample == Component::Sample::byte && component.step == 1;
  if (!is_direct || !blackouts_.empty()) {
    kept_.resize(kept * component.width);
    numbers_.resize(kept);
  }
}

const std::uint8_t *ComponentRows::row(std::size_t number)
{
  constexpr std::size_t kAhead = 8;
  constexpr std::size_t kCacheLine = 64;
  const auto is_hit = [number](const SampleRect &rect) {
    return rect.top <= number && number < rect.bottom;
  };
  // Frames come from elsewhere: without this a third of the time is spent on waiting for memory. In
  // a function of its own it would be left out as one without an effect.
  if (number + kAhead < component_.height) {
    const std::uint8_t *ahead = stored(number + kAhead) + low_ * component_.step;
    for (std::size_t at = 0; at < (high_ - low_) * component_.step; at += kCacheLine)
      __builtin_prefetch(ahead + at);
  }
  const bool is_direct = component_.sample == Component::Sample::byte && component_.step == 1 &&
                         std::none_of(blackouts_.begin(), blackouts_.end(), is_hit);
  if (is_direct)
    return stored(number);
  const std::size_t slot = number % numbers_.size();
  std::uint8_t *out = &kept_[slot * component_.width];
  if (numbers_[slot] != number + 1) {
    numbers_[slot] = number + 1;
    read(number, out);
    for (const SampleRect &rect : blackouts_)
      if (is_hit(rect))
        std::fill(out + rect.left, out + rect.right, component_.black);
  }
  return out;
}

const std::uint8_t *ComponentRows::stored(std::size_t number) const
{
  return component_.data + static_cast<std::ptrdiff_t>(number) * component_.stride;
}

void ComponentRows::read(std::size_t number, std::uint8_t *out) const
{
  const std::uint8_t *from = stored(number) + low_ * component_.step;
  const std::size_t count = high_ - low_;
  switch (component_.sample) {
  case Component::Sample::byte:
    pick(from, component_.step, count, out + low_);
    break;
  case Component::Sample::little_endian:
    pick_words<false>(from, component_.step, component_.shift, count, out + low_);
    break;
  case Component::Sample::big_endian:
    pick_words<true>(from, component_.step, component_.shift, count, out + low_);
    break;
  }
}

} // namespace gemini::vision
