// SPDX-License-Identifier: LGPL-2.1-or-later
// A response schema as the model reads it: OpenAPI's subset (TYPE names in capitals, nullable,
// propertyOrdering) or plain JSON Schema ($ref, anyOf, lists of types).
#pragma once

#include <json-glib/json-glib.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gemini::emulator {

// A view on a node of a parsed schema, which must live as long.
class AnswerSchema {
public:
  enum class Type { string, integer, number, boolean, array, object, null, any };

  explicit AnswerSchema(JsonNode *root) : AnswerSchema(root, root) {}

  Type type() const { return type_; }
  bool is_nullable() const { return is_nullable_; }
  // Title and description.
  std::string words() const;
  // The values that are allowed, as text; empty where any is.
  std::vector<std::string> choices() const;
  // Of an array; nothing where it does not say what is in it.
  std::optional<AnswerSchema> items() const;
  // Of an object, in the order in which they are to be written.
  std::vector<std::pair<std::string, AnswerSchema>> properties() const;
  bool requires_property(const std::string &name) const;
  // "maxItems", "minimum" and the like.
  std::optional<double> limit(const char *name) const;

private:
  AnswerSchema(JsonNode *root, JsonNode *node);
  void follow_references();
  void choose_alternative();
  void read_type();

  JsonNode *root_;
  JsonNode *node_;
  Type type_ = Type::any;
  bool is_nullable_ = false;
};

} // namespace gemini::emulator
