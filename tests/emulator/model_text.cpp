// SPDX-License-Identifier: LGPL-2.1-or-later
// From the task to those who do it, and lists of things and of classes without a schema.
#include "model_text.hpp"

#include "box_3d.hpp"
#include "classes.hpp"
#include "frames.hpp"
#include "implied_schema.hpp"
#include "json.hpp"
#include "schema_answer.hpp"
#include "seen.hpp"
#include "sentences.hpp"
#include "spatial_text.hpp"
#include "task.hpp"

#include <vector>

namespace gemini::emulator {
namespace {

// As models write them: one thing a line.
std::string list_of(const std::vector<std::string> &items)
{
  std::string out = "[";
  for (const auto &item : items)
    out += (out.size() > 1 ? ",\n  " : "\n  ") + item;
  return out + (items.empty() ? "]" : "\n]");
}

// Bare in JSON mode, and otherwise in a fence.
std::string wrapped(const GenerateRequest &request, const std::string &list)
{
  return request.is_json ? list : "```json\n" + list + "\n```";
}

std::string spaced_object(const json::Members &members)
{
  std::string out;
  for (const auto &[name, value] : members) {
    if (!value.empty())
      out += (out.empty() ? "{" : ", ") + json::quote(name) + ": " + value;
  }
  return out + "}";
}

// Without a schema only the 2.5 models draw masks, and not the smallest of them; in JSON mode they
// write something in their place.
MaskDialect usual_masks(const Subject &subject)
{
  if (subject.model.family != Family::gemini_2_5 || subject.model.tier == Tier::flash_lite)
    return MaskDialect::none;
  return subject.request.is_json ? MaskDialect::placeholder : MaskDialect::png;
}

std::string things(const Subject &subject, const Asked &asked)
{
  Seen &seen = subject.seen;
  const MaskDialect masks = subject.masks.value_or(usual_masks(subject));
  const auto labels = labels_allowed(subject.request.text);
  std::vector<std::string> items;
  for (auto *sight : seen.asked_for()) {
    const auto label = label_among(labels, seen, *sight);
    if (!label)
      continue;
    const Picture &picture = seen.picture();
    json::Members members;
    if (asked.points)
      members.emplace_back("point", pair(point_in(seen.outlined(*sight)), picture, Axes::yx));
    if (asked.boxes)
      members.emplace_back("box_2d", box_2d(sight->box, picture));
    if (asked.masks && masks != MaskDialect::none)
      members.emplace_back("mask", mask_text(seen.outlined(*sight), picture, masks));
    if (asked.boxes_3d)
      members.emplace_back("box_3d", box_3d(*sight, picture));
    members.emplace_back("label", json::quote(*label));
    if (asked.confidence)
      members.emplace_back("confidence", json::decimal(seen.confidence(*sight), 2));
    items.push_back(spaced_object(members));
  }
  return list_of(items);
}

std::string classes(const Subject &subject)
{
  Seen &seen = subject.seen;
  const auto labels = labels_allowed(subject.request.text);
  std::vector<std::string> items;
  for (const auto &one :
       classify(seen, labels.empty() ? seen.asked_for() : seen.everything(), labels))
    items.push_back(spaced_object(
        {{"label", json::quote(one.label)}, {"confidence", json::decimal(one.confidence, 2)}}));
  return list_of(items);
}

// The JSON that a prompt asks for in words; empty where it wants none.
std::string asked_json(const Subject &subject)
{
  const Asked asked = read_task(subject.request.text);
  if (asked.things())
    return things(subject, asked);
  if (asked.classes)
    return classes(subject);
  const std::string schema = implied_schema(subject.request.text);
  return schema.empty() ? "" : schema_answer(subject, schema);
}

std::string answer(const Subject &subject)
{
  if (!subject.request.schema_text.empty())
    return schema_answer(subject, subject.request.schema_text);
  if (const std::string json = asked_json(subject); !json.empty())
    return wrapped(subject.request, json);
  return subject.request.is_json ? answer_as_json(subject.seen, subject.request.text)
                                 : answer_in_words(subject.seen, subject.request.text);
}

// What a list of answers holds for one picture.
std::string result(const Subject &subject, const std::optional<AnswerSchema> &schema)
{
  if (schema)
    return schema_answer(subject, *schema);
  const std::string json = asked_json(subject);
  return json.empty() ? json::quote(answer_in_words(subject.seen, subject.request.text)) : json;
}

// Each picture by itself.
ModelText answers(const GenerateRequest &request, const Model &model, Vision vision, Eyes &eyes,
                  std::optional<MaskDialect> masks)
{
  g_autoptr(JsonParser) parser = json_parser_new();
  std::optional<AnswerSchema> schema;
  if (!request.schema_text.empty() &&
      json_parser_load_from_data(parser, request.schema_text.c_str(), -1, nullptr))
    schema = result_schema(AnswerSchema{json_parser_get_root(parser)});
  ModelText out;
  std::vector<std::string> items;
  for (std::size_t i = 0; i < n_frames(request); ++i) {
    const GenerateRequest one = frame_request(request, i);
    Seen seen{one, vision, eyes};
    if (request.wants_thoughts)
      out.thoughts += thoughts(seen) + '\n';
    items.push_back(spaced_object(
        {{"image", std::to_string(i + 1)}, {"result", result({one, model, seen, masks}, schema)}}));
  }
  out.answer = request.schema_text.empty() ? wrapped(request, list_of(items)) : json::array(items);
  return out;
}

} // namespace

ModelText model_text(const GenerateRequest &request, const Model &model, Vision vision, Eyes &eyes,
                     std::optional<MaskDialect> masks)
{
  if (is_per_frame(request))
    return answers(request, model, vision, eyes, masks);
  Seen seen{request, vision, eyes};
  return {request.wants_thoughts ? thoughts(seen) : "", answer({request, model, seen, masks})};
}

} // namespace gemini::emulator
