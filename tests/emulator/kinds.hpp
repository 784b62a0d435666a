// SPDX-License-Identifier: LGPL-2.1-or-later
// Which kinds of things a prompt names.
#pragma once

#include "options.hpp"

#include <functional>
#include <string_view>

namespace gemini::emulator {

// Whether a thing with that label is asked for.
using KindFilter = std::function<bool(std::string_view label)>;

// Understands the labels of COCO, their plurals and a few other words for them (people, vehicles),
// or the colours and forms of shapes. A prompt that names none of them asks for everything. What
// stands in braces is taken for an example of the answer's format and not read.
KindFilter kinds_named(Vision vision, std::string_view prompt);

} // namespace gemini::emulator
