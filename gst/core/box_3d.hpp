// SPDX-License-Identifier: LGPL-2.1-or-later
// Boxes in space, and where they are seen on the picture.
#pragma once

#include "core/geometry.hpp"

#include <array>
#include <vector>

namespace gemini {

// In the frame of the camera, which is the origin: x right, y forward, z up.
struct Box3d {
  std::array<double, 3> center{}; // metres
  std::array<double, 3> size{};   // metres, along the box's own x, y and z
  std::array<double, 3>
      rotation{}; // degrees: roll about x, pitch about y, yaw about z, in this order
  bool operator==(const Box3d &) const = default;
};

struct Line {
  Point from;
  Point to;
  bool operator==(const Line &) const = default;
};

// The twelve edges of a box as they are seen.
struct Wireframe {
  std::vector<Line> edges; // those, or what is left of them, in front of the near plane
  std::vector<Line>
      front; // of `edges`, those of the side that faces the camera's way (its -y side)
  bool operator==(const Wireframe &) const = default;
};

// The pinhole projection of Google's spatial-understanding example: horizontal field of view in
// degrees, principal point in the middle, square pixels. `aspect` is the picture's width by its
// height as seen. Points are normalised and may lie outside of 0..1; edges are clipped at 5 cm in
// front of the camera, so none is projected from behind it. Empty where all of the box is behind,
// or a number is not finite.
Wireframe project(const Box3d &box, double fov_degrees, double aspect);

} // namespace gemini
