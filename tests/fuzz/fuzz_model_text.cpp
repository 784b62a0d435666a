// SPDX-License-Identifier: LGPL-2.1-or-later
// What a model wrote, in an envelope that is in order; the first byte chooses the task.
#include "invariants.hpp"
#include "wire/json_write.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
  if (size == 0)
    return 0;
  std::string body = R"({"candidates":[{"content":{"parts":[{"text":)";
  gemini::wire::append_quoted(body, {reinterpret_cast<const char *>(data + 1), size - 1});
  body += R"(}]},"finishReason":"STOP"}],"modelVersion":"m"})";
  gemini::fuzz::check_body(gemini::fuzz::options_of(data[0]), body);
  return 0;
}
