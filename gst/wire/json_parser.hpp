// SPDX-License-Identifier: LGPL-2.1-or-later
// Fills a JsonDocument from text, without recursion and in one pass.
#pragma once

#include "wire/json.hpp"

namespace gemini::wire {

class JsonParser {
public:
  // `text` must be shorter than 4 GiB and outlive the parser.
  JsonParser(std::string_view text, JsonDocument &document);

  // Reads the object or array that begins at `at`, adds it to the roots and returns where it ended.
  std::size_t read(std::size_t at);

private:
  using Node = JsonDocument::Node;
  using Span = JsonDocument::Span;

  // An object or array whose end has not been seen.
  struct Frame {
    std::uint32_t node = 0;
    std::uint32_t last_child = JsonDocument::kNone;
    unsigned extra_braces = 0; // of `{{`
    bool has_key = false;      // key is the name of the value that comes next
    Span key;
  };

  bool is_at_end() const { return at_ >= text_.size(); }
  char peek() const { return text_[at_]; }
  Node &node(const Frame &frame) { return document_.nodes_[frame.node]; }

  void step();
  void step_beyond_depth();
  void read_name(Frame &frame);
  void read_value(Frame &frame);
  void open(Json::Kind kind);
  void close(char closer);
  void close_extra_braces(Frame &frame);
  void read_word(Frame &frame);
  void skip_space();
  void skip_junk();
  void give_up();

  Span read_quoted(bool is_of_member = false);
  bool is_closing_quote(std::size_t at) const;
  bool begins_member(std::size_t at) const;
  void append_escape();
  std::string_view bare_word() const;
  Span store(std::string_view text);
  std::uint32_t add(Frame *parent, Json::Kind kind, Span text);

  std::string_view text_;
  JsonDocument &document_;
  std::size_t at_ = 0;
  std::vector<Frame> open_;
  bool is_open_ended_ = false;   // the last string had no end
  std::size_t beyond_depth_ = 0; // containers open below the deepest that is kept
  JsonDocument::Root root_;
};

} // namespace gemini::wire
