// SPDX-License-Identifier: LGPL-2.1-or-later
// The fields of the service's request messages, as far as they are documented.
#include "schema.hpp"

namespace gemini::emulator {
namespace {

using enum Type;

constexpr bool kRepeated = true;

constexpr std::string_view kMediaResolutions[] = {"MEDIA_RESOLUTION_UNSPECIFIED",
                                                  "MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_MEDIUM",
                                                  "MEDIA_RESOLUTION_HIGH"};
constexpr std::string_view kPartMediaResolutions[] = {
    "MEDIA_RESOLUTION_UNSPECIFIED", "MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_MEDIUM",
    "MEDIA_RESOLUTION_HIGH", "MEDIA_RESOLUTION_ULTRA_HIGH"};
constexpr std::string_view kThinkingLevels[] = {"THINKING_LEVEL_UNSPECIFIED", "MINIMAL", "LOW",
                                                "MEDIUM", "HIGH"};
constexpr std::string_view kModalities[] = {"MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "AUDIO"};
constexpr std::string_view kServiceTiers[] = {"unspecified", "standard", "flex", "priority"};
constexpr std::string_view kSchemaTypes[] = {
    "TYPE_UNSPECIFIED", "STRING", "NUMBER",  "INTEGER", "BOOLEAN", "ARRAY",  "OBJECT", "NULL",
    "string",           "number", "integer", "boolean", "array",   "object", "null"};
constexpr std::string_view kCategories[] = {
    "HARM_CATEGORY_UNSPECIFIED",       "HARM_CATEGORY_HARASSMENT",
    "HARM_CATEGORY_HATE_SPEECH",       "HARM_CATEGORY_SEXUALLY_EXPLICIT",
    "HARM_CATEGORY_DANGEROUS_CONTENT", "HARM_CATEGORY_CIVIC_INTEGRITY"};
constexpr std::string_view kThresholds[] = {"HARM_BLOCK_THRESHOLD_UNSPECIFIED",
                                            "BLOCK_LOW_AND_ABOVE",
                                            "BLOCK_MEDIUM_AND_ABOVE",
                                            "BLOCK_ONLY_HIGH",
                                            "BLOCK_NONE",
                                            "OFF"};

constexpr Field kBlobFields[] = {{"mimeType", string}, {"data", bytes}, {"displayName", string}};
constexpr Message kBlob{kBlobFields};

constexpr Field kFileDataFields[] = {
    {"mimeType", string}, {"fileUri", string}, {"displayName", string}};
constexpr Message kFileData{kFileDataFields};

constexpr Field kVideoMetadataFields[] = {
    {"startOffset", duration}, {"endOffset", duration}, {"fps", number}};
constexpr Message kVideoMetadata{kVideoMetadataFields};

constexpr Field kPartMediaResolutionFields[] = {
    {"level", word, false, nullptr, kPartMediaResolutions}, {"numTokens", int32}};
constexpr Message kPartMediaResolution{kPartMediaResolutionFields};

constexpr Field kPartFields[] = {
    {"text", string},
    {"inlineData", message, false, &kBlob},
    {"fileData", message, false, &kFileData},
    {"functionCall", anything},
    {"functionResponse", anything},
    {"executableCode", anything},
    {"codeExecutionResult", anything},
    {"toolCall", anything},
    {"toolResponse", anything},
    {"thought", boolean},
    {"thoughtSignature", bytes},
    {"videoMetadata", message, false, &kVideoMetadata},
    {"mediaResolution", message, false, &kPartMediaResolution},
    {"partMetadata", anything},
};
constexpr Message kPart{kPartFields};

constexpr Field kContentFields[] = {{"role", string}, {"parts", message, kRepeated, &kPart}};
constexpr Message kContent{kContentFields};

extern const Message kSchema; // it holds itself

const Field kSchemaFields[] = {
    {"type", word, false, nullptr, kSchemaTypes},
    {"format", string},
    {"title", string},
    {"description", string},
    {"nullable", boolean},
    {"enum", string, kRepeated},
    {"items", message, false, &kSchema},
    {"minItems", int64},
    {"maxItems", int64},
    {"properties", map, false, &kSchema},
    {"required", string, kRepeated},
    {"minProperties", int64},
    {"maxProperties", int64},
    {"propertyOrdering", string, kRepeated},
    {"minimum", number},
    {"maximum", number},
    {"minLength", int64},
    {"maxLength", int64},
    {"pattern", string},
    {"example", anything},
    {"default", anything},
    {"anyOf", message, kRepeated, &kSchema},
};
const Message kSchema{kSchemaFields};

constexpr Field kThinkingConfigFields[] = {
    {"includeThoughts", boolean},
    {"thinkingBudget", int32},
    {"thinkingLevel", word, false, nullptr, kThinkingLevels},
};
constexpr Message kThinkingConfig{kThinkingConfigFields};

const Field kGenerationConfigFields[] = {
    {"responseMimeType", string},
    {"responseSchema", message, false, &kSchema},
    {"responseJsonSchema", anything},
    {"responseFormat", anything},
    {"temperature", number},
    {"topP", number},
    {"topK", number},
    {"seed", int32},
    {"maxOutputTokens", int32},
    {"candidateCount", int32},
    {"stopSequences", string, kRepeated},
    {"thinkingConfig", message, false, &kThinkingConfig},
    {"mediaResolution", word, false, nullptr, kMediaResolutions},
    {"responseModalities", word, kRepeated, nullptr, kModalities},
    {"presencePenalty", number},
    {"frequencyPenalty", number},
    {"responseLogprobs", boolean},
    {"logprobs", int32},
    {"speechConfig", anything},
    {"imageConfig", anything},
};
const Message kGenerationConfig{kGenerationConfigFields};

constexpr Field kSafetySettingFields[] = {
    {"category", word, false, nullptr, kCategories},
    {"threshold", word, false, nullptr, kThresholds},
};
constexpr Message kSafetySetting{kSafetySettingFields};

const Field kGenerateContentFields[] = {
    {"model", string},
    {"systemInstruction", message, false, &kContent},
    {"contents", message, kRepeated, &kContent},
    {"tools", anything, kRepeated},
    {"toolConfig", anything},
    {"safetySettings", message, kRepeated, &kSafetySetting},
    {"generationConfig", message, false, &kGenerationConfig},
    {"cachedContent", string},
    {"serviceTier", word, false, nullptr, kServiceTiers},
};
const Message kGenerateContent{kGenerateContentFields};

const Field kCountTokensFields[] = {
    {"model", string},
    {"contents", message, kRepeated, &kContent},
    {"generateContentRequest", message, false, &kGenerateContent},
};
const Message kCountTokens{kCountTokensFields};

} // namespace

const Message &generate_content_request()
{
  return kGenerateContent;
}

const Message &count_tokens_request()
{
  return kCountTokens;
}

} // namespace gemini::emulator
