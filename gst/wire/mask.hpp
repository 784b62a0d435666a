// SPDX-License-Identifier: LGPL-2.1-or-later
// Masks in all the ways that models write them: PNG as a data URL, as bare base64 or as inline
// data; polygons in pairs, flat, in chunks or as text, the axes in either order.
#pragma once

#include "core/mask.hpp"
#include "core/result.hpp"
#include "wire/json.hpp"
#include "wire/polygon.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gemini::wire {

struct MaskOptions {
  int picture_width = 0; // of the sampled frame, in pixels
  int picture_height = 0;
  unsigned threshold = 127;  // of probability maps: what is above is of the object
  std::size_t max_cells = 0; // see max_mask_cells()
};

// What is known of a mask from what stands beside it.
struct MaskHints {
  // The whole box, a part of which is outside the picture: a PNG lies on all of it.
  std::optional<Rect> whole_box = std::nullopt;
  PolygonHints polygon = {};
};

struct ReadMask {
  std::shared_ptr<const Mask> mask; // null only for what trace_mask() left to fill_rings()
  std::vector<Ring> rings;          // of a polygon, as drawn; empty for a PNG
  // What had to be put right, such as a polygon that was cut; empty where nothing was.
  std::string remark;
};

// Whether an object has a member that is a mask or a polygon by its name.
bool holds_mask(Json object);

// The value of an object that is its mask or polygon; absent where there is none.
Json mask_of(Json object);

// What else of an object could be its mask, should `mask` be of no use: polygons, and one picture
// where `mask` is too short to be one. Pictures cost, also those that are of no use.
std::vector<Json> other_masks_of(Json object, Json mask);

// The polygon in what mask_of() returned; absent where it is a picture or words.
Json polygon_of(Json mask);

// Reads what mask_of() returned. `box` is where the object is; a polygon can do without, a PNG
// cannot. The error says what is wrong with the value, fit to follow "item 3: ".
Result<ReadMask, std::string> read_mask(Json mask, const std::optional<Rect> &box,
                                        const MaskOptions &options, const MaskHints &hints = {});

// As read_mask(), except that the rings of a polygon are not filled yet, which is what costs.
Result<ReadMask, std::string> trace_mask(Json mask, const std::optional<Rect> &box,
                                         const MaskOptions &options, const MaskHints &hints = {});

std::shared_ptr<const Mask> fill_rings(std::span<const Ring> rings, const MaskOptions &options);

} // namespace gemini::wire
