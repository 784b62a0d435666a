// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes text of unknown origin fit to be drawn.
#pragma once

#include <string>
#include <string_view>

namespace gemini {

// Valid UTF-8 in one line: what is not UTF-8 becomes U+FFFD; runs of white space and control
// characters become one space; characters that reorder the text around them go; what nobody could
// read on a frame is cut and ends in an ellipsis. Markup is text like any other.
std::string clean_label(std::string_view label);

// The same, but lines stay apart (by one '\n'; empty ones go), and there may be as much of it as
// somebody would read on a frame.
std::string clean_text(std::string_view text);

} // namespace gemini
