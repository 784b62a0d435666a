// SPDX-License-Identifier: LGPL-2.1-or-later
// Cleans labels character by character.
#include "render/label_text.hpp"

#include <glib.h>

#include <cstddef>

namespace gemini {
namespace {

// More than one line of a frame can show. Bounds the work for the layout, whatever the model says.
constexpr std::size_t kMaxCharacters = 200;
constexpr std::size_t kMaxBytesOfCharacter = 4;

bool is_blank(gunichar c)
{
  switch (g_unichar_type(c)) {
  case G_UNICODE_CONTROL:
  case G_UNICODE_LINE_SEPARATOR:
  case G_UNICODE_PARAGRAPH_SEPARATOR:
  case G_UNICODE_SPACE_SEPARATOR:
    return true;
  default:
    return false;
  }
}

// Embeddings, overrides and isolates could turn round what stands beside them. Joiners stay:
// scripts and emoji need them.
bool is_bidi_control(gunichar c)
{
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

} // namespace

std::string clean_label(std::string_view label)
{
  // Holds kMaxCharacters whole characters even if each takes the most bytes.
  const std::string_view head = label.substr(0, kMaxCharacters * kMaxBytesOfCharacter);
  g_autofree gchar *valid = g_utf8_make_valid(head.data(), static_cast<gssize>(head.size()));

  std::string clean;
  bool is_space_due = false;
  std::size_t n_characters = 0;
  const gchar *p = valid;
  const gchar *next = nullptr;
  for (; *p && n_characters < kMaxCharacters; p = next, ++n_characters) {
    const gunichar c = g_utf8_get_char(p);
    next = g_utf8_next_char(p);
    if (is_blank(c)) {
      is_space_due = !clean.empty();
    } else if (!is_bidi_control(c)) {
      if (is_space_due)
        clean += ' ';
      is_space_due = false;
      clean.append(p, next);
    }
  }
  if (*p || head.size() < label.size())
    clean += "\u2026";
  return clean;
}

} // namespace gemini
