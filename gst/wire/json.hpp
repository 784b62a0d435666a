// SPDX-License-Identifier: LGPL-2.1-or-later
// A forgiving JSON reader. Valid JSON is read as it stands; what models write instead (raw line
// breaks in strings, stray commas, doubled braces, single quotes, a missing end) is read as a
// careful person would, and the document tells where something had to be skipped. Time is linear
// and memory bounded whatever the text is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gemini::wire {

class JsonDocument;

// A value inside a document, as light as a pointer; valid as long as the document stays where it
// is. An absent value answers every question like an empty one, so that look-ups can be chained
// without checks.
class Json {
public:
  enum class Kind : std::uint8_t { absent, null, boolean, number, string, array, object };
  class Iterator;

  Json() = default;
  explicit operator bool() const { return kind() != Kind::absent; }
  // Whether both are the same place of the same document.
  bool operator==(const Json &) const = default;
  Kind kind() const;
  bool is_array() const { return kind() == Kind::array; }
  bool is_object() const { return kind() == Kind::object; }
  bool is_string() const { return kind() == Kind::string; }
  // Its end was found. Of a word or number, that the text goes on behind it.
  bool is_whole() const;

  // The name under which the value stands in an object; empty in an array.
  std::string_view key() const;
  // A string's content or any other scalar as it was written. Valid UTF-8 without NUL.
  std::string_view text() const;
  // A finite number, also one written as a string; none otherwise.
  std::optional<double> number() const;
  bool is_true() const { return !is_container() && (text() == "true" || text() == "True"); }

  std::size_t size() const; // number of elements or members
  Iterator begin() const;
  Iterator end() const;
  Json front() const;
  // The first member of that name; absent where there is none.
  Json member(std::string_view name) const;

private:
  friend class JsonDocument;
  Json(const JsonDocument *document, std::uint32_t node) : document_(document), node_(node) {}
  bool is_container() const { return is_array() || is_object(); }

  const JsonDocument *document_ = nullptr;
  std::uint32_t node_ = 0;
};

class JsonDocument {
public:
  // Deeper containers are skipped, further values not read.
  static constexpr std::size_t kMaxDepth = 64;
  static constexpr std::size_t kMaxNodes = std::size_t{1} << 19;

  // One object or array that stands in the text.
  struct Root {
    std::uint32_t node = 0;
    std::uint32_t values = 0; // in it, itself among them
    bool is_cut = false;      // the text ended before the value did
    bool is_damaged = false;  // something in it could not be understood and was skipped
  };

  // Reads a text that is one JSON value and nothing else. Absent where it is not, or only a part of
  // one.
  static JsonDocument whole(std::string_view text);
  // Reads every object and array that stands in a text, whatever stands around them.
  static JsonDocument scattered(std::string_view text);

  const std::vector<Root> &roots() const { return roots_; }
  Json value(const Root &root) const { return {this, root.node}; }
  // The text is one whole value and nothing else.
  bool is_single() const { return is_single_; }
  // There were more values than kMaxNodes: the rest of the text was not read.
  bool is_full() const { return nodes_.size() >= kMaxNodes; }
  // The value of a document made by whole().
  Json root() const { return roots_.empty() ? Json{} : value(roots_.front()); }

private:
  friend class Json;
  friend class JsonParser;

  static constexpr std::uint32_t kNone = 0xffffffff;
  struct Span {
    std::uint32_t at = 0;
    std::uint32_t size = 0;
  };
  struct Node {
    double number = 0;
    Span key;
    Span text;
    std::uint32_t first = kNone; // child
    std::uint32_t next = kNone;  // sibling
    std::uint32_t children = 0;
    Json::Kind kind = Json::Kind::absent;
    bool is_whole = true;
  };
  std::string_view view(Span span) const { return {text_.data() + span.at, span.size}; }

  std::vector<Node> nodes_;
  std::string text_; // all keys and strings, decoded, one after the other
  std::vector<Root> roots_;
  bool is_single_ = false;
};

// Absent where the value is null.
inline Json unless_null(Json value)
{
  return value.kind() == Json::Kind::null ? Json{} : value;
}

class Json::Iterator {
public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = Json;
  using difference_type = std::ptrdiff_t;
  using pointer = const Json *;
  using reference = Json;

  Iterator() = default;
  explicit Iterator(Json at) : at_(at) {}
  Json operator*() const { return at_; }
  Iterator &operator++();
  Iterator operator++(int)
  {
    Iterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Iterator &other) const { return at_.node_ == other.at_.node_; }

private:
  Json at_;
};

// Looking for a name walks over the members again and again: what it takes is here.

inline Json::Kind Json::kind() const
{
  return document_ && node_ != JsonDocument::kNone ? document_->nodes_[node_].kind : Kind::absent;
}

inline std::string_view Json::key() const
{
  return *this ? document_->view(document_->nodes_[node_].key) : std::string_view{};
}

inline std::size_t Json::size() const
{
  return *this ? document_->nodes_[node_].children : 0;
}

inline Json Json::front() const
{
  return *this ? Json{document_, document_->nodes_[node_].first}
               : Json{document_, JsonDocument::kNone};
}

inline Json::Iterator Json::begin() const
{
  return Iterator{front()};
}

inline Json::Iterator Json::end() const
{
  return Iterator{Json{document_, JsonDocument::kNone}};
}

inline Json::Iterator &Json::Iterator::operator++()
{
  at_.node_ = at_.document_->nodes_[at_.node_].next;
  return *this;
}

} // namespace gemini::wire
