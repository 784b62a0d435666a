// SPDX-License-Identifier: LGPL-2.1-or-later
// The hash by which a primitive is found again.
#include "render/primitive.hpp"

#include <functional>

namespace gemini {
namespace {

std::size_t mix(std::size_t seed, std::size_t value)
{
  return (seed ^ value) * 0x9e3779b97f4a7c15u + (seed >> 7);
}

std::size_t number(double value)
{
  return std::hash<double>{}(value);
}

std::size_t number(int value)
{
  return static_cast<std::size_t>(value);
}

std::size_t hash_of(Color c)
{
  return static_cast<std::size_t>(c.red << 16 | c.green << 8 | c.blue);
}

std::size_t hash_of(PixelSize size)
{
  return mix(number(size.width), number(size.height));
}

std::size_t hash_of(const Bar &bar)
{
  return mix(hash_of(bar.size), mix(hash_of(bar.color), bar.alpha));
}

std::size_t hash_of(const Plate &plate)
{
  std::size_t hash = std::hash<std::string>{}(plate.text);
  hash = mix(hash, std::hash<std::string>{}(plate.font));
  hash = mix(hash, number(plate.font_size));
  hash = mix(hash, hash_of(plate.background));
  return mix(hash, hash_of(plate.limit));
}

std::size_t hash_of(const PixelRect &rect)
{
  return mix(mix(number(rect.x), number(rect.y)), mix(number(rect.width), number(rect.height)));
}

std::size_t hash_of(const Tint &tint)
{
  std::size_t hash = std::hash<Cells::Share>{}(tint.cells);
  hash = mix(hash, mix(number(tint.grid.width), number(tint.grid.height)));
  hash = mix(hash, hash_of(tint.whole));
  hash = mix(hash, hash_of(tint.part));
  return mix(hash, mix(hash_of(tint.color), tint.alpha));
}

std::size_t hash_of(const Dot &dot)
{
  return mix(mix(number(dot.diameter), hash_of(dot.part)), hash_of(dot.color));
}

std::size_t hash_of(const Strokes &strokes)
{
  std::size_t hash = mix(hash_of(strokes.size), hash_of(strokes.color));
  for (const Stroke &stroke : strokes.strokes) {
    hash = mix(hash, mix(number(stroke.from.x), number(stroke.from.y)));
    hash = mix(hash, mix(number(stroke.to.x), number(stroke.to.y)));
    hash = mix(hash, number(stroke.width));
  }
  return hash;
}

std::size_t hash_of(const TextBlock &block)
{
  std::size_t hash = std::hash<std::string>{}(block.text);
  hash = mix(hash, std::hash<std::string>{}(block.font));
  hash = mix(hash, number(block.font_size));
  return mix(hash, hash_of(block.limit));
}

} // namespace

std::size_t PrimitiveHash::operator()(const Primitive &primitive) const
{
  return std::visit([](const auto &p) { return hash_of(p); }, primitive);
}

std::size_t bytes_held_by(const Primitive &primitive)
{
  const Tint *tint = std::get_if<Tint>(&primitive);
  return tint ? tint->cells->size() : 0;
}

} // namespace gemini
