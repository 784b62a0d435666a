// SPDX-License-Identifier: LGPL-2.1-or-later
// From the task to those who do it, and lists of things and of classes without a schema.
#include "model_text.hpp"

#include "box_3d.hpp"
#include "classes.hpp"
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
  return wrapped(subject.request, list_of(items));
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
  return wrapped(subject.request, list_of(items));
}

std::string answer(const Subject &subject)
{
  if (!subject.request.schema_text.empty())
    return schema_answer(subject, subject.request.schema_text);
  const Asked asked = read_task(subject.request.text);
  if (asked.things())
    return things(subject, asked);
  if (asked.classes)
    return classes(subject);
  if (const std::string schema = implied_schema(subject.request.text); !schema.empty())
    return wrapped(subject.request, schema_answer(subject, schema));
  return subject.request.is_json ? answer_as_json(subject.seen, subject.request.text)
                                 : answer_in_words(subject.seen, subject.request.text);
}

} // namespace

ModelText model_text(const GenerateRequest &request, const Model &model, Vision vision, Eyes &eyes,
                     std::optional<MaskDialect> masks)
{
  Seen seen{request, vision, eyes};
  return {request.wants_thoughts ? thoughts(seen) : "", answer({request, model, seen, masks})};
}

} // namespace gemini::emulator
