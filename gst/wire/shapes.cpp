// SPDX-License-Identifier: LGPL-2.1-or-later
// Which members of an item say where something is.
#include "wire/shapes.hpp"

#include "wire/box.hpp"
#include "wire/box_3d_value.hpp"
#include "wire/label.hpp"
#include "wire/mask.hpp"
#include "wire/model_text.hpp"
#include "wire/point.hpp"

#include <algorithm>

namespace gemini::wire {
namespace {

Json unless_null(Json value)
{
  return value.kind() == Json::Kind::null ? Json{} : value;
}

// {"masks": [{"box_2d": …, "mask": …}]} is a list of items under a root.
bool holds_items(Json mask)
{
  return std::any_of(mask.begin(), mask.end(), [](Json child) {
    return child.is_object() && (label_of(child) || holds_box(child) || holds_mask(child));
  });
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
  return holds_items(mask) ? Json{} : mask;
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
  return shapes;
}

bool holds_shape(Json item)
{
  return holds_box(item) || own_mask_of(item) || holds_point(item) || holds_box_3d(item);
}

bool holds_clear_shape(Json item)
{
  const Json box = box_of(item);
  const Json box_3d = box_3d_of(item);
  return (box && box != item) || (box_3d && box_3d != item) || own_mask_of(item) ||
         item.member("point") || item.member("points");
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
