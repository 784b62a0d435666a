// SPDX-License-Identifier: LGPL-2.1-or-later
// Looking, and choosing from what is seen.
#include "seen.hpp"

#include "kinds.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace gemini::emulator {
namespace {

// The number after "at most", "up to" or "limit to"; no limit where there is none.
std::size_t cap_named(const std::string &prompt)
{
  g_autofree char *lower = g_ascii_strdown(prompt.c_str(), -1);
  const std::string_view text = lower;
  for (const std::string_view phrase : {"at most ", "up to ", "limit to ", "maximum of "}) {
    const std::size_t at = text.find(phrase);
    if (at == std::string_view::npos)
      continue;
    const std::string rest{text.substr(at + phrase.size(), 10)};
    if (const unsigned long cap = std::strtoul(rest.c_str(), nullptr, 10); cap > 0)
      return cap;
  }
  return std::numeric_limits<std::size_t>::max();
}

std::shared_ptr<const Picture> last_picture(const GenerateRequest &request)
{
  if (request.images.empty())
    return {};
  const ImagePart &image = request.images.back();
  if (image.picture)
    return image.picture;
  auto picture = decode_picture(bytes_of(image));
  return picture ? std::make_shared<const Picture>(*std::move(picture)) : nullptr;
}

} // namespace

Seen::Seen(const GenerateRequest &request, Vision vision, Eyes &eyes)
    : request_(request), vision_(vision), eyes_(eyes), picture_(last_picture(request))
{
  if (has_picture())
    sights_ = eyes_.look(picture());
}

Sights Seen::everything()
{
  Sights out;
  for (auto &sight : sights_)
    out.push_back(&sight);
  return out;
}

Sights Seen::asked_for()
{
  Sights out = named_in(request_.text).value_or(everything());
  if (const std::size_t cap = cap_named(request_.text); out.size() > cap)
    out.resize(cap);
  return out;
}

std::optional<Sights> Seen::named_in(std::string_view text)
{
  const auto is_named = find_kinds(vision_, text);
  if (!is_named)
    return std::nullopt;
  Sights out = everything();
  std::erase_if(out, [&](const Sight *sight) { return !(*is_named)(sight->label); });
  return out;
}

const Sight &Seen::outlined(Sight &sight)
{
  if (!sight.map)
    eyes_.outline(picture(), sight);
  return sight;
}

double Seen::confidence(const Sight &sight) const
{
  if (vision_ != Vision::shapes)
    return sight.weight;
  return 0.9 + 0.09 * sight.weight / std::max(sights_.front().weight, 1.0);
}

} // namespace gemini::emulator
