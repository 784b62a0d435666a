// SPDX-License-Identifier: LGPL-2.1-or-later
// Lists as users write them in a property.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gemini {

// One entry per comma or line, without space around it; empty ones and repetitions are left out.
std::vector<std::string> split_list(std::string_view text);

} // namespace gemini
