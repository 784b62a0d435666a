// SPDX-License-Identifier: LGPL-2.1-or-later
// What a model calls things, and how sure it says it is.
#pragma once

#include "wire/json.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gemini::wire {

// The member of an object that names it, and the one that tells how sure the model is; absent where
// there is none.
Json label_of(Json object);
Json confidence_of(Json object);

// What an object calls the things that it lists; empty where it does not. A description of the
// picture is no such name.
std::string_view group_label_of(Json object);

// What may be a label where an object has none; empty where there is no such thing.
std::string_view vague_label_of(Json object);

struct Label {
  std::string text;
  const char *problem = nullptr; // what had to be left out, where something had to
};

// One line that is fit to show. What a model in a loop wrote again and again stands there once.
Label make_label(std::string_view text);

// How sure the model is, as it wrote it.
struct Certainty {
  double value = 0;
  bool is_percentage = false; // by its sign

  // Hundred is said by one number for all: 95 beside 0.5 makes it half a percent. 8 may be of 10.
  bool counts_to_hundred() const { return !is_percentage && value > 10 && value <= 100; }
  // Between 0 and 1; none where it is not. `is_hundred`: the answer counts to a hundred.
  std::optional<double> confidence(bool is_hundred) const;
};

// A number, also as a percentage with its sign. None for anything else.
std::optional<Certainty> read_certainty(std::string_view text);

// Where the endless repetition at the end of `text`, at least `min_bytes` long and of four or more
// equal pieces, can be cut without a loss. The size of `text` where there is none.
std::size_t end_without_repetition(std::string_view text, std::size_t min_bytes);

// The labels that the user allows, however a model writes them: case, white space, dashes, a plural
// and a number behind it aside.
class Vocabulary {
public:
  explicit Vocabulary(const std::vector<std::string> &labels);

  // Any label goes.
  bool is_open() const { return labels_.empty(); }
  // As the user wrote it; null where it is none of them.
  const std::string *find(std::string_view label) const;

private:
  const std::string *find_folded(const std::string &folded) const;

  std::map<std::string, std::string> labels_; // by what fold() makes of them
};

} // namespace gemini::wire
