// SPDX-License-Identifier: LGPL-2.1-or-later
// Kinds of pictures are told by their content.
#include "wire/image_type.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gst/check/gstcheck.h>

namespace {

std::string_view type(const std::string &content)
{
  const std::vector<std::uint8_t> bytes{content.begin(), content.end()};
  return gemini::wire::image_type(bytes);
}

std::string ftyp(const std::string &brands)
{
  return std::string{"\0\0\0", 3} + static_cast<char>(12 + brands.size()) + "ftyp" +
         brands.substr(0, 4) + std::string{"\0\0\0\0", 4} + brands.substr(4) + "\0\0\0\x20meta";
}

} // namespace

GST_START_TEST(picture_is_known_by_its_first_bytes)
{
  fail_unless(type("\xff\xd8\xff\xe0 more") == "image/jpeg");
  fail_unless(type("\xff\xd8\xff\xe1 more") == "image/jpeg");
  fail_unless(type("\x89PNG\r\n\x1a\n more") == "image/png");
  fail_unless(type("RIFF1234WEBPVP8 ") == "image/webp");
}
GST_END_TEST

GST_START_TEST(picture_in_boxes_is_known_by_its_brands)
{
  fail_unless(type(ftyp("heicmif1heic")) == "image/heic");
  fail_unless(type(ftyp("heix")) == "image/heic");
  fail_unless(type(ftyp("mif1heic")) == "image/heic");
  fail_unless(type(ftyp("mif1miaf")) == "image/heif");
  fail_unless(type(ftyp("miafmif1")) == "image/heif");
  // Not among what the service reads.
  fail_unless(type(ftyp("avifmif1miaf")).empty());
  fail_unless(type(ftyp("mif1avif")).empty());
  fail_unless(type(ftyp("isomiso2avc1mp41")).empty());
}
GST_END_TEST

GST_START_TEST(anything_else_is_no_picture)
{
  for (const std::string &content :
       {std::string{}, std::string{"\xff\xd8"}, std::string{"\x89PNG\n\n\x1a\n"},
        std::string{"RIFF1234WAVE"}, std::string{"RIFF"}, std::string{"GIF89a"}, std::string{"BM"},
        std::string{"<svg>"}, std::string{"\0\0\0\x18", 4} + "ftyp",
        std::string{"\0\0\0\x18", 4} + "ftypheic",
        std::string{"\0\0\0\x04", 4} + "ftypheic0000heic"})
    fail_unless(type(content).empty(), "%s", content.c_str());
}
GST_END_TEST

// A box that says it is longer than the file holds the brands that are there.
GST_START_TEST(every_cut_of_a_picture_is_looked_at_safely)
{
  const std::string whole = ftyp("mif1miafheic");
  for (std::size_t size = 0; size <= whole.size(); ++size)
    type(whole.substr(0, size));
  fail_unless(type(whole.substr(0, 24)) == "image/heif" ||
              type(whole.substr(0, 24)) == "image/heic");
}
GST_END_TEST

static Suite *image_type_suite()
{
  Suite *suite = suite_create("image_type");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, picture_is_known_by_its_first_bytes);
  tcase_add_test(tcase, picture_in_boxes_is_known_by_its_brands);
  tcase_add_test(tcase, anything_else_is_no_picture);
  tcase_add_test(tcase, every_cut_of_a_picture_is_looked_at_safely);
  return suite;
}

GST_CHECK_MAIN(image_type)
