// SPDX-License-Identifier: LGPL-2.1-or-later
// Which kinds of things a prompt names.
#pragma once

#include "options.hpp"

#include <functional>
#include <optional>
#include <string_view>

namespace gemini::emulator {

// Whether a thing with that label is asked for.
using KindFilter = std::function<bool(std::string_view label)>;

// Understands the labels of COCO, their plurals and a few other words for them (people, vehicles),
// or the colours and forms of shapes. What stands in braces is taken for an example of the answer's
// format and not read. Nothing where the text names no kinds.
std::optional<KindFilter> find_kinds(Vision vision, std::string_view text);

// The same for a prompt: one that names no kinds asks for everything.
KindFilter kinds_named(Vision vision, std::string_view prompt);

} // namespace gemini::emulator
