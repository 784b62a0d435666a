// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading response schemas.
#include "answer_schema.hpp"

#include "json.hpp"

#include <algorithm>
#include <string_view>

namespace gemini::emulator {
namespace {

using Type = AnswerSchema::Type;

Type type_by_word(const std::string &word)
{
  constexpr std::pair<const char *, Type> kTypes[] = {
      {"string", Type::string},   {"integer", Type::integer}, {"number", Type::number},
      {"boolean", Type::boolean}, {"array", Type::array},     {"object", Type::object},
      {"null", Type::null},
  };
  for (const auto &[name, type] : kTypes) {
    if (g_ascii_strcasecmp(name, word.c_str()) == 0)
      return type;
  }
  return Type::any;
}

std::string text_of(JsonNode *node)
{
  if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
    return json_node_get_string(node);
  g_autofree char *text = json_to_string(node, FALSE);
  return text;
}

// "#/$defs/thing"
JsonNode *at_pointer(JsonNode *root, std::string_view pointer)
{
  JsonNode *node = root;
  while (node && !pointer.empty()) {
    const std::size_t length = std::min(pointer.find('/'), pointer.size());
    if (const std::string_view name = pointer.substr(0, length); name != "#" && !name.empty())
      node = json::member(node, name);
    pointer.remove_prefix(std::min(length + 1, pointer.size()));
  }
  return node;
}

JsonNode *alternatives(JsonNode *node)
{
  for (const char *name : {"anyOf", "oneOf", "allOf"}) {
    if (JsonNode *found = json::member(node, name))
      return found;
  }
  return nullptr;
}

bool is_null_type(JsonNode *node)
{
  return type_by_word(json::string_member(node, "type")) == Type::null;
}

} // namespace

AnswerSchema::AnswerSchema(JsonNode *root, JsonNode *node) : root_(root), node_(node)
{
  follow_references();
  choose_alternative();
  read_type();
}

void AnswerSchema::follow_references()
{
  constexpr int kMost = 16; // they may go round in circles
  for (int i = 0; i < kMost; ++i) {
    const std::string pointer = json::string_member(node_, "$ref");
    JsonNode *target = pointer.empty() ? nullptr : at_pointer(root_, pointer);
    if (!target)
      return;
    node_ = target;
  }
}

// The first that is more than null.
void AnswerSchema::choose_alternative()
{
  is_nullable_ = json::is_true(json::member(node_, "nullable"));
  JsonNode *chosen = nullptr;
  for (JsonNode *alternative : json::items(alternatives(node_))) {
    if (is_null_type(alternative))
      is_nullable_ = true;
    else if (!chosen)
      chosen = alternative;
  }
  if (chosen) {
    node_ = chosen;
    follow_references();
  }
}

void AnswerSchema::read_type()
{
  for (JsonNode *word : json::items(json::member(node_, "type"))) {
    const Type type = type_by_word(text_of(word));
    if (type == Type::null)
      is_nullable_ = true;
    if (type_ == Type::any || type_ == Type::null)
      type_ = type;
  }
  if (type_ == Type::any && json::member(node_, "properties"))
    type_ = Type::object;
  if (type_ == Type::any && json::member(node_, "items"))
    type_ = Type::array;
}

std::string AnswerSchema::words() const
{
  return json::string_member(node_, "title") + ' ' + json::string_member(node_, "description");
}

std::vector<std::string> AnswerSchema::choices() const
{
  std::vector<std::string> out;
  JsonNode *list = json::member(node_, "enum");
  for (JsonNode *item : json::items(list ? list : json::member(node_, "const")))
    out.push_back(text_of(item));
  return out;
}

std::optional<AnswerSchema> AnswerSchema::items() const
{
  JsonNode *items = json::member(node_, "items");
  if (!items || !JSON_NODE_HOLDS_OBJECT(items))
    return std::nullopt;
  return AnswerSchema{root_, items};
}

std::vector<std::pair<std::string, AnswerSchema>> AnswerSchema::properties() const
{
  std::vector<std::pair<std::string, AnswerSchema>> out;
  JsonNode *properties = json::member(node_, "properties");
  if (!properties || !JSON_NODE_HOLDS_OBJECT(properties))
    return out;
  JsonObject *object = json_node_get_object(properties);
  const auto add = [&](const std::string &name) {
    const auto has_name = [&](const auto &property) { return property.first == name; };
    JsonNode *schema = json_object_get_member(object, name.c_str());
    if (schema && JSON_NODE_HOLDS_OBJECT(schema) && std::ranges::none_of(out, has_name))
      out.emplace_back(name, AnswerSchema{root_, schema});
  };
  for (JsonNode *name : json::items(json::member(node_, "propertyOrdering")))
    add(text_of(name));
  g_autoptr(GList) names = json_object_get_members(object);
  for (GList *l = names; l; l = l->next)
    add(static_cast<const char *>(l->data));
  return out;
}

bool AnswerSchema::requires_property(const std::string &name) const
{
  return std::ranges::any_of(json::items(json::member(node_, "required")),
                             [&](JsonNode *item) { return text_of(item) == name; });
}

std::optional<double> AnswerSchema::limit(const char *name) const
{
  JsonNode *node = json::member(node_, name);
  if (!node || !JSON_NODE_HOLDS_VALUE(node))
    return std::nullopt;
  return json::number(node);
}

} // namespace gemini::emulator
