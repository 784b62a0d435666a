// SPDX-License-Identifier: LGPL-2.1-or-later
// Walking a request in search of names.
#include "refusal.hpp"

#include "json.hpp"

#include <algorithm>

namespace gemini::emulator {
namespace {

// `path` is that of `node`, in snake_case.
void search(JsonNode *node, const std::vector<std::string> &names, const std::string &path,
            std::vector<FieldViolation> &found)
{
  if (JSON_NODE_HOLDS_ARRAY(node)) {
    int index = 0;
    for (JsonNode *item : json::items(node))
      search(item, names, path + "[" + std::to_string(index++) + "]", found);
    return;
  }
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return;
  JsonObject *object = json_node_get_object(node);
  g_autoptr(GList) members = json_object_get_members(object);
  for (GList *l = members; l; l = l->next) {
    const std::string name = static_cast<const char *>(l->data);
    const bool is_refused = std::ranges::any_of(names, [&](const std::string &refused) {
      return name == refused || name == json::snake_case(refused);
    });
    if (is_refused)
      found.push_back(unknown_name(name, path));
    else
      search(json_object_get_member(object, name.c_str()), names,
             path + (path.empty() ? "" : ".") + json::snake_case(name), found);
  }
}

} // namespace

std::vector<FieldViolation> refused_fields(JsonNode *root, const std::vector<std::string> &names)
{
  std::vector<FieldViolation> found;
  search(root, names, "", found);
  return found;
}

} // namespace gemini::emulator
