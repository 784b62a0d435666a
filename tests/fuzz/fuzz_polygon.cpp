// SPDX-License-Identifier: LGPL-2.1-or-later
// A polygon; the first byte chooses its box, and how it comes: as JSON, as text, or as points of
// any coordinates that there are.
#include "invariants.hpp"
#include "wire/json.hpp"
#include "wire/json_write.hpp"
#include "wire/polygon.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

using gemini::bounds_of;
using gemini::GridSize;
using gemini::Point;
using gemini::Rect;
using gemini::Ring;
using gemini::fuzz::check_mask;
using gemini::fuzz::check_rect;
using gemini::fuzz::check_rings;
using gemini::fuzz::require;
using gemini::wire::JsonDocument;
using gemini::wire::kMaxPolygonPoints;

namespace {

constexpr std::size_t kMaxCells = 20'000;

void check_json(std::string_view json, const std::optional<Rect> &box)
{
  const JsonDocument document = JsonDocument::scattered(json);
  for (const JsonDocument::Root &root : document.roots()) {
    const auto polygon = gemini::wire::read_polygon(document.value(root), box);
    if (!polygon) {
      require(!polygon.error().empty(), "errors say something");
      continue;
    }
    std::size_t points = 0;
    for (const Ring &ring : polygon->rings)
      points += ring.size();
    check_rings(polygon->rings);
    // Cropping adds two points for each side that is crossed.
    require(points > 0 && points <= 5 * kMaxPolygonPoints, "polygons have a bounded size");
    const Rect bounds = bounds_of(polygon->rings);
    check_rect(bounds);
    require(bounds.area() > 0, "polygons have an area");
    check_mask(mask_from_rings(polygon->rings, bounds, grid_size(bounds, 320, 180, kMaxCells)),
               kMaxCells);
  }
}

// Every 16 bytes are a point, which may be none of numbers.
void check_points(const std::uint8_t *data, std::size_t size, const Rect &rect)
{
  std::vector<Ring> rings(1);
  for (std::size_t at = 0; at + 16 <= size; at += 16) {
    Point point;
    std::memcpy(&point.x, data + at, sizeof point.x);
    std::memcpy(&point.y, data + at + 8, sizeof point.y);
    if (data[at] == 0xff)
      rings.emplace_back();
    rings.back().push_back(point);
  }
  check_rect(bounds_of(rings));
  for (const GridSize grid : {GridSize{1, 1}, GridSize{7, 90}, GridSize{100, 11}})
    check_mask(mask_from_rings(rings, rect, grid), kMaxCells);
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
  if (size < 2)
    return 0;
  const std::uint8_t choice = data[0];
  const std::string text(reinterpret_cast<const char *>(data + 1), size - 1);
  const Rect tall{0.25, 0.125, 0.125, 0.75};
  std::optional<Rect> box;
  if ((choice & 4) != 0)
    box = (choice & 8) != 0 ? tall : Rect{0, 0, 1, 1};
  switch (choice % 4) {
  case 0:
  case 1:
    check_json(text, box);
    break;
  case 2: {
    std::string json = "[";
    gemini::wire::append_quoted(json, text);
    check_json(json + ']', box);
    break;
  }
  default:
    check_points(data + 1, size - 1, box.value_or(tall));
  }
  return 0;
}
