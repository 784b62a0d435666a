// SPDX-License-Identifier: LGPL-2.1-or-later
// What of a frame a picture shows, and where on the frame the things are that are seen on it.
#pragma once

#include "core/analysis.hpp"
#include "core/geometry.hpp"

#include <cstdint>

namespace gemini {

// What has to be done to a frame as it is stored for a person to see it upright. The values are
// those of GstVideoOrientationMethod.
enum class Orientation : std::uint8_t {
  identity,
  rotate_90, // clockwise
  rotate_180,
  rotate_270,
  flip_horizontal, // left becomes right
  flip_vertical,
  transpose,      // over the diagonal from top left to bottom right
  anti_transpose, // over the other diagonal
};

// The same as what is done to the frame first, mirrored on its own axes, and whether its rows
// become columns after that.
struct Turn {
  bool mirrors_x = false;
  bool mirrors_y = false;
  bool swaps = false;
};
constexpr Turn turn_of(Orientation orientation)
{
  switch (orientation) {
  case Orientation::identity:
    return {};
  case Orientation::rotate_90:
    return {.mirrors_y = true, .swaps = true};
  case Orientation::rotate_180:
    return {.mirrors_x = true, .mirrors_y = true};
  case Orientation::rotate_270:
    return {.mirrors_x = true, .swaps = true};
  case Orientation::flip_horizontal:
    return {.mirrors_x = true};
  case Orientation::flip_vertical:
    return {.mirrors_y = true};
  case Orientation::transpose:
    return {.swaps = true};
  case Orientation::anti_transpose:
    return {.mirrors_x = true, .mirrors_y = true, .swaps = true};
  }
  return {};
}

// Whether it makes columns of rows.
constexpr bool swaps_sides(Orientation orientation)
{
  return turn_of(orientation).swaps;
}

// What turns back what it has turned.
constexpr Orientation undo(Orientation orientation)
{
  switch (orientation) {
  case Orientation::rotate_90:
    return Orientation::rotate_270;
  case Orientation::rotate_270:
    return Orientation::rotate_90;
  default:
    return orientation;
  }
}

// A picture of one part of a frame. All coordinates of a frame are those of the frame as it is
// stored; only pictures are turned.
struct View {
  Rect part{0, 0, 1, 1}; // of the frame, within it; not empty
  Orientation orientation = Orientation::identity;
  bool operator==(const View &) const = default;
};

// From the picture (0..1 over the view) to the frame (0..1).
Point to_frame(const View &view, const Point &point);
Rect to_frame(const View &view, const Rect &rect);
// The other way round: where a part of the frame is seen. May lie outside of 0..1.
Rect to_picture(const View &view, const Rect &rect);

// All shapes of an object. `aspect` is the frame's width by its height as stored, seen with its own
// pixel aspect ratio. A box in space keeps its size: the picture of a smaller part is taken by the
// same camera from nearer by, so that project() with the frame's aspect and the same field of view
// shows it where the model saw it. `fov_degrees` is that field of view; the default is that of the
// service's examples and of the overlay.
Object to_frame(const View &view, Object object, double aspect, double fov_degrees = 60);

} // namespace gemini
