// SPDX-License-Identifier: LGPL-2.1-or-later
// Small helpers around JSON.
#include "json.hpp"

namespace gemini::emulator::json {

std::string quote(std::string_view text)
{
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      if (static_cast<unsigned char>(c) < 0x20) {
        constexpr char kHex[] = "0123456789abcdef";
        out += "\\u00";
        out += kHex[(c >> 4) & 15];
        out += kHex[c & 15];
      } else {
        out += c;
      }
    }
  }
  return out + '"';
}

std::string object(const Members &members)
{
  std::string out = "{";
  for (const auto &[name, value] : members) {
    if (value.empty())
      continue;
    if (out.size() > 1)
      out += ',';
    out += quote(name) + ':' + value;
  }
  return out + '}';
}

std::string array(const std::vector<std::string> &items)
{
  std::string out = "[";
  for (const auto &item : items) {
    if (out.size() > 1)
      out += ',';
    out += item;
  }
  return out + ']';
}

std::string decimal(double value, int digits)
{
  char format[8];
  g_snprintf(format, sizeof format, "%%.%df", digits);
  char text[64];
  std::string out = g_ascii_formatd(text, sizeof text, format, value);
  if (out.find('.') != std::string::npos) {
    out.erase(out.find_last_not_of('0') + 1);
    if (out.ends_with('.'))
      out.pop_back();
  }
  return out == "-0" ? "0" : out;
}

std::string snake_case(std::string_view camel_case)
{
  std::string out;
  for (const char c : camel_case) {
    if (g_ascii_isupper(c))
      out += '_';
    out += g_ascii_tolower(c);
  }
  return out;
}

JsonNode *member(JsonNode *object, std::string_view camel_case)
{
  if (!object || !JSON_NODE_HOLDS_OBJECT(object))
    return nullptr;
  JsonObject *members = json_node_get_object(object);
  JsonNode *found = json_object_get_member(members, std::string{camel_case}.c_str());
  if (!found)
    found = json_object_get_member(members, snake_case(camel_case).c_str());
  return found && !JSON_NODE_HOLDS_NULL(found) ? found : nullptr;
}

std::vector<JsonNode *> items(JsonNode *node)
{
  if (!node)
    return {};
  if (!JSON_NODE_HOLDS_ARRAY(node))
    return {node};
  std::vector<JsonNode *> out;
  JsonArray *array = json_node_get_array(node);
  for (guint i = 0; i < json_array_get_length(array); ++i)
    out.push_back(json_array_get_element(array, i));
  return out;
}

std::string string_member(JsonNode *object, std::string_view camel_case)
{
  JsonNode *node = member(object, camel_case);
  if (!node || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
    return {};
  return json_node_get_string(node);
}

bool is_true(JsonNode *node)
{
  return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_boolean(node);
}

double number(JsonNode *node)
{
  if (json_node_get_value_type(node) == G_TYPE_STRING)
    return g_ascii_strtod(json_node_get_string(node), nullptr);
  return json_node_get_double(node); // converts integers
}

} // namespace gemini::emulator::json
