// SPDX-License-Identifier: LGPL-2.1-or-later
// A table of properties gives specs, defaults, getters and setters for every kind of field.

#include "plugin/property_table.hpp"

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>

#include <gst/check/gstcheck.h>

using namespace gemini;

namespace {

enum class Mode { slow, fast };
enum class Parts : unsigned { none = 0, left = 1, right = 2 };

struct Settings {
  bool is_on = true;
  int level = -1;
  unsigned count = 4;
  std::uint64_t bytes = std::uint64_t{1} << 40;
  double share = 0.5;
  std::string name = "default";
  std::optional<std::string> secret;
  Mode mode = Mode::fast;
  Parts parts = Parts::right;
  Rate rate{1, 2};
};

GType mode_get_type()
{
  static const GType type = [] {
    static const GEnumValue values[] = {
        {0, "Slowly", "slow"}, {1, "Fast", "fast"}, {0, nullptr, nullptr}};
    return g_enum_register_static("TestMode", values);
  }();
  return type;
}

GType parts_get_type()
{
  static const GType type = [] {
    static const GFlagsValue values[] = {
        {1, "left", "left"}, {2, "right", "right"}, {0, nullptr, nullptr}};
    return g_flags_register_static("TestParts", values);
  }();
  return type;
}

constexpr Property<Settings> kProperties[] = {
    property<&Settings::is_on>("is-on", "Is On", "Whether", kPlaying),
    property<&Settings::level>("level", "Level", "How high", {-1, 9}, kPlaying),
    property<&Settings::count>("count", "Count", "How many", {0, 8}, kPlaying),
    property<&Settings::bytes>("bytes", "Bytes", "How much", {0, UINT64_MAX}, kReady),
    property<&Settings::share>("share", "Share", "Which part", {0, 1}, kPlaying),
    property<&Settings::name>("text", "Text", "Called what", kReady),
    property<&Settings::secret>("secret", "Secret", "Not to be told", kSecretReady),
    property<&Settings::mode>("mode", "Mode", "In what way", mode_get_type, kReady),
    property<&Settings::parts>("parts", "Parts", "Which ones", parts_get_type, kPlaying),
    property<&Settings::rate>("rate", "Rate", "How often", {{0, 1}, {G_MAXINT, 1}}, kPlaying),
};

// The value of property `id`, as text.
std::string text_of(guint id, const Settings &settings)
{
  GParamSpec *spec = g_param_spec_ref_sink(kProperties[id - 1].make_spec(kProperties[id - 1]));
  GValue value = G_VALUE_INIT;
  g_value_init(&value, G_PARAM_SPEC_VALUE_TYPE(spec));
  fail_unless(get_property<Settings>(kProperties, id, settings, &value));
  g_autofree gchar *text = gst_value_serialize(&value);
  g_value_unset(&value);
  g_param_spec_unref(spec);
  return text ? text : "";
}

void set_from_text(guint id, Settings &settings, const char *text)
{
  GParamSpec *spec = g_param_spec_ref_sink(kProperties[id - 1].make_spec(kProperties[id - 1]));
  GValue value = G_VALUE_INIT;
  g_value_init(&value, G_PARAM_SPEC_VALUE_TYPE(spec));
  if (text)
    fail_unless(gst_value_deserialize(&value, text), "'%s' for property %u", text, id);
  fail_unless(set_property<Settings>(kProperties, id, settings, &value));
  g_value_unset(&value);
  g_param_spec_unref(spec);
}

} // namespace

GST_START_TEST(defaults_of_the_specs_are_those_of_the_settings)
{
  for (guint id = 1; id <= std::size(kProperties); ++id) {
    const Property<Settings> &p = kProperties[id - 1];
    GParamSpec *spec = g_param_spec_ref_sink(p.make_spec(p));
    GValue value = G_VALUE_INIT;
    g_value_init(&value, G_PARAM_SPEC_VALUE_TYPE(spec));
    get_property<Settings>(kProperties, id, Settings{}, &value);
    fail_unless(g_param_value_defaults(spec, &value), "%s", p.name);
    fail_unless_equals_string(spec->name, p.name);
    fail_unless_equals_string(g_param_spec_get_blurb(spec), p.blurb);
    g_value_unset(&value);
    g_param_spec_unref(spec);
  }
}
GST_END_TEST

GST_START_TEST(values_go_in_and_come_out)
{
  const char *texts[] = {"false", "7",    "8",    "123456789012", "0.25",
                         "other", "word", "slow", "left",         "30/1"};
  Settings settings;
  for (guint id = 1; id <= std::size(kProperties); ++id) {
    set_from_text(id, settings, texts[id - 1]);
    fail_unless(text_of(id, settings) == texts[id - 1], "property %u", id);
  }
  fail_if(settings.is_on);
  fail_unless(settings.bytes == 123456789012);
  fail_unless(settings.secret == "word");
  fail_unless(settings.mode == Mode::slow);
  fail_unless(settings.parts == Parts::left);
  fail_unless((settings.rate == Rate{30, 1}));
}
GST_END_TEST

GST_START_TEST(null_string_means_default_or_not_set)
{
  Settings settings;
  settings.name = "other";
  settings.secret = "word";
  set_from_text(6, settings, nullptr);
  set_from_text(7, settings, nullptr);
  fail_unless(settings.name == "default");
  fail_if(settings.secret.has_value());
}
GST_END_TEST

GST_START_TEST(secrets_cannot_be_read)
{
  fail_if(kProperties[6].flags & G_PARAM_READABLE);
  fail_unless(kProperties[6].flags & G_PARAM_WRITABLE);
}
GST_END_TEST

GST_START_TEST(ids_outside_of_the_table_are_left_to_others)
{
  Settings settings;
  GValue value = G_VALUE_INIT;
  fail_if(get_property<Settings>(kProperties, 0, settings, &value));
  fail_if(get_property<Settings>(kProperties, std::size(kProperties) + 1, settings, &value));
  fail_if(set_property<Settings>(kProperties, std::size(kProperties) + 1, settings, &value));
}
GST_END_TEST

static Suite *property_table_suite(void)
{
  Suite *suite = suite_create("property_table");
  TCase *cases = tcase_create("table");
  suite_add_tcase(suite, cases);
  tcase_add_test(cases, defaults_of_the_specs_are_those_of_the_settings);
  tcase_add_test(cases, values_go_in_and_come_out);
  tcase_add_test(cases, null_string_means_default_or_not_set);
  tcase_add_test(cases, secrets_cannot_be_read);
  tcase_add_test(cases, ids_outside_of_the_table_are_left_to_others);
  return suite;
}

GST_CHECK_MAIN(property_table)
