// SPDX-License-Identifier: LGPL-2.1-or-later
// The fields that only Vertex AI knows, added to those of the Developer API.
#include "schema.hpp"

#include <algorithm>

namespace gemini::emulator {
namespace {

using enum Type;

constexpr std::string_view kBlockMethods[] = {"HARM_BLOCK_METHOD_UNSPECIFIED", "SEVERITY",
                                              "PROBABILITY"};

// A message with more fields than another one; a field of the same name takes its place.
class ExtendedMessage {
public:
  ExtendedMessage(const Message &base, std::initializer_list<Field> more)
      : fields_(base.fields.begin(), base.fields.end())
  {
    for (const auto &field : more) {
      const auto same = std::ranges::find(fields_, std::string_view{field.name},
                                          [](const Field &f) { return std::string_view{f.name}; });
      if (same == fields_.end())
        fields_.push_back(field);
      else
        *same = field;
    }
    message_.fields = fields_;
  }
  ExtendedMessage(const ExtendedMessage &) = delete;
  ExtendedMessage &operator=(const ExtendedMessage &) = delete;

  const Message &message() const { return message_; }

private:
  std::vector<Field> fields_;
  Message message_;
};

// The message of a field of the Developer API's request.
const Message &message_of(std::string_view name)
{
  const auto fields = generate_content_request().fields;
  return *std::ranges::find(fields, name, [](const Field &f) {
            return std::string_view{f.name};
          })->message;
}

const Message &generation_config()
{
  static const ExtendedMessage message{
      message_of("generationConfig"),
      {{"audioTimestamp", boolean},
       {"audioTranscriptionConfig", anything},
       {"modelConfig", anything},
       {"routingConfig", anything}},
  };
  return message.message();
}

const Message &safety_setting()
{
  static const ExtendedMessage message{message_of("safetySettings"),
                                       {{"method", word, false, nullptr, kBlockMethods}}};
  return message.message();
}

} // namespace

const Message &vertex_generate_content_request()
{
  static const ExtendedMessage message{
      generate_content_request(),
      {{"generationConfig", Type::message, false, &generation_config()},
       {"safetySettings", Type::message, true, &safety_setting()},
       {"labels", anything},
       {"modelArmorConfig", anything}},
  };
  return message.message();
}

// No request in the request, but parts of one beside the contents.
const Message &vertex_count_tokens_request()
{
  static const Field fields[] = {
      {"model", string},
      {"contents", message, true, &message_of("contents")},
      {"systemInstruction", message, false, &message_of("systemInstruction")},
      {"tools", anything, true},
      {"generationConfig", message, false, &generation_config()},
  };
  static const Message message{fields};
  return message;
}

} // namespace gemini::emulator
