// SPDX-License-Identifier: LGPL-2.1-or-later
// Greedy: the pair that overlaps best is linked first.
#include "reference.hpp"

#include "emulator/coco.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <functional>
#include <tuple>

#include <opencv2/imgproc.hpp>

namespace gemini::bench {
namespace {

constexpr double kLink = 0.5;
constexpr std::size_t kLongestGap = 5; // pictures without the person

std::vector<Boxes> read_cache(const std::string &file, const std::string &key)
{
  std::ifstream in{file};
  std::string line;
  std::vector<Boxes> pictures;
  if (!std::getline(in, line) || line != key)
    return pictures;
  std::size_t count = 0;
  while (in >> count) {
    Boxes boxes(count);
    for (Rect &box : boxes)
      in >> box.x >> box.y >> box.w >> box.h;
    pictures.push_back(std::move(boxes));
  }
  return pictures;
}

void write_cache(const std::string &file, const std::string &key,
                 const std::vector<Boxes> &pictures)
{
  std::ofstream out{file};
  out.precision(17);
  out << key << '\n';
  for (const Boxes &boxes : pictures) {
    out << boxes.size();
    for (const Rect &box : boxes)
      out << ' ' << box.x << ' ' << box.y << ' ' << box.w << ' ' << box.h;
    out << '\n';
  }
}

Boxes people_on(const cv::Mat &i420, emulator::Eyes &eyes)
{
  cv::Mat rgb;
  cv::cvtColor(i420, rgb, cv::COLOR_YUV2RGB_I420);
  emulator::Picture picture{.width = rgb.cols, .height = rgb.rows, .rgb = {}};
  picture.rgb.assign(rgb.data, rgb.data + rgb.total() * rgb.elemSize());
  Boxes boxes;
  for (const emulator::Sight &sight : eyes.look(picture)) {
    if (sight.label != "person")
      continue;
    const emulator::Box &box = sight.box;
    boxes.push_back({box.left / rgb.cols, box.top / rgb.rows, (box.right - box.left) / rgb.cols,
                     (box.bottom - box.top) / rgb.rows});
  }
  return boxes;
}

Rect between(const Rect &a, const Rect &b, double share)
{
  const auto mix = [share](double from, double to) { return from + (to - from) * share; };
  return {mix(a.x, b.x), mix(a.y, b.y), mix(a.w, b.w), mix(a.h, b.h)};
}

// One that may go on.
struct Person {
  Course course;
  std::size_t last = 0; // the picture on which it was seen last

  // Where it should be on `picture`: where it was, moved on as it went over the second before.
  Rect expected(std::size_t picture) const
  {
    constexpr std::size_t kMoments = 10;
    Rect place = course[last]->place;
    std::size_t first = last;
    while (first > 0 && last - first < kMoments && course[first - 1])
      --first;
    if (picture == last + 1 || first == last)
      return place;
    const Rect &before = course[first]->place;
    const double steps =
        static_cast<double>(picture - last - 1) / static_cast<double>(last - first);
    place.x += steps * (place.x + place.w / 2 - before.x - before.w / 2);
    place.y += steps * (place.y + place.h / 2 - before.y - before.h / 2);
    return place;
  }

  void see(std::size_t picture, const Rect &box)
  {
    const Rect from = course[last]->place;
    for (std::size_t missing = last + 1; missing < picture; ++missing) {
      const double share =
          static_cast<double>(missing - last) / static_cast<double>(picture - last);
      course[missing] = Truth{.place = between(from, box, share), .visible = 0};
    }
    course[picture] = Truth{box};
    last = picture;
  }
};

} // namespace

std::vector<Boxes> people_on(const std::vector<cv::Mat> &pictures, const std::string &models,
                             const std::string &cache, const std::string &key)
{
  std::vector<Boxes> people;
  if (!cache.empty())
    people = read_cache(cache, key);
  if (people.size() == pictures.size())
    return people;
  people.clear();
  auto eyes = emulator::make_coco_eyes(models);
  if (!eyes)
    return people;
  for (const cv::Mat &picture : pictures)
    people.push_back(people_on(picture, **eyes));
  if (!cache.empty())
    write_cache(cache, key, people);
  return people;
}

std::vector<Course> linked(const std::vector<Boxes> &pictures)
{
  std::vector<Person> people;
  for (std::size_t picture = 0; picture < pictures.size(); ++picture) {
    std::vector<std::tuple<double, std::size_t, std::size_t>> pairs;
    for (std::size_t i = 0; i < people.size(); ++i) {
      if (picture - people[i].last > kLongestGap + 1)
        continue;
      for (std::size_t k = 0; k < pictures[picture].size(); ++k) {
        const double overlap = iou(people[i].expected(picture), pictures[picture][k]);
        if (overlap >= kLink)
          pairs.emplace_back(overlap, i, k);
      }
    }
    std::ranges::sort(pairs, std::greater{});
    std::vector<bool> is_taken(pictures[picture].size());
    for (const auto &[overlap, i, k] : pairs) {
      if (is_taken[k] || people[i].last == picture)
        continue;
      people[i].see(picture, pictures[picture][k]);
      is_taken[k] = true;
    }
    for (std::size_t k = 0; k < is_taken.size(); ++k) {
      if (is_taken[k])
        continue;
      Person person{.course = Course(pictures.size()), .last = picture};
      person.course[picture] = Truth{pictures[picture][k]};
      people.push_back(std::move(person));
    }
  }
  std::vector<Course> courses;
  for (Person &person : people)
    courses.push_back(std::move(person.course));
  return courses;
}

} // namespace gemini::bench
