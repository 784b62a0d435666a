// SPDX-License-Identifier: LGPL-2.1-or-later
// The contract of the properties: names, types, ranges, defaults and flags of both elements stand
// in properties.txt. A change there is a change for users.
#include <gst/gst.h>

#include <algorithm>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

namespace {

std::string text_of(const GValue *value)
{
  const bool is_pointer = G_VALUE_HOLDS_STRING(value) || G_VALUE_HOLDS_BOXED(value);
  if (is_pointer && !g_value_peek_pointer(value))
    return "null";
  if (G_VALUE_HOLDS_FLAGS(value)) // whose text differs between versions of GStreamer
    return std::to_string(g_value_get_flags(value));
  g_autofree char *text = gst_value_serialize(value);
  return text ? text : "?";
}

std::string range_of(GParamSpec *spec)
{
  const auto range = [](auto min, auto max) {
    return " [" + std::to_string(min) + ", " + std::to_string(max) + "]";
  };
  if (G_IS_PARAM_SPEC_UINT(spec))
    return range(G_PARAM_SPEC_UINT(spec)->minimum, G_PARAM_SPEC_UINT(spec)->maximum);
  if (G_IS_PARAM_SPEC_UINT64(spec))
    return range(G_PARAM_SPEC_UINT64(spec)->minimum, G_PARAM_SPEC_UINT64(spec)->maximum);
  if (G_IS_PARAM_SPEC_DOUBLE(spec))
    return range(G_PARAM_SPEC_DOUBLE(spec)->minimum, G_PARAM_SPEC_DOUBLE(spec)->maximum);
  return "";
}

std::string flags_of(const GParamSpec *spec)
{
  std::string flags;
  if (spec->flags & G_PARAM_READABLE)
    flags += " readable";
  if (spec->flags & G_PARAM_WRITABLE)
    flags += " writable";
  if (spec->flags & GST_PARAM_MUTABLE_PLAYING)
    flags += " playing";
  else if (spec->flags & GST_PARAM_MUTABLE_PAUSED)
    flags += " paused";
  else if (spec->flags & GST_PARAM_MUTABLE_READY)
    flags += " ready";
  if (spec->flags & GST_PARAM_CONTROLLABLE)
    flags += " controllable";
  return flags;
}

// One line a property, in the order of their names.
std::string describe(const char *factory)
{
  g_autoptr(GstElement) element = gst_element_factory_make(factory, nullptr);
  fail_unless(element != nullptr, "there is no element %s", factory);
  guint n = 0;
  g_autofree GParamSpec **specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(element), &n);
  std::vector<std::string> lines;
  for (guint i = 0; i < n; ++i) {
    GParamSpec *spec = specs[i];
    if (!g_type_is_a(spec->owner_type, G_OBJECT_TYPE(element)))
      continue; // of the base classes
    // What a new element really has, not only what the specification says.
    GValue actual = G_VALUE_INIT;
    std::string value = text_of(g_param_spec_get_default_value(spec));
    if ((spec->flags & G_PARAM_READABLE) && spec->value_type != GST_TYPE_STRUCTURE) {
      g_object_get_property(G_OBJECT(element), spec->name, &actual);
      value = text_of(&actual);
      fail_unless_equals_int(g_param_value_defaults(spec, &actual), TRUE);
      g_value_unset(&actual);
    }
    lines.push_back(std::string{factory} + " " + spec->name + ": " + g_type_name(spec->value_type) +
                    range_of(spec) + " = " + value + "," + flags_of(spec) + "\n");
    fail_unless(g_param_spec_get_blurb(spec) && *g_param_spec_get_blurb(spec), "%s has no text",
                spec->name);
  }
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const auto &line : lines)
    all += line;
  return all;
}

} // namespace

GST_START_TEST(the_properties_are_as_promised)
{
  const std::string now = describe("geminianalyzer") + describe("geminioverlay");
  g_autofree char *promised = nullptr;
  fail_unless(g_file_get_contents(PROPERTIES_FILE, &promised, nullptr, nullptr));
  if (now != promised)
    g_print("The properties are:\n%s", now.c_str());
  fail_unless(now == promised, "the properties differ from tests/element/properties.txt");
}
GST_END_TEST

static Suite *properties_suite()
{
  Suite *suite = suite_create("properties");
  TCase *tcase = tcase_create("properties");
  tcase_add_test(tcase, the_properties_are_as_promised);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(properties)
