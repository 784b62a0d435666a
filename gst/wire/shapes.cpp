// SPDX-License-Identifier: LGPL-2.1-or-later
// Which members of an item say where something is.
#include "wire/shapes.hpp"

#include "wire/box.hpp"
#include "wire/box_3d_value.hpp"
#include "wire/label.hpp"
#include "wire/mask.hpp"
#include "wire/point.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <string_view>

namespace gemini::wire {
namespace {

// {"masks": [{"box_2d": …, "mask": …}]} is a list of items under a root, {"x": …, "y": …} a vertex.
// Parts of a mask have outlines only, and the box stands beside them.
bool holds_items(Json mask, bool has_box)
{
  return any_telling(mask, [has_box](Json child) {
    if (!child.is_object())
      return false;
    if (label_of(child) || holds_box(child))
      return true;
    const Json point = point_of(child);
    return !has_box && (holds_mask(child) || (point && (point != child || child.size() != 2)));
  });
}

// Whether `read` can make something of a value, or of one of the first values in it.
template <typename Read> bool is_readable(Json value, bool is_list, Read read)
{
  if (!value || !is_list)
    return value && read(value);
  return any_telling(value, read);
}

// What has an axis is meant as a shape, even where it lacks the rest.
bool has_axis(Json value)
{
  return value.is_object() && (member_named(value, "x") || member_named(value, "y"));
}

bool is_usable_box(Json box)
{
  return has_axis(box) || is_readable(box, is_list_of_boxes(box),
                                      [](Json one) { return read_edges(one).has_value(); });
}

bool is_usable_point(Json point)
{
  return is_readable(point, is_list_of_points(point),
                     [](Json one) { return read_spot(one).has_value(); });
}

bool is_usable_box_3d(Json box)
{
  return has_axis(box) || (box && read_box_3d(box).has_value());
}

// Words and numbers may be an attribute of that name.
bool is_usable_mask(Json mask)
{
  return (mask.is_array() || mask.is_object()) && mask.size() > 0;
}

// Where no masks were asked for, "outline": "red" is an attribute.
bool may_be_mask(Json mask)
{
  const std::string_view text = trimmed(mask.text());
  if (!mask.is_string() || text.empty())
    return is_usable_mask(mask);
  return is_name(mask.key(), "mask") || text.find_first_of("0123456789") != std::string_view::npos;
}

// Whether the points of an item go round it. Two are no outline.
bool is_outline(const Shapes &shapes, Task task)
{
  if (task == Task::segment || task == Task::point)
    return task == Task::segment;
  return shapes.box && is_list_of_points(shapes.point) && shapes.point.size() > 2;
}

Json own_mask_of(Json item)
{
  if (item.size() > kMaxMembers)
    return {};
  const Json mask = mask_of(item);
  const bool has_box = holds_box(item) && !is_name(mask.key(), "points");
  return holds_items(mask, has_box) ? Json{} : mask;
}

} // namespace

Shapes shapes_of(Json item, Task task)
{
  Shapes shapes{.box = unless_null(box_of(item)),
                .mask = unless_null(own_mask_of(item)),
                .point = unless_null(point_of(item)),
                .box_3d = unless_null(box_3d_of(item))};
  if (shapes.box_3d == item) // its centre is no point of the picture
    shapes.point = {};
  if (shapes.point && shapes.point == shapes.box) {
    const bool is_box = task != Task::point && read_edges(shapes.box);
    (is_box ? shapes.point : shapes.box) = {};
  }
  if (shapes.point && shapes.point == shapes.mask)
    (is_outline(shapes, task) ? shapes.point : shapes.mask) = {};
  if (task != Task::segment && !may_be_mask(shapes.mask))
    shapes.mask = {};
  if (task != Task::point && !is_usable_point(shapes.point))
    shapes.point = {};
  return shapes;
}

Claim shape_claim(Json item)
{
  const Json box = box_of(item);
  const Json mask = unless_null(own_mask_of(item));
  const Json point = point_of(item);
  const Json box_3d = box_3d_of(item);
  if (is_usable_box(box) || is_usable_mask(mask) || is_usable_point(point) ||
      is_usable_box_3d(box_3d))
    return Claim::usable;
  return box || mask || point || box_3d ? Claim::unusable : Claim::none;
}

Claim clear_shape_claim(Json item)
{
  const Json box = box_of(item);
  const Json mask = own_mask_of(item);
  const Json box_3d = box_3d_of(item);
  const Json point = item.member("point");
  const Json points = item.member("points");
  const bool has_any = (box != item && is_usable_box(box)) ||
                       (mask != points && is_usable_mask(mask)) || is_usable_point(point) ||
                       (is_list_of_points(points) && is_usable_point(points)) ||
                       (box_3d != item && is_usable_box_3d(box_3d));
  return has_any ? Claim::usable : Claim::none;
}

const char *lack_of_main_shape(Task task)
{
  switch (task) {
  case Task::detect:
    return "no box";
  case Task::segment:
    return "no mask";
  case Task::point:
    return "no point";
  case Task::boxes_3d:
    return "no 3-D box";
  case Task::caption:
  case Task::classify:
  case Task::ask:
    break;
  }
  return "no shape";
}

Json main_shape(const Shapes &shapes, Task task)
{
  switch (task) {
  case Task::detect:
    return shapes.box;
  case Task::segment:
    return shapes.mask;
  case Task::point:
    return shapes.point;
  case Task::boxes_3d:
    return shapes.box_3d;
  case Task::caption:
  case Task::classify:
  case Task::ask:
    break;
  }
  return {};
}

bool has_main_shape(const Object &object, Task task)
{
  switch (task) {
  case Task::detect:
    return object.box.has_value();
  case Task::segment:
    return object.mask != nullptr;
  case Task::point:
    return object.point.has_value();
  case Task::boxes_3d:
    return object.box_3d.has_value();
  case Task::caption:
  case Task::classify:
  case Task::ask:
    break;
  }
  return true;
}

} // namespace gemini::wire
