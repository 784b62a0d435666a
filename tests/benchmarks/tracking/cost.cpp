// SPDX-License-Identifier: LGPL-2.1-or-later
// Ours and CSRT in turns over the same pictures; the best round of each counts. The time of this
// thread and that of the process are both taken, so that work given to other threads shows.
#include "cost.hpp"

#include "../stopwatch.hpp"
#include "csrt.hpp"
#include "vision/follower.hpp"
#include "vision/tracker.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include <opencv2/imgproc.hpp>
#include <time.h>

namespace gemini::bench {
namespace {

using vision::Follower;
using vision::LumaImage;

constexpr std::size_t kFirst = 100; // a picture with many people
constexpr std::size_t kRate = 15; // pictures a second, at most, through which objects are followed
constexpr std::size_t kSteps = 2 * kRate;
constexpr std::size_t kCsrtSteps = 4;
constexpr int kRounds = 5;
constexpr double kMostWithFive = 1.0 / 15;   // of CSRT's time for as many
constexpr double kMostWithTwenty = 2.5 / 17; // of CSRT's time for one
constexpr double kMostCatchUp = 30.0 / 17;   // likewise

double thread_seconds()
{
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Process and thread time of the quickest round.
struct Cost {
  Best process;
  Best thread;

  template <typename Work> void measure(Work work)
  {
    const double begin = thread_seconds();
    process.add(seconds_of(work));
    thread.add(thread_seconds() - begin);
  }
};

// `count` boxes: those of the people, then others of the size of people, beside each other.
std::vector<Rect> boxes_on(const Film &film, std::size_t count)
{
  std::vector<Rect> boxes;
  for (const Course &course : film.courses)
    if (course[kFirst] && boxes.size() < count)
      boxes.push_back(course[kFirst]->place);
  for (std::size_t i = 0; boxes.size() < count; ++i)
    boxes.push_back({0.05 + 0.13 * static_cast<double>(i % 7),
                     0.1 + 0.3 * static_cast<double>(i / 7), 0.06, 0.17});
  return boxes;
}

// 480 pixels wide, whatever the plugin divides this video by.
std::vector<std::shared_ptr<const LumaImage>> pictures_of(const Film &film)
{
  std::vector<std::shared_ptr<const LumaImage>> pictures;
  for (std::size_t i = 0; i <= kSteps; ++i) {
    const cv::Mat &frame = film.frames[kFirst + i];
    const int rows = frame.rows * 2 / 3;
    cv::Mat gray;
    cv::resize(frame.rowRange(0, rows), gray,
               {vision::kTrackedSide, vision::kTrackedSide * rows / frame.cols}, 0, 0,
               cv::INTER_AREA);
    LumaImage image{.width = gray.cols, .height = gray.rows, .pixels = {}};
    image.pixels.assign(gray.data, gray.data + gray.total());
    pictures.push_back(std::make_shared<const LumaImage>(std::move(image)));
  }
  return pictures;
}

std::chrono::nanoseconds time_of(std::size_t picture)
{
  return std::chrono::nanoseconds{std::chrono::seconds{1}} * picture / kRate;
}

// An answer comes about a picture that is two seconds old.
void measure_catch_up(Cost &cost, const std::vector<std::shared_ptr<const LumaImage>> &pictures,
                      const std::vector<Rect> &boxes)
{
  vision::Tracker tracker;
  for (std::size_t i = 0; i < pictures.size(); ++i)
    tracker.add({.time = time_of(i), .image = pictures[i], .is_asked_about = i == 0});
  Analysis analysis;
  analysis.request_id = 1;
  analysis.running_time = time_of(0);
  analysis.status = AnalysisStatus::ok;
  for (const Rect &box : boxes) {
    Object object;
    object.id = analysis.objects.size() + 1;
    object.box = box;
    analysis.objects.push_back(std::move(object));
  }
  cost.measure([&] { tracker.answer(analysis); });
}

// From the seeds to the last picture; the steps without the first picture are measured on their
// own.
struct OurCost {
  Cost all;
  Cost steps;

  void measure(const std::vector<std::shared_ptr<const LumaImage>> &pictures,
               const std::vector<Rect> &boxes)
  {
    all.measure([&] {
      Follower follower{pictures[0], time_of(0)};
      for (const Rect &box : boxes)
        follower.add({.place = box});
      steps.measure([&] {
        for (std::size_t i = 1; i <= kSteps; ++i)
          follower.step(pictures[i], time_of(i));
      });
    });
  }
};

void print(const char *what, const Cost &cost, double count)
{
  std::printf("%-36s %7.2f ms of the thread, %7.2f ms of the process\n", what,
              cost.thread.milliseconds() / count, cost.process.milliseconds() / count);
}

} // namespace

void measure_cost(const Film &film, Goals &goals)
{
  const auto pictures = pictures_of(film);
  const auto five = boxes_on(film, 5);
  const auto twenty = boxes_on(film, 20);
  OurCost with_five;
  OurCost with_twenty;
  Cost catch_up;
  Cost csrt;
  for (int round = 0; round < kRounds; ++round) {
    with_five.measure(pictures, five);
    measure_catch_up(catch_up, pictures, five);
    with_twenty.measure(pictures, twenty);
    if (!kHasCsrt)
      continue;
    std::vector<cv::Mat> whole;
    for (std::size_t i = 0; i <= kCsrtSteps; ++i)
      whole.push_back(bgr_of(film.frames[kFirst + i]));
    std::vector<Csrt> trackers;
    for (const Rect &box : five)
      trackers.emplace_back(whole[0], box);
    csrt.measure([&] {
      for (std::size_t i = 1; i <= kCsrtSteps; ++i)
        for (Csrt &tracker : trackers)
          tracker.step(whole[i]);
    });
  }
  std::printf("\ncost of a step, pictures of %dx%d\n", pictures[0]->width, pictures[0]->height);
  print("ours, 5 objects", with_five.steps, kSteps);
  print("ours, 20 objects", with_twenty.steps, kSteps);
  print("ours, 5 objects through 2 seconds", with_five.all, 1);
  print("tracker, an answer 2 seconds old", catch_up, 1);
  if (!kHasCsrt)
    return;
  print("CSRT, 5 objects, the whole picture", csrt, kCsrtSteps);
  // Of the process: work handed to other threads counts.
  const double csrt_step = csrt.process.milliseconds() / static_cast<double>(kCsrtSteps);
  const double step_five = with_five.steps.process.milliseconds() / kSteps;
  const double step_twenty = with_twenty.steps.process.milliseconds() / kSteps;
  const double of_one = csrt_step / 5;
  std::printf("where a step of CSRT with one object takes 17 ms: %.2f, %.2f and %.1f ms\n",
              step_five * 17 / of_one, step_twenty * 17 / of_one,
              catch_up.process.milliseconds() * 17 / of_one);
  goals.ask("a step with 5 objects, of one of CSRT", step_five / csrt_step, Wanted::at_most,
            kMostWithFive);
  goals.ask("a step with 20 objects, of one of CSRT with one", step_twenty / of_one,
            Wanted::at_most, kMostWithTwenty);
  goals.ask("an answer 2 seconds old with 5 objects, in steps of CSRT with one",
            catch_up.process.milliseconds() / of_one, Wanted::at_most, kMostCatchUp);
}

} // namespace gemini::bench
