// SPDX-License-Identifier: LGPL-2.1-or-later
// Outlines through OpenCV.
#include "coco_outline.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>

#include <opencv2/imgproc.hpp>

namespace gemini::emulator {
namespace {

constexpr int kMinSize = 8;       // pixels: what is smaller has no outline
constexpr double kMinShare = 0.1; // of the box: less is no outline of what is in it

cv::Mat to_mat(const Picture &picture)
{
  cv::Mat rgb(picture.height, picture.width, CV_8UC3);
  std::memcpy(rgb.data, picture.rgb.data(), picture.rgb.size());
  return rgb;
}

cv::Rect grown(const cv::Rect &box, int dx, int dy, const cv::Mat &picture)
{
  return cv::Rect{box.x - dx, box.y - dy, box.width + 2 * dx, box.height + 2 * dy} &
         cv::Rect{0, 0, picture.cols, picture.rows};
}

// Parts the thing in `box` from what is around it. It is taken to fill the ellipse in its box more
// likely than the box's corners.
cv::Mat cut_out(const cv::Mat &rgb, const cv::Rect &box, const cv::Rect &area)
{
  constexpr int kLongSide = 160; // larger takes long
  constexpr int kRounds = 3;
  const double scale =
      std::min(1.0, static_cast<double>(kLongSide) / std::max(area.width, area.height));
  cv::Mat small;
  cv::resize(rgb(area), small, {}, scale, scale, cv::INTER_AREA);
  const auto scaled = [&](int v) { return static_cast<int>(std::lround(v * scale)); };
  const cv::Rect inner = cv::Rect{scaled(box.x - area.x), scaled(box.y - area.y), scaled(box.width),
                                  scaled(box.height)} &
                         cv::Rect{0, 0, small.cols, small.rows};
  cv::Mat guess(small.size(), CV_8UC1, cv::Scalar{cv::GC_BGD});
  guess(inner).setTo(cv::GC_PR_BGD);
  cv::ellipse(guess,
              cv::RotatedRect{
                  cv::Point2f{static_cast<float>(inner.x) + static_cast<float>(inner.width) / 2,
                              static_cast<float>(inner.y) + static_cast<float>(inner.height) / 2},
                  cv::Size2f{static_cast<float>(inner.width), static_cast<float>(inner.height)}, 0},
              cv::Scalar{cv::GC_PR_FGD}, cv::FILLED);
  cv::Mat background;
  cv::Mat foreground;
  cv::setRNGSeed(1); // the same answer every time
  cv::grabCut(small, guess, {}, background, foreground, kRounds, cv::GC_INIT_WITH_MASK);
  cv::Mat inside = (guess & 1) != 0;
  // Specks go, small gaps close.
  const cv::Mat disc = cv::getStructuringElement(cv::MORPH_ELLIPSE, {3, 3});
  cv::morphologyEx(inside, inside, cv::MORPH_OPEN, disc);
  cv::morphologyEx(inside, inside, cv::MORPH_CLOSE, disc);
  cv::Mat likeness;
  inside.convertTo(likeness, CV_32F, 1 / 255.0);
  cv::resize(likeness, likeness, area.size(), 0, 0, cv::INTER_LINEAR);
  return likeness;
}

// The rings that make up the outline: the large ones, and their large holes.
std::vector<Ring> main_rings(const PixelMap &map)
{
  constexpr double kPart = 0.08; // of the largest ring's area
  constexpr double kHole = 0.02;
  constexpr std::size_t kMost = 6;
  std::vector<Ring> rings = rings_of(map);
  std::ranges::sort(rings, std::greater{},
                    [](const Ring &ring) { return std::abs(signed_area(ring)); });
  if (rings.empty())
    return rings;
  const double largest = std::abs(signed_area(rings.front()));
  std::erase_if(rings, [&](const Ring &ring) {
    const double area = signed_area(ring);
    return area > 0 ? area < kPart * largest : -area < kHole * largest;
  });
  rings.resize(std::min(rings.size(), kMost));
  return rings;
}

} // namespace

cv::Mat CocoOutliner::person(const cv::Mat &rgb, const cv::Rect &box, const cv::Rect &area)
{
  constexpr int kInputSize = 256;
  if (!is_loaded_) {
    is_loaded_ = true;
    try {
      network_ = cv::dnn::readNetFromTensorflow(models_dir_ + "/selfie.pb");
    } catch (const cv::Exception &) {
      network_ = {};
    }
  }
  if (network_.empty())
    return {};
  // The network expects some of what is around.
  const cv::Rect seen = grown(box, box.width / 4, box.height / 8, rgb);
  network_.setInput(cv::dnn::blobFromImage(rgb(seen), 1 / 255.0, {kInputSize, kInputSize}));
  cv::Mat output = network_.forward();
  cv::Mat likeness(kInputSize, kInputSize, CV_32F, output.ptr<float>());
  cv::resize(likeness, likeness, seen.size());
  return likeness(area - seen.tl()).clone();
}

void CocoOutliner::outline(const Picture &picture, Sight &sight)
{
  const cv::Mat rgb = to_mat(picture);
  const int left = static_cast<int>(std::floor(sight.box.left));
  const int top = static_cast<int>(std::floor(sight.box.top));
  const cv::Rect box = cv::Rect{left, top, static_cast<int>(std::ceil(sight.box.right)) - left,
                                static_cast<int>(std::ceil(sight.box.bottom)) - top} &
                       cv::Rect{0, 0, rgb.cols, rgb.rows};
  if (box.width < kMinSize || box.height < kMinSize)
    return;
  cv::Mat likeness = sight.label == "person" ? person(rgb, box, box) : cv::Mat{};
  if (likeness.empty()) {
    const cv::Rect area = grown(box, box.width / 4, box.height / 4, rgb);
    likeness = cut_out(rgb, box, area)(box - area.tl()).clone();
  }
  if (cv::countNonZero(likeness > 0.5) < kMinShare * box.area())
    return;
  cv::Mat bytes;
  likeness.convertTo(bytes, CV_8U, 255);
  PixelMap map{box.x, box.y, box.width, box.height, {}};
  for (int y = 0; y < bytes.rows; ++y)
    map.values.insert(map.values.end(), bytes.ptr<std::uint8_t>(y),
                      bytes.ptr<std::uint8_t>(y) + bytes.cols);
  sight.rings = main_rings(map);
  sight.map = std::move(map);
}

} // namespace gemini::emulator
