// SPDX-License-Identifier: LGPL-2.1-or-later
// GObject properties from one table (name, text, range, field): specs, defaults, getters and
// setters follow from it.
//
//   struct Settings { unsigned width = 0; std::optional<std::string> prompt; Mode mode = {}; };
//
//   constexpr Property<Settings> kProperties[] = {
//       property<&Settings::width>("width", "Width", "In pixels.", {0, 64}, kPlaying),
//       property<&Settings::prompt>("prompt", "Prompt", "What to look for.", kPlaying),
//       property<&Settings::mode>("mode", "Mode", "When to wait.", mode_get_type, kReady),
//   };
//
//   install_properties<Settings>(G_OBJECT_CLASS(klass), kProperties);   // in class_init
//   get_property<Settings>(kProperties, id, settings, value);           // in the vmethods, under
//   set_property<Settings>(kProperties, id, settings, value);           // the element's own lock
//
// Ids count from 1 in the order of the table, so properties of another kind may follow with
// higher ids. Nothing here locks.
#pragma once

#include "core/sampler.hpp"

#include <gst/gst.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <variant>

namespace gemini {

// Until which state a property may be changed, and whether it can be read back. Secrets cannot.
inline constexpr auto kReady =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
inline constexpr auto kPlaying = static_cast<GParamFlags>(
    G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);
// Control bindings may drive it, too.
inline constexpr auto kControlled = static_cast<GParamFlags>(kPlaying | GST_PARAM_CONTROLLABLE);
inline constexpr auto kSecretReady =
    static_cast<GParamFlags>(G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
inline constexpr auto kSecretPlaying =
    static_cast<GParamFlags>(G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

template <typename T> struct Range {
  T min;
  T max;
};

using GetType = GType (*)();

// What a value of the property may be; nothing for booleans and strings.
using Domain = std::variant<std::monostate, Range<int>, Range<unsigned>, Range<std::uint64_t>,
                            Range<double>, Range<Rate>, GetType>;

template <typename Settings> struct Property {
  const char *name;
  const char *nick;
  const char *blurb;
  Domain domain;
  GParamFlags flags;
  GParamSpec *(*make_spec)(const Property &);
  void (*get)(const Settings &, GValue *);
  void (*set)(Settings &, const GValue *);
};

template <typename T>
concept RangedField = std::same_as<T, int> || std::same_as<T, unsigned> ||
    std::same_as<T, std::uint64_t> || std::same_as<T, double> || std::same_as<T, Rate>;
// An enumeration is a GEnum or a GFlags type, as its GType says.
template <typename T>
concept TypedField = std::is_enum_v<T>;
// A null string puts a std::string back to its default; in a std::optional it means "not set".
template <typename T>
concept PlainField = std::same_as<T, bool> || std::same_as<T, std::string> ||
    std::same_as<T, std::optional<std::string>>;

namespace detail {

template <auto member> struct Field;
template <typename S, typename T, T S::*member> struct Field<member> {
  using Settings = S;
  using Type = T;
};

template <auto member> GParamSpec *make_spec(const Property<typename Field<member>::Settings> &p)
{
  using T = typename Field<member>::Type;
  const typename Field<member>::Settings defaults{};
  const T &value = defaults.*member;

  if constexpr (std::same_as<T, bool>) {
    return g_param_spec_boolean(p.name, p.nick, p.blurb, value, p.flags);
  } else if constexpr (std::same_as<T, std::string>) {
    return g_param_spec_string(p.name, p.nick, p.blurb, value.c_str(), p.flags);
  } else if constexpr (std::same_as<T, std::optional<std::string>>) {
    return g_param_spec_string(p.name, p.nick, p.blurb, value ? value->c_str() : nullptr, p.flags);
  } else if constexpr (std::is_enum_v<T>) {
    const GType type = std::get<GetType>(p.domain)();
    if (G_TYPE_IS_FLAGS(type))
      return g_param_spec_flags(p.name, p.nick, p.blurb, type, static_cast<guint>(value), p.flags);
    return g_param_spec_enum(p.name, p.nick, p.blurb, type, static_cast<gint>(value), p.flags);
  } else {
    const auto &[min, max] = std::get<Range<T>>(p.domain);
    if constexpr (std::same_as<T, int>)
      return g_param_spec_int(p.name, p.nick, p.blurb, min, max, value, p.flags);
    else if constexpr (std::same_as<T, unsigned>)
      return g_param_spec_uint(p.name, p.nick, p.blurb, min, max, value, p.flags);
    else if constexpr (std::same_as<T, std::uint64_t>)
      return g_param_spec_uint64(p.name, p.nick, p.blurb, min, max, value, p.flags);
    else if constexpr (std::same_as<T, double>)
      return g_param_spec_double(p.name, p.nick, p.blurb, min, max, value, p.flags);
    else
      return gst_param_spec_fraction(p.name, p.nick, p.blurb, min.numerator, min.denominator,
                                     max.numerator, max.denominator, value.numerator,
                                     value.denominator, p.flags);
  }
}

template <auto member> void get_field(const typename Field<member>::Settings &settings, GValue *out)
{
  using T = typename Field<member>::Type;
  const T &value = settings.*member;

  if constexpr (std::same_as<T, bool>)
    g_value_set_boolean(out, value);
  else if constexpr (std::same_as<T, std::string>)
    g_value_set_string(out, value.c_str());
  else if constexpr (std::same_as<T, std::optional<std::string>>)
    g_value_set_string(out, value ? value->c_str() : nullptr);
  else if constexpr (std::same_as<T, int>)
    g_value_set_int(out, value);
  else if constexpr (std::same_as<T, unsigned>)
    g_value_set_uint(out, value);
  else if constexpr (std::same_as<T, std::uint64_t>)
    g_value_set_uint64(out, value);
  else if constexpr (std::same_as<T, double>)
    g_value_set_double(out, value);
  else if constexpr (std::same_as<T, Rate>)
    gst_value_set_fraction(out, value.numerator, value.denominator);
  else if (G_VALUE_HOLDS_FLAGS(out))
    g_value_set_flags(out, static_cast<guint>(value));
  else
    g_value_set_enum(out, static_cast<gint>(value));
}

template <auto member> void set_field(typename Field<member>::Settings &settings, const GValue *in)
{
  using T = typename Field<member>::Type;
  T &field = settings.*member;

  if constexpr (std::same_as<T, bool>) {
    field = g_value_get_boolean(in) != FALSE;
  } else if constexpr (std::same_as<T, std::string>) {
    const gchar *text = g_value_get_string(in);
    field = text ? std::string(text) : typename Field<member>::Settings{}.*member;
  } else if constexpr (std::same_as<T, std::optional<std::string>>) {
    const gchar *text = g_value_get_string(in);
    field = text ? std::optional<std::string>(text) : std::nullopt;
  } else if constexpr (std::same_as<T, int>) {
    field = g_value_get_int(in);
  } else if constexpr (std::same_as<T, unsigned>) {
    field = g_value_get_uint(in);
  } else if constexpr (std::same_as<T, std::uint64_t>) {
    field = g_value_get_uint64(in);
  } else if constexpr (std::same_as<T, double>) {
    field = g_value_get_double(in);
  } else if constexpr (std::same_as<T, Rate>) {
    field = {gst_value_get_fraction_numerator(in), gst_value_get_fraction_denominator(in)};
  } else if (G_VALUE_HOLDS_FLAGS(in)) {
    field = static_cast<T>(g_value_get_flags(in));
  } else {
    field = static_cast<T>(g_value_get_enum(in));
  }
}

template <auto member>
constexpr Property<typename Field<member>::Settings>
entry(const char *name, const char *nick, const char *blurb, Domain domain, GParamFlags flags)
{
  return {
      name, nick, blurb, domain, flags, make_spec<member>, get_field<member>, set_field<member>};
}

} // namespace detail

template <auto member>
requires PlainField<typename detail::Field<member>::Type>
constexpr auto property(const char *name, const char *nick, const char *blurb, GParamFlags flags)
{
  return detail::entry<member>(name, nick, blurb, std::monostate{}, flags);
}

template <auto member>
requires RangedField<typename detail::Field<member>::Type>
constexpr auto property(const char *name, const char *nick, const char *blurb,
                        Range<typename detail::Field<member>::Type> range, GParamFlags flags)
{
  return detail::entry<member>(name, nick, blurb, range, flags);
}

template <auto member>
requires TypedField<typename detail::Field<member>::Type>
constexpr auto property(const char *name, const char *nick, const char *blurb, GetType get_type,
                        GParamFlags flags)
{
  return detail::entry<member>(name, nick, blurb, get_type, flags);
}

template <typename Settings>
void install_properties(GObjectClass *klass,
                        std::type_identity_t<std::span<const Property<Settings>>> table)
{
  guint id = 0;
  for (const Property<Settings> &p : table)
    g_object_class_install_property(klass, ++id, p.make_spec(p));
}

// Both: false where `id` is not in the table.
template <typename Settings>
bool get_property(std::type_identity_t<std::span<const Property<Settings>>> table, guint id,
                  const Settings &settings, GValue *value)
{
  if (id == 0 || id > table.size())
    return false;
  table[id - 1].get(settings, value);
  return true;
}

template <typename Settings>
bool set_property(std::type_identity_t<std::span<const Property<Settings>>> table, guint id,
                  Settings &settings, const GValue *value)
{
  if (id == 0 || id > table.size())
    return false;
  table[id - 1].set(settings, value);
  return true;
}

} // namespace gemini
