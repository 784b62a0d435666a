// SPDX-License-Identifier: LGPL-2.1-or-later
// From a schema and sights to JSON.
#include "schema_answer.hpp"

#include "answer_schema.hpp"
#include "box_3d.hpp"
#include "classes.hpp"
#include "json.hpp"
#include "meaning.hpp"
#include "schema_choice.hpp"
#include "sentences.hpp"
#include "spatial_text.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace gemini::emulator {
namespace {

using Type = AnswerSchema::Type;

// One entry of a list: a thing, or a kind of things.
struct Entry {
  Sight *sight = nullptr; // of a kind, its heaviest
  std::string label;
  double confidence = 0;
  std::size_t count = 1;
  std::size_t number = 0; // in its list, from 0
};

// What a part of the schema is about.
struct Topic {
  Sights sights;
  bool is_named = false; // this part itself names its things
  const Entry *entry = nullptr;

  Sight *sight() const { return entry ? entry->sight : sights.empty() ? nullptr : sights.front(); }
};

class Filler {
public:
  explicit Filler(Subject &subject) : subject_(subject), seen_(subject.seen) {}

  // JSON; empty where there is nothing to say.
  std::string value(const std::string &name, const AnswerSchema &schema, const Topic &around)
  {
    // References may go round in circles, and in many at once.
    constexpr int kDeepest = 12;
    constexpr int kMost = 5000;
    if (depth_ >= kDeepest || ++n_values_ > kMost)
      return {};
    ++depth_;
    std::string out = filled(name, schema, narrowed(name, schema, around));
    --depth_;
    return out;
  }

  Topic whole() { return {seen_.asked_for(), false, nullptr}; }

private:
  static std::string own_words(const std::string &name, const AnswerSchema &schema)
  {
    return spelled_out(name) + ' ' + schema.words();
  }

  Topic narrowed(const std::string &name, const AnswerSchema &schema, const Topic &around)
  {
    // A description such as "the label, for example person" narrows nothing down.
    if (meaning_of(name) == Meaning::label)
      return around;
    auto named = seen_.named_in(own_words(name, schema));
    if (!named)
      return {around.sights, false, around.entry};
    if (!around.entry)
      return {*named, true, nullptr};
    std::erase_if(*named, [&](const Sight *sight) { return sight != around.entry->sight; });
    return {*named, true, around.entry};
  }

  std::string filled(const std::string &name, const AnswerSchema &schema, const Topic &topic)
  {
    if (const auto choices = schema.choices(); !choices.empty())
      return choice(schema, topic, choices);
    switch (schema.type()) {
    case Type::array:
      return array(name, schema, topic);
    case Type::object:
      return object(schema, topic);
    case Type::boolean:
      return topic.sights.empty() == is_negated(spelled_out(name)) ? "true" : "false";
    case Type::integer:
      return json::decimal(bounded(std::round(number(name, topic, 100)), schema), 0);
    case Type::number:
      return json::decimal(bounded(number(name, topic, 1), schema), 3);
    case Type::null:
      return "null";
    case Type::string:
    case Type::any:
      break;
    }
    return string(name, schema, topic);
  }

  std::string choice(const AnswerSchema &schema, const Topic &topic,
                     const std::vector<std::string> &choices)
  {
    const std::string word = topic.entry && !topic.is_named
                                 ? choose(seen_, {topic.entry->sight}, choices, topic.entry->label)
                                 : choose(seen_, topic.sights, choices, "");
    const bool is_text = schema.type() == Type::string || schema.type() == Type::any;
    return is_text ? json::quote(word) : word;
  }

  // `whole` is what a confidence of 1 is called.
  double number(const std::string &name, const Topic &topic, double whole)
  {
    const Meaning meaning = meaning_of(name);
    const Sight *sight = topic.sight();
    if (meaning == Meaning::confidence) {
      const double confidence = topic.entry ? topic.entry->confidence
                                : sight     ? seen_.confidence(*sight)
                                            : 0;
      return std::round(confidence * 100) / 100 * whole;
    }
    if (meaning == Meaning::share)
      return std::min(share_of_picture(topic.sights), 1.0) * whole;
    if (meaning == Meaning::index)
      return topic.entry ? static_cast<double>(topic.entry->number + 1) : 0;
    if (const auto place = coordinate(meaning, topic))
      return *place;
    if (topic.entry && !topic.is_named)
      return static_cast<double>(topic.entry->count);
    return static_cast<double>(topic.sights.size());
  }

  double share_of_picture(const Sights &sights)
  {
    double area = 0;
    for (const auto *sight : sights)
      area += (sight->box.right - sight->box.left) * (sight->box.bottom - sight->box.top);
    const Picture *picture = seen_.has_picture() ? &seen_.picture() : nullptr;
    return picture ? area / picture->width / picture->height : 0;
  }

  std::optional<double> coordinate(Meaning meaning, const Topic &topic)
  {
    Sight *sight = topic.sight();
    if (!sight)
      return std::nullopt;
    const auto across = [&](double x) { return scaled(x, seen_.picture().width); };
    const auto down = [&](double y) { return scaled(y, seen_.picture().height); };
    switch (meaning) {
    case Meaning::x:
      return across(point_in(seen_.outlined(*sight)).x);
    case Meaning::y:
      return down(point_in(seen_.outlined(*sight)).y);
    case Meaning::left:
      return across(sight->box.left);
    case Meaning::top:
      return down(sight->box.top);
    case Meaning::right:
      return across(sight->box.right);
    case Meaning::bottom:
      return down(sight->box.bottom);
    default:
      return std::nullopt;
    }
  }

  static double bounded(double value, const AnswerSchema &schema)
  {
    value = std::max(value, schema.limit("minimum").value_or(value));
    return std::min(value, schema.limit("maximum").value_or(value));
  }

  std::string string(const std::string &name, const AnswerSchema &schema, const Topic &topic)
  {
    const Sight *sight = topic.sight();
    if (!sight && schema.is_nullable())
      return "null";
    switch (meaning_of(name)) {
    case Meaning::label:
      return json::quote(topic.entry ? topic.entry->label : sight ? sight->label : "nothing");
    case Meaning::mask:
      return sight ? mask(schema, topic) : "";
    case Meaning::colour:
      return json::quote(colour(sight));
    default:
      break;
    }
    if (topic.entry && topic.entry->sight && !topic.is_named)
      return json::quote(description(*topic.entry->sight, seen_.picture()));
    return json::quote(topic.is_named && topic.sights.empty() ? "There is nothing of that kind."
                                                              : caption(seen_, topic.sights));
  }

  // Shapes are called by their colours; of other things it is not known.
  std::string colour(const Sight *sight) const
  {
    if (!sight || seen_.vision() != Vision::shapes)
      return "unknown";
    return sight->label.substr(0, sight->label.find(' '));
  }

  // The parts of one thing; empty where `meaning` is none of them.
  std::string part(Meaning meaning, const AnswerSchema &schema, const Topic &topic)
  {
    Sight *sight = topic.sight();
    if (!sight)
      return "[]";
    switch (meaning) {
    case Meaning::box:
      return box_2d(sight->box, seen_.picture());
    case Meaning::mask:
      return mask(schema, topic);
    case Meaning::point:
      return pair(point_in(seen_.outlined(*sight)), seen_.picture(), Axes::yx);
    case Meaning::box_3d:
      return box_3d(*sight, seen_.picture());
    default:
      return {};
    }
  }

  static bool is_part(Meaning meaning)
  {
    return meaning == Meaning::box || meaning == Meaning::mask || meaning == Meaning::point ||
           meaning == Meaning::box_3d;
  }

  std::string mask(const AnswerSchema &schema, const Topic &topic)
  {
    const auto dialect = subject_.masks.value_or(mask_dialect(schema));
    return mask_text(seen_.outlined(*topic.sight()), seen_.picture(), dialect);
  }

  // The one that the schema leaves room for.
  MaskDialect mask_dialect(const AnswerSchema &schema) const
  {
    if (schema.type() == Type::string)
      return subject_.model.family == Family::gemini_2_5 ? MaskDialect::placeholder
                                                         : MaskDialect::text;
    if (schema.type() == Type::object)
      return MaskDialect::inline_data;
    const auto items = schema.items();
    if (items && items->type() == Type::boolean)
      return MaskDialect::booleans;
    if (items && (items->type() == Type::integer || items->type() == Type::number))
      return MaskDialect::flat;
    const auto inner = items ? items->items() : std::nullopt;
    if (inner && inner->type() == Type::array)
      return MaskDialect::rings;
    return subject_.model.tier == Tier::robotics ? MaskDialect::polygon_yx : MaskDialect::polygon;
  }

  std::string array(const std::string &name, const AnswerSchema &schema, const Topic &topic)
  {
    if (const Meaning meaning = meaning_of(name); is_part(meaning))
      return part(meaning, schema, topic);
    const auto items = schema.items();
    std::vector<std::string> out;
    if (items && items->type() == Type::string)
      out = words(name, *items, topic);
    else if (items)
      out = entries_of(name, *items, topic);
    const auto most =
        static_cast<std::size_t>(std::max(schema.limit("maxItems").value_or(1e6), 0.0));
    out.resize(std::min(out.size(), most));
    return json::array(out);
  }

  // Each label once, or each choice that fits.
  std::vector<std::string> words(const std::string &name, const AnswerSchema &items,
                                 const Topic &topic)
  {
    std::vector<std::string> out;
    if (meaning_of_many(name) == Meaning::colour) {
      for (const auto *sight : topic.sights)
        add_new(out, json::quote(colour(sight)));
      return out;
    }
    for (const auto &one : classify(seen_, topic.sights, items.choices()))
      add_new(out, json::quote(one.label));
    return out;
  }

  static void add_new(std::vector<std::string> &list, const std::string &item)
  {
    if (std::ranges::count(list, item) == 0)
      list.push_back(item);
  }

  std::vector<std::string> entries_of(const std::string &name, const AnswerSchema &items,
                                      const Topic &topic)
  {
    const Meaning many = meaning_of_many(name);
    std::vector<std::string> out;
    for (const auto &entry : entries(items, topic)) {
      const Topic about{{entry.sight}, false, &entry};
      if (items.type() == Type::array && is_part(many))
        out.push_back(part(many, items, about));
      else if (items.type() == Type::object)
        out.push_back(object(items, about));
    }
    return out;
  }

  std::vector<Entry> entries(const AnswerSchema &items, const Topic &topic)
  {
    std::vector<Entry> out;
    const auto labels = labels_of(items);
    if (is_about_kinds(items)) {
      for (const auto &one : classify(seen_, topic.sights, labels))
        out.push_back(
            {one.sights.front(), one.label, one.confidence, one.sights.size(), out.size()});
      return out;
    }
    for (auto *sight : topic.sights) {
      if (const auto label = label_among(labels, seen_, *sight))
        out.push_back({sight, *label, seen_.confidence(*sight), 1, out.size()});
    }
    return out;
  }

  // A label with a confidence or a number, and no place.
  static bool is_about_kinds(const AnswerSchema &items)
  {
    bool has_label = false;
    bool has_number = false;
    for (const auto &[name, schema] : items.properties()) {
      const Meaning meaning = meaning_of(name);
      if (is_part(meaning) || meaning == Meaning::x || meaning == Meaning::left)
        return false;
      has_label = has_label || meaning == Meaning::label;
      has_number = has_number || meaning == Meaning::confidence || meaning == Meaning::count;
    }
    return has_label && has_number;
  }

  // Those of the schema, else those of the prompt.
  std::vector<std::string> labels_of(const AnswerSchema &items) const
  {
    for (const auto &[name, schema] : items.properties()) {
      if (auto choices = schema.choices(); meaning_of(name) == Meaning::label && !choices.empty())
        return choices;
    }
    return labels_allowed(subject_.request.text);
  }

  std::string object(const AnswerSchema &schema, const Topic &topic)
  {
    if (schema.is_nullable() && topic.is_named && topic.sights.empty())
      return "null";
    const auto properties = schema.properties();
    if (properties.empty())
      return counts(topic.sights);
    json::Members members;
    for (const auto &[name, property] : properties) {
      std::string text = value(name, property, topic);
      // What cannot be said is left out where that is allowed.
      if ((text.empty() || text == "[]") && property.is_nullable())
        text = "null";
      if (text.empty() && schema.requires_property(name))
        text = property.type() == Type::array ? "[]" : "\"\"";
      members.emplace_back(name, text);
    }
    return json::object(members);
  }

  std::string counts(const Sights &sights)
  {
    const auto kinds = classify(seen_, sights, {});
    json::Members members;
    for (const auto &kind : kinds)
      members.emplace_back(kind.label, std::to_string(kind.sights.size()));
    return json::object(members);
  }

  Subject &subject_;
  Seen &seen_;
  int depth_ = 0;
  int n_values_ = 0;
};

} // namespace

std::string schema_answer(Subject subject, const AnswerSchema &schema)
{
  Filler filler{subject};
  std::string answer = filler.value("", schema, filler.whole());
  // A single word is written without quotes.
  if (subject.request.is_enum && answer.size() > 1 && answer.front() == '"')
    answer = answer.substr(1, answer.size() - 2);
  return answer.empty() ? "null" : answer;
}

std::string schema_answer(Subject subject, const std::string &text)
{
  g_autoptr(JsonParser) parser = json_parser_new();
  if (!json_parser_load_from_data(parser, text.data(), static_cast<gssize>(text.size()), nullptr))
    return "{}";
  return schema_answer(subject, AnswerSchema{json_parser_get_root(parser)});
}

} // namespace gemini::emulator
