// SPDX-License-Identifier: LGPL-2.1-or-later
// Looking things up in a document that was read.
#include "wire/json.hpp"

#include "wire/text.hpp"

#include <cmath>

namespace gemini::wire {

Json::Kind Json::kind() const
{
  return document_ && node_ != JsonDocument::kNone ? document_->nodes_[node_].kind : Kind::absent;
}

bool Json::is_whole() const
{
  return *this && document_->nodes_[node_].is_whole;
}

std::string_view Json::key() const
{
  return *this ? document_->view(document_->nodes_[node_].key) : std::string_view{};
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

std::size_t Json::size() const
{
  return *this ? document_->nodes_[node_].children : 0;
}

Json::Iterator Json::begin() const
{
  return Iterator{front()};
}

Json::Iterator Json::end() const
{
  return Iterator{Json{document_, JsonDocument::kNone}};
}

Json Json::front() const
{
  return *this ? Json{document_, document_->nodes_[node_].first}
               : Json{document_, JsonDocument::kNone};
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

Json::Iterator &Json::Iterator::operator++()
{
  at_.node_ = at_.document_->nodes_[at_.node_].next;
  return *this;
}

} // namespace gemini::wire
