// SPDX-License-Identifier: LGPL-2.1-or-later
// Boxes in space in all the ways that models write them.
#include "wire/box_3d_value.hpp"

#include "wire/model_text.hpp"
#include "wire/numbers.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace gemini::wire {
namespace {

// In order of preference, as is_name() takes them.
constexpr std::array<std::string_view, 8> kBoxNames = {
    "box3d", "boundingbox3d", "bbox3d", "3dbox", "3dboundingbox", "3dbbox", "boxes3d", "cuboid",
};

constexpr std::array<std::string_view, 4> kCenterNames = {"center", "centre", "position",
                                                          "location"};
constexpr std::array<std::string_view, 4> kSizeNames = {"size", "dimensions", "extent", "scale"};
constexpr std::array<std::string_view, 3> kRotationNames = {"rotation", "orientation", "angles"};

// What the members of a part may be called, in the order of its numbers.
using PartNames = std::array<std::string_view, 3>;
constexpr std::array<PartNames, 3> kCenterMembers = {{
    {"x", "y", "z"},
    {"xcenter", "ycenter", "zcenter"},
    {"centerx", "centery", "centerz"},
}};
// By the axes of the camera, of which y goes forward and z up.
constexpr std::array<PartNames, 5> kSizeMembers = {{
    {"x", "y", "z"},
    {"sx", "sy", "sz"},
    {"xsize", "ysize", "zsize"},
    {"sizex", "sizey", "sizez"},
    {"width", "depth", "height"},
}};
constexpr std::array<PartNames, 2> kRotationMembers = {{{"roll", "pitch", "yaw"}, {"x", "y", "z"}}};

// Adds the three members of `object` that have one row of these names. Whether there were any.
template <typename Rows> bool add_members(Json object, const Rows &rows, Numbers &numbers)
{
  for (const PartNames &names : rows) {
    std::array<Json, 3> found;
    std::transform(names.begin(), names.end(), found.begin(),
                   [object](std::string_view name) { return member_named(object, name); });
    if (!std::all_of(found.begin(), found.end(), [](Json part) { return bool{part}; }))
      continue;
    for (const Json part : found)
      numbers.add(part);
    return true;
  }
  return false;
}

template <typename Rows> bool add_part(Json part, const Rows &rows, Numbers &numbers)
{
  if (part.is_object())
    return add_members(part, rows, numbers);
  if (part)
    numbers.add(part);
  return bool{part};
}

// {center, size, rotation}, or the nine numbers by their names. Nothing turned is turned by 0.
bool add_named_parts(Json box, Numbers &numbers)
{
  constexpr std::array<PartNames, 3> kFlatSizes = {kSizeMembers[1], kSizeMembers[2],
                                                   kSizeMembers[3]};
  constexpr std::array<PartNames, 1> kFlatRotation = {kRotationMembers[0]};
  const Json center = member_named_any(box, kCenterNames);
  const Json size = member_named_any(box, kSizeNames);
  const Json rotation = member_named_any(box, kRotationNames);
  const bool has_center = add_part(center, kCenterMembers, numbers) ||
                          (!center && add_members(box, kCenterMembers, numbers));
  if (!has_center)
    return false;
  const bool has_size =
      add_part(size, kSizeMembers, numbers) || (!size && add_members(box, kFlatSizes, numbers));
  if (!has_size || numbers.count() != 6)
    return has_size;
  if (rotation)
    return add_part(rotation, kRotationMembers, numbers);
  const Json yaw = member_named(box, "yaw");
  if (!add_members(box, kFlatRotation, numbers) && yaw)
    numbers.add(yaw);
  return true;
}

bool is_named_box(Json object)
{
  Numbers numbers;
  return object.is_object() && add_named_parts(object, numbers) && numbers.count() >= 6 &&
         !numbers.has_other();
}

Box3d box_of_nine(const Numbers &n)
{
  return {.center = {n[0], n[1], n[2]}, .size = {n[3], n[4], n[5]}, .rotation = {n[6], n[7], n[8]}};
}

// A list of objects is one of items. The parts of a box are lists of numbers.
bool holds_objects(Json value)
{
  return value.is_array() &&
         std::any_of(value.begin(), value.end(), [](Json child) { return child.is_object(); });
}

} // namespace

bool holds_box_3d(Json object)
{
  return bool{box_3d_of(object)};
}

Json box_3d_of(Json object)
{
  const Json box = member_named_any(object, kBoxNames, [](Json value) {
    return value.kind() != Json::Kind::null && !holds_objects(value);
  });
  if (box)
    return box;
  return is_named_box(object) ? object : Json{};
}

ReadBox3d read_box_3d(Json box)
{
  Numbers numbers;
  if (!box.is_object())
    numbers.add(box);
  else if (!add_named_parts(box, numbers))
    return "the 3-D box lacks a part";
  if (numbers.has_other())
    return "the 3-D box holds something that is no number";
  Box3d read;
  if (numbers.count() == 9)
    read = box_of_nine(numbers);
  else if (numbers.count() == 7)
    read = {.center = {numbers[0], numbers[1], numbers[2]},
            .size = {numbers[3], numbers[4], numbers[5]},
            .rotation = {0, 0, numbers[6]}};
  else if (numbers.count() == 6)
    read = {.center = {numbers[0], numbers[1], numbers[2]},
            .size = {numbers[3], numbers[4], numbers[5]}};
  else
    return numbers.count() == 0 ? "the 3-D box is empty" : "the 3-D box does not have nine numbers";
  // A rug or a sign is flat.
  const auto flat = std::count(read.size.begin(), read.size.end(), 0.0);
  if (flat > 1 ||
      std::any_of(read.size.begin(), read.size.end(), [](double edge) { return edge < 0; }))
    return "the 3-D box has no size";
  return read;
}

} // namespace gemini::wire
