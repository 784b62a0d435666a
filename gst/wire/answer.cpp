// SPDX-License-Identifier: LGPL-2.1-or-later
// The answer to a question of the user's own.
#include "wire/answer.hpp"

#include "wire/caption.hpp"
#include "wire/json.hpp"
#include "wire/json_write.hpp"
#include "wire/model_text.hpp"
#include "wire/objects.hpp"
#include "wire/text.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace gemini::wire {
namespace {

// More than any model writes in one answer.
constexpr std::size_t kMaxJsonBytes = std::size_t{1} << 20;

std::optional<std::string> one_line_of_json(Json value, Problems &problems)
{
  std::string json;
  if (append_json(json, value, kMaxJsonBytes))
    return json;
  problems.add("the JSON is longer than " + std::to_string(kMaxJsonBytes) + " bytes");
  return std::nullopt;
}

// A schema may ask for a single word or number. `text` is trimmed.
std::optional<std::string> read_scalar(std::string_view text)
{
  if (text.empty() || text.size() > kMaxTextBytes)
    return std::nullopt;
  const JsonDocument document = JsonDocument::whole("[" + std::string{text} + "]");
  const Json value = document.root().front();
  if (document.root().size() != 1 || value.is_array() || value.is_object())
    return std::nullopt;
  std::string json;
  append_json(json, value, kMaxJsonBytes);
  return json;
}

bool holds_object(Json value)
{
  return value.is_object() ||
         std::any_of(value.begin(), value.end(), [](Json child) { return child.is_object(); });
}

// Of several values in the text, the one that holds most. Brackets in prose are no answer.
const JsonDocument::Root *main_root(const JsonDocument &document)
{
  const JsonDocument::Root *most = nullptr;
  for (const JsonDocument::Root &root : document.roots()) {
    const bool is_prose = root.is_damaged && !holds_object(document.value(root));
    if (!is_prose && (!most || root.values > most->values))
      most = &root;
  }
  return most;
}

// Whether a whole value was not taken that is no brackets of prose.
bool leaves_values_out(const JsonDocument &document, const JsonDocument::Root *taken)
{
  const std::vector<JsonDocument::Root> &roots = document.roots();
  return std::any_of(roots.begin(), roots.end(), [&](const JsonDocument::Root &root) {
    const Json value = document.value(root);
    return &root != taken && !root.is_damaged && holds_object(value) && value.size() > 0;
  });
}

// Takes from the text what there is of JSON.
std::optional<std::string> salvage(const JsonDocument &document, std::string_view text,
                                   Problems &problems)
{
  const JsonDocument::Root *root = main_root(document);
  if (!root) {
    problems.add("no JSON in the answer: " + safe_line(text, 80));
    return std::nullopt;
  }
  if (document.is_full())
    problems.add("the answer is too long, its end was not read");
  else if (root->is_cut)
    problems.add("the JSON ends in the middle");
  if (root->is_damaged)
    problems.add("some of the JSON could not be read and was skipped");
  if (leaves_values_out(document, root))
    problems.add("only one of several values of JSON was taken");
  return one_line_of_json(document.value(*root), problems);
}

} // namespace

Answer read_answer(std::string_view text, const ReadOptions &options, Problems &problems)
{
  const std::string_view inside = unfenced(text);
  const JsonDocument document = JsonDocument::scattered(inside);
  Answer answer;
  if (document.is_single())
    answer.json = one_line_of_json(document.root(), problems);
  else if (options.has_schema)
    answer.json = read_scalar(inside);
  if (!document.is_single() && options.has_schema && !answer.json)
    answer.json = salvage(document, inside, problems);
  if (!options.has_schema || !answer.json)
    answer.text = bounded_text(text, problems);
  answer.objects = read_objects_by_the_way(document, options, problems);
  return answer;
}

} // namespace gemini::wire
