// SPDX-License-Identifier: LGPL-2.1-or-later
// Looking things up in a document that was read.
#include "wire/json.hpp"

#include "wire/text.hpp"

#include <cmath>

namespace gemini::wire {

bool Json::is_whole() const
{
  return *this && document_->nodes_[node_].is_whole;
}

std::string_view Json::text() const
{
  return *this ? document_->view(document_->nodes_[node_].text) : std::string_view{};
}

std::optional<double> Json::number() const
{
  std::optional<double> value;
  if (kind() == Kind::number)
    value = document_->nodes_[node_].number;
  else if (is_string())
    value = parse_number(text());
  return value && std::isfinite(*value) ? value : std::nullopt;
}

Json Json::member(std::string_view name) const
{
  if (is_object()) {
    for (const Json child : *this) {
      if (child.key() == name)
        return child;
    }
  }
  return {};
}

} // namespace gemini::wire
