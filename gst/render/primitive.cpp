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
  return mix(hash_of(bar.size), hash_of(bar.color));
}

std::size_t hash_of(const Plate &plate)
{
  std::size_t hash = std::hash<std::string>{}(plate.text);
  hash = mix(hash, std::hash<std::string>{}(plate.font));
  hash = mix(hash, number(plate.font_size));
  hash = mix(hash, hash_of(plate.background));
  return mix(hash, hash_of(plate.limit));
}

} // namespace

std::size_t PrimitiveHash::operator()(const Primitive &primitive) const
{
  return std::visit([](const auto &p) { return hash_of(p); }, primitive);
}

} // namespace gemini
