// SPDX-License-Identifier: LGPL-2.1-or-later
// NanoDet through OpenCV's dnn module. The network sees the whole picture at 416x416 and answers,
// for each cell of three grids, 80 class scores and the distances to the four sides of the thing's
// box.
#include "coco.hpp"

#include "coco_outline.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>
#include <opencv2/imgproc.hpp>

namespace gemini::emulator {
namespace {

constexpr int kInputSize = 416;
constexpr float kMinScore = 0.45F; // below, litter becomes birds
constexpr double kMaxOverlap = 0.5;
// A distance is the mean of 11 bins, weighted by their softmax, in units of the grid's stride.
constexpr int kBins = 11;

struct Detection {
  std::size_t kind = 0;
  float score = 0;
  Box box;
};

double overlap(const Box &a, const Box &b)
{
  const double w = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double h = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (w <= 0 || h <= 0)
    return 0;
  const auto area = [](const Box &box) { return (box.right - box.left) * (box.bottom - box.top); };
  return w * h / (area(a) + area(b) - w * h);
}

cv::Mat network_input(const Picture &picture)
{
  const cv::Scalar mean{103.53, 116.28, 123.675};
  const cv::Scalar deviation{57.375, 57.12, 58.395};
  cv::Mat rgb(picture.height, picture.width, CV_8UC3);
  std::memcpy(rgb.data, picture.rgb.data(), picture.rgb.size());
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  cv::Mat input;
  bgr.convertTo(input, CV_32F);
  cv::resize(input, input, cv::Size(kInputSize, kInputSize));
  cv::subtract(input, mean, input);
  cv::divide(input, deviation, input);
  return cv::dnn::blobFromImage(input);
}

// One output of the network: planes of a square grid.
class Grid {
public:
  explicit Grid(const cv::Mat &output)
      : size_(output.size[2]), values_(output.ptr<float>()),
        plane_(static_cast<std::size_t>(size_) * static_cast<std::size_t>(size_))
  {
  }

  void collect(const Picture &picture, std::vector<Detection> &found) const
  {
    const double stride = static_cast<double>(kInputSize) / size_;
    const double scale_x = static_cast<double>(picture.width) / kInputSize;
    const double scale_y = static_cast<double>(picture.height) / kInputSize;
    for (std::size_t cell = 0; cell < plane_; ++cell) {
      const std::size_t kind = best_kind(cell);
      const float score = 1 / (1 + std::exp(-value(kind, cell)));
      if (score < kMinScore)
        continue;
      const auto n = static_cast<std::size_t>(size_);
      const std::size_t column = cell % n;
      const std::size_t row = cell / n;
      const double x = (static_cast<double>(column) + 0.5) * stride;
      const double y = (static_cast<double>(row) + 0.5) * stride;
      const Box box{
          (x - distance(0, cell) * stride) * scale_x, (y - distance(1, cell) * stride) * scale_y,
          (x + distance(2, cell) * stride) * scale_x, (y + distance(3, cell) * stride) * scale_y};
      found.push_back({kind,
                       score,
                       {std::clamp(box.left, 0.0, static_cast<double>(picture.width)),
                        std::clamp(box.top, 0.0, static_cast<double>(picture.height)),
                        std::clamp(box.right, 0.0, static_cast<double>(picture.width)),
                        std::clamp(box.bottom, 0.0, static_cast<double>(picture.height))}});
    }
  }

private:
  float value(std::size_t plane, std::size_t cell) const { return values_[plane * plane_ + cell]; }

  std::size_t best_kind(std::size_t cell) const
  {
    std::size_t best = 0;
    for (std::size_t kind = 1; kind < kCocoLabels.size(); ++kind) {
      if (value(kind, cell) > value(best, cell))
        best = kind;
    }
    return best;
  }

  double distance(std::size_t side, std::size_t cell) const
  {
    const std::size_t first = kCocoLabels.size() + side * kBins;
    float highest = value(first, cell);
    for (std::size_t bin = 1; bin < kBins; ++bin)
      highest = std::max(highest, value(first + bin, cell));
    double sum = 0;
    double weighted = 0;
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const double weight = std::exp(value(first + bin, cell) - highest);
      sum += weight;
      weighted += weight * static_cast<double>(bin);
    }
    return weighted / sum;
  }

  int size_;
  const float *values_;
  std::size_t plane_;
};

// Of boxes of the same kind that lie over each other only the best one stays.
std::vector<Detection> without_doubles(std::vector<Detection> detections)
{
  std::ranges::sort(detections, std::greater{}, &Detection::score);
  std::vector<Detection> kept;
  for (const auto &detection : detections) {
    const bool is_double = std::ranges::any_of(kept, [&](const Detection &other) {
      return other.kind == detection.kind && overlap(other.box, detection.box) > kMaxOverlap;
    });
    if (!is_double)
      kept.push_back(detection);
  }
  return kept;
}

class CocoEyes final : public Eyes {
public:
  CocoEyes(const cv::dnn::Net &network, const std::string &models_dir)
      : network_(network), outputs_(network_.getUnconnectedOutLayersNames()), outliner_(models_dir)
  {
  }

  std::vector<Sight> look(const Picture &picture) override
  {
    network_.setInput(network_input(picture));
    std::vector<cv::Mat> outputs;
    network_.forward(outputs, outputs_);
    std::vector<Detection> found;
    for (const auto &output : outputs)
      Grid{output}.collect(picture, found);
    std::vector<Sight> sights;
    for (const auto &detection : without_doubles(std::move(found)))
      sights.push_back({std::string{kCocoLabels[detection.kind]}, detection.box, detection.score});
    return sights;
  }

  void outline(const Picture &picture, Sight &sight) override { outliner_.outline(picture, sight); }

private:
  cv::dnn::Net network_;
  std::vector<cv::String> outputs_;
  CocoOutliner outliner_;
};

} // namespace

Result<std::unique_ptr<Eyes>, std::string> make_coco_eyes(const std::string &models_dir)
{
  const std::string path = models_dir + "/nanodet.pb";
  try {
    // The video pipeline beside us wants the other cores.
    cv::setNumThreads(1);
    const auto network = cv::dnn::readNetFromTensorflow(path);
    return std::unique_ptr<Eyes>{std::make_unique<CocoEyes>(network, models_dir)};
  } catch (const cv::Exception &) {
    return "the network " + path + " cannot be loaded: tests/emulator/get-models.sh fetches it";
  }
}

} // namespace gemini::emulator
