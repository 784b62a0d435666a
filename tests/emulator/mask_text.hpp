// SPDX-License-Identifier: LGPL-2.1-or-later
// Masks in all the ways that models have been seen to write them.
#pragma once

#include "eyes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gemini::emulator {

enum class MaskDialect {
  none,
  png,         // "data:image/png;base64,...": 256x256 probabilities over the box
  base64,      // the same without its prefix
  inline_data, // the same as {"inline_data": {"mime_type": ..., "data": ...}}
  placeholder, // "gimme_mask_for_this"
  polygon,     // [[x, y], ...] of the largest ring
  polygon_yx,  // [[y, x], ...]
  flat,        // [y, x, y, x, ...]
  chunks,      // [[y, x, y, x, ...], ...], a list for each ring
  rings,       // [[[x, y], ...], ...]: holes too
  text,        // "y,x,y,x"
  tokens,      // "<start_of_mask><seg_18>...": 16 tokens that nobody can read
  tokens_png,  // the tokens, then a data URL
  booleans,    // [true, false, ...]
};

// The dialect that a fault script calls so ("inline-data"); nothing where there is none.
std::optional<MaskDialect> mask_dialect_by_word(std::string_view word);

// The mask of an outlined thing as JSON; empty where it has no outline or the dialect no masks.
std::string mask_text(const Sight &sight, const Picture &picture, MaskDialect dialect);

} // namespace gemini::emulator
