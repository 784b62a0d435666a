// SPDX-License-Identifier: LGPL-2.1-or-later
// Colours of labels: the same label has the same colour on every frame, in every run, on every
// machine.
#pragma once

#include "render/pixels.hpp"

#include <string_view>

namespace gemini {

// Upper and lower case make no difference.
Color color_of(std::string_view label);
// Black or white, whichever reads better on `background`.
Color ink_on(Color background);

} // namespace gemini
