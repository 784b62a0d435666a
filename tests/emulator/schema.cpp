// SPDX-License-Identifier: LGPL-2.1-or-later
// Walking JSON along the tables of fields.
#include "schema.hpp"

#include "base64.hpp"
#include "json.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace gemini::emulator {
namespace {

// How much of a refused value is quoted. The service quotes image data too, so its clients must not
// log it.
constexpr std::size_t kQuoted = 100;

bool is_string(JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING;
}

std::optional<double> to_number(JsonNode *node)
{
  if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) == G_TYPE_BOOLEAN)
    return std::nullopt;
  if (!is_string(node))
    return json_node_get_double(node);
  const char *text = json_node_get_string(node);
  char *end = nullptr;
  const double value = g_ascii_strtod(text, &end);
  if (end == text || *end != '\0')
    return std::nullopt;
  return value;
}

bool is_integer(JsonNode *node, double lowest, double highest)
{
  const auto value = to_number(node);
  return value && std::trunc(*value) == *value && *value >= lowest && *value <= highest;
}

bool is_duration(JsonNode *node)
{
  if (!is_string(node))
    return false;
  const char *text = json_node_get_string(node);
  char *end = nullptr;
  g_ascii_strtod(text, &end);
  return end != text && std::string_view{end} == "s";
}

bool is_word(JsonNode *node, const Field &field)
{
  if (is_string(node))
    return std::ranges::count(field.words, std::string_view{json_node_get_string(node)}) > 0;
  return is_integer(node, 0, static_cast<double>(field.words.size()));
}

// Whether a value that is no message has the form of its type.
bool fits(JsonNode *node, const Field &field)
{
  switch (field.type) {
  case Type::string:
    return is_string(node);
  case Type::bytes:
    return is_string(node) && is_base64(json_node_get_string(node));
  case Type::boolean:
    return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_BOOLEAN;
  case Type::int32:
    return is_integer(node, std::numeric_limits<std::int32_t>::min(),
                      std::numeric_limits<std::int32_t>::max());
  case Type::int64:
    return is_integer(node, -0x1p63, 0x1p63);
  case Type::number:
    return to_number(node).has_value();
  case Type::duration:
    return is_duration(node);
  case Type::word:
    return is_word(node, field);
  case Type::message:
  case Type::map:
    return JSON_NODE_HOLDS_OBJECT(node);
  case Type::anything:
    break;
  }
  return true;
}

const char *type_name(Type type)
{
  switch (type) {
  case Type::string:
    return "TYPE_STRING";
  case Type::bytes:
    return "TYPE_BYTES";
  case Type::boolean:
    return "TYPE_BOOL";
  case Type::int32:
    return "TYPE_INT32";
  case Type::int64:
    return "TYPE_INT64";
  case Type::number:
    return "TYPE_DOUBLE";
  case Type::word:
    return "TYPE_ENUM";
  case Type::duration:
  case Type::message:
  case Type::map:
  case Type::anything:
    break;
  }
  return "TYPE_MESSAGE";
}

std::string quoted_value(JsonNode *node)
{
  g_autofree char *text = json_to_string(node, FALSE);
  std::string out = text ? text : "";
  if (out.size() > kQuoted)
    out = out.substr(0, kQuoted) + "...";
  g_autofree char *valid = g_utf8_make_valid(out.c_str(), -1);
  return valid;
}

class Walker {
public:
  void message(JsonNode *node, const Message &message, const std::string &path)
  {
    each_member(node, [&](const std::string &name, JsonNode *value) {
      const auto field = std::ranges::find_if(message.fields, [&](const Field &candidate) {
        return name == candidate.name || name == json::snake_case(candidate.name);
      });
      if (field == message.fields.end()) {
        found.push_back(unknown_name(name, path));
        return;
      }
      const std::string dot = path.empty() ? "" : ".";
      this->field(value, *field, path + dot + json::snake_case(field->name));
    });
  }

  std::vector<FieldViolation> found;

private:
  // Members in their order of writing.
  template <typename F> static void each_member(JsonNode *node, F &&f)
  {
    JsonObject *object = json_node_get_object(node);
    g_autoptr(GList) names = json_object_get_members(object);
    for (GList *l = names; l; l = l->next) {
      const auto *name = static_cast<const char *>(l->data);
      f(std::string{name}, json_object_get_member(object, name));
    }
  }

  void field(JsonNode *node, const Field &field, const std::string &path)
  {
    if (JSON_NODE_HOLDS_NULL(node))
      return; // as good as absent
    if (!field.is_repeated || !JSON_NODE_HOLDS_ARRAY(node)) {
      value(node, field, path); // the service takes a single value for a list of one
      return;
    }
    int index = 0;
    for (JsonNode *item : json::items(node))
      value(item, field, path + "[" + std::to_string(index++) + "]");
  }

  void value(JsonNode *node, const Field &field, const std::string &path)
  {
    if (!fits(node, field)) {
      const std::string reason = field.type == Type::bytes ? "Base64 decoding failed for " : "";
      found.push_back({path, "The value at '" + path + "' is not valid (" + type_name(field.type) +
                                 "), " + reason + quoted_value(node)});
    } else if (field.type == Type::message) {
      message(node, *field.message, path);
    } else if (field.type == Type::map) {
      each_member(node, [&](const std::string &name, JsonNode *item) {
        const Field entry{"", Type::message, false, field.message};
        value(item, entry, path + "[" + name + "]");
      });
    }
  }
};

} // namespace

std::vector<FieldViolation> violations(JsonNode *root, const Message &message)
{
  Walker walker;
  if (root && JSON_NODE_HOLDS_OBJECT(root))
    walker.message(root, message, "");
  else
    walker.found.push_back({"", "The JSON payload is not an object at its root."});
  return walker.found;
}

} // namespace gemini::emulator
