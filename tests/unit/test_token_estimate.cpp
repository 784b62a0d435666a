// SPDX-License-Identifier: LGPL-2.1-or-later
// Token counts, by the numbers of the service's own pages.
#include "core/token_estimate.hpp"

#include <gst/check/gstcheck.h>

using gemini::image_tokens;
using gemini::MediaResolution;
using gemini::text_tokens;
using gemini::TokenRule;

namespace {

int tiles(int width, int height, MediaResolution resolution = MediaResolution::unset)
{
  return static_cast<int>(image_tokens(TokenRule::tiles, resolution, width, height));
}

int budget(MediaResolution resolution)
{
  return static_cast<int>(image_tokens(TokenRule::budget, resolution, 640, 480));
}

} // namespace

GST_START_TEST(pictures_are_counted_in_tiles)
{
  fail_unless_equals_int(tiles(384, 384), 258);
  fail_unless_equals_int(tiles(1, 1), 258);
  fail_unless_equals_int(tiles(960, 540), 1548); // the page's own example
  fail_unless_equals_int(tiles(540, 960), 1548);
  fail_unless_equals_int(tiles(385, 385), 1032);
  fail_unless_equals_int(tiles(1000, 1000), 1032);
  fail_unless_equals_int(tiles(4000, 1), 258 * 4000);
  fail_unless_equals_int(tiles(960, 540, MediaResolution::low), 64);
  fail_unless_equals_int(tiles(960, 540, MediaResolution::medium), 256);
}
GST_END_TEST

GST_START_TEST(pictures_have_a_budget)
{
  fail_unless_equals_int(budget(MediaResolution::unset), 1120);
  fail_unless_equals_int(budget(MediaResolution::low), 280);
  fail_unless_equals_int(budget(MediaResolution::medium), 560);
  fail_unless_equals_int(budget(MediaResolution::high), 1120);
  fail_unless_equals_int(budget(MediaResolution::ultra_high), 2240);
}
GST_END_TEST

GST_START_TEST(text_is_counted_by_four)
{
  fail_unless_equals_int(static_cast<int>(text_tokens(0)), 0);
  fail_unless_equals_int(static_cast<int>(text_tokens(1)), 1);
  fail_unless_equals_int(static_cast<int>(text_tokens(400)), 100);
}
GST_END_TEST

static Suite *token_estimate_suite()
{
  Suite *suite = suite_create("token_estimate");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, pictures_are_counted_in_tiles);
  tcase_add_test(tcase, pictures_have_a_budget);
  tcase_add_test(tcase, text_is_counted_by_four);
  return suite;
}

GST_CHECK_MAIN(token_estimate)
