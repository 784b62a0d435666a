// SPDX-License-Identifier: LGPL-2.1-or-later
// Looking into JSON by JSONPath: request bodies and our own lines.
#pragma once

#include <json-glib/json-glib.h>

#include <string>

namespace gemini::test {

// How many values there are at a path such as "$.contents[0].parts[*]".
inline int json_count(const std::string &json, const char *path)
{
  g_autoptr(JsonParser) parser = json_parser_new();
  if (!json_parser_load_from_data(parser, json.data(), static_cast<gssize>(json.size()), nullptr))
    return 0;
  g_autoptr(JsonNode) found = json_path_query(path, json_parser_get_root(parser), nullptr);
  return found ? static_cast<int>(json_array_get_length(json_node_get_array(found))) : 0;
}

// The string, or the JSON of any other value, at a path; empty where there is none.
inline std::string json_at(const std::string &json, const char *path)
{
  g_autoptr(JsonParser) parser = json_parser_new();
  if (!json_parser_load_from_data(parser, json.data(), static_cast<gssize>(json.size()), nullptr))
    return {};
  g_autoptr(JsonNode) found = json_path_query(path, json_parser_get_root(parser), nullptr);
  if (!found || json_array_get_length(json_node_get_array(found)) == 0)
    return {};
  JsonNode *node = json_array_get_element(json_node_get_array(found), 0);
  if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
    return json_node_get_string(node);
  g_autofree char *text = json_to_string(node, FALSE);
  return text;
}

} // namespace gemini::test
