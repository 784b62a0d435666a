// SPDX-License-Identifier: LGPL-2.1-or-later
// Lists as users write them in a property.
#include "plugin/word_list.hpp"

#include "wire/text.hpp"

#include <algorithm>

namespace gemini {

std::vector<std::string> split_list(std::string_view text)
{
  std::vector<std::string> entries;
  while (!text.empty()) {
    const std::string_view entry = text.substr(0, text.find_first_of(",\n"));
    text.remove_prefix(std::min(entry.size() + 1, text.size()));
    const std::string_view word = wire::trimmed(entry);
    if (!word.empty() && std::find(entries.begin(), entries.end(), word) == entries.end())
      entries.emplace_back(word);
  }
  return entries;
}

} // namespace gemini
