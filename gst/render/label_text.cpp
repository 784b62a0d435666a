// SPDX-License-Identifier: LGPL-2.1-or-later
// Cleans text character by character.
#include "render/label_text.hpp"

#include <glib.h>

#include <cstddef>

namespace gemini {
namespace {

// More than a line, or a third of a frame, can show. Bounds the work for the layout, whatever the
// model says.
constexpr std::size_t kMaxCharactersOfLabel = 200;
constexpr std::size_t kMaxCharactersOfText = 2000;
constexpr std::size_t kMaxBytesOfCharacter = 4;

enum class Lines { join, keep };

bool ends_line(gunichar c)
{
  return (c >= '\n' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

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

std::string clean(std::string_view text, std::size_t max_characters, Lines lines)
{
  // Holds as many whole characters even if each takes the most bytes.
  const std::string_view head = text.substr(0, max_characters * kMaxBytesOfCharacter);
  g_autofree gchar *valid = g_utf8_make_valid(head.data(), static_cast<gssize>(head.size()));

  std::string clean;
  char gap = 0; // what is due before the next character
  std::size_t n_characters = 0;
  const gchar *p = valid;
  const gchar *next = nullptr;
  for (; *p && n_characters < max_characters; p = next, ++n_characters) {
    const gunichar c = g_utf8_get_char(p);
    next = g_utf8_next_char(p);
    if (is_blank(c)) {
      if (!clean.empty() && gap != '\n')
        gap = lines == Lines::keep && ends_line(c) ? '\n' : ' ';
    } else if (!is_bidi_control(c)) {
      if (gap)
        clean += gap;
      gap = 0;
      clean.append(p, next);
    }
  }
  if (*p || head.size() < text.size())
    clean += "\u2026";
  return clean;
}

} // namespace

std::string clean_label(std::string_view label)
{
  return clean(label, kMaxCharactersOfLabel, Lines::join);
}

std::string clean_text(std::string_view text)
{
  return clean(text, kMaxCharactersOfText, Lines::keep);
}

} // namespace gemini
