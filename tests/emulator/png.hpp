// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing pictures in shades of gray as PNG.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gemini::emulator {

// `pixels` holds width x height of them. The file is 8-bit gray; its bytes come in base64.
std::string gray_png_base64(const std::vector<std::uint8_t> &pixels, int width, int height);

} // namespace gemini::emulator
