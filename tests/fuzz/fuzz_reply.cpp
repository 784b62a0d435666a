// SPDX-License-Identifier: LGPL-2.1-or-later
// The body of a reply; its first byte chooses the task.
#include "invariants.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
  if (size == 0)
    return 0;
  const std::string body(reinterpret_cast<const char *>(data + 1), size - 1);
  gemini::fuzz::check_body(gemini::fuzz::options_of(data[0]), body);
  return 0;
}
