// SPDX-License-Identifier: LGPL-2.1-or-later
// Sprites are drawn once, and not kept for ever.

#include "render/sprite_cache.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <gst/check/gstcheck.h>

using namespace gemini;

namespace {

constexpr std::size_t kBytesOfOne = 400;

// A cache for `n` sprites of ten by ten pixels that counts what it draws.
struct Fixture {
  explicit Fixture(std::size_t n)
      : cache(n * kBytesOfOne, [this](const Primitive &) {
          ++n_drawn;
          return Sprite{{10, 10}, std::vector<std::uint32_t>(100)};
        })
  {
  }
  unsigned n_drawn = 0;
  SpriteCache cache;
};

Plate plate(const char *text)
{
  return {text, {1, 2, 3}, "Sans", 12, {100, 50}};
}

} // namespace

GST_START_TEST(equal_primitives_share_one_sprite)
{
  Fixture f{10};
  const auto bar = f.cache.get(Bar{{3, 4}, {5, 6, 7}});
  const auto label = f.cache.get(plate("cat"));
  fail_unless((f.cache.get(Bar{{3, 4}, {5, 6, 7}}) == bar));
  fail_unless(f.cache.get(plate("cat")) == label);
  fail_unless_equals_uint64(f.n_drawn, 2);
}
GST_END_TEST

GST_START_TEST(whatever_can_be_seen_makes_another_sprite)
{
  Fixture f{100};
  const Plate base = plate("cat");
  std::vector<Primitive> all{base, Bar{{3, 4}, {}}, Bar{{4, 3}, {}}, Bar{{3, 4}, {0, 0, 1}},
                             Bar{{3, 4}, {}, 128}};
  Plate other = base;
  other.text = "dog";
  all.push_back(other);
  other = base;
  other.background.red = 9;
  all.push_back(other);
  other = base;
  other.font = "Serif";
  all.push_back(other);
  other = base;
  other.font_size = 13;
  all.push_back(other);
  other = base;
  other.limit.width = 99;
  all.push_back(other);
  for (const Primitive &primitive : all)
    f.cache.get(primitive);
  fail_unless_equals_uint64(f.n_drawn, all.size());
}
GST_END_TEST

namespace {

// Not inlined, where g++ 14 fears for vectors without elements.
template <typename P, typename Change> [[gnu::noinline]] P changed(const P &base, Change change)
{
  P other = base;
  change(other);
  return other;
}

} // namespace

GST_START_TEST(whatever_can_be_seen_of_a_shape_makes_another_sprite)
{
  Fixture f{100};
  const Cells cells{1};
  std::vector<Primitive> all;
  const auto vary = [&all](const auto &base, auto... changes) {
    all.push_back(base);
    (all.push_back(changed(base, changes)), ...);
  };
  vary(
      Tint{cells.share(), {1, 1}, {9, 9}, {0, 0, 5, 5}, {1, 2, 3}, 128},
      [](Tint &t) { t.cells = Cells{1}.share(); }, [](Tint &t) { t.grid.width = 2; },
      [](Tint &t) { t.whole.width = 8; }, [](Tint &t) { t.part.x = 1; },
      [](Tint &t) { t.color.red = 9; }, [](Tint &t) { t.alpha = 127; });
  vary(
      Dot{8, {0, 0, 8, 8}, {1, 2, 3}}, [](Dot &d) { d.diameter = 10; },
      [](Dot &d) { d.part.width = 4; }, [](Dot &d) { d.color.blue = 9; });
  vary(
      Strokes{{9, 9}, {{{1, 2}, {3, 4}, 5}}, {1, 2, 3}}, [](Strokes &s) { s.size.height = 8; },
      [](Strokes &s) { s.strokes.front().to.y = 9; },
      [](Strokes &s) { s.strokes.front().width = 1; }, [](Strokes &s) { s.strokes.clear(); },
      [](Strokes &s) { s.color.green = 9; });
  vary(
      TextBlock{"cat", "Sans", 12, {100, 50}}, [](TextBlock &b) { b.text = "dog"; },
      [](TextBlock &b) { b.font = "Serif"; }, [](TextBlock &b) { b.font_size = 13; },
      [](TextBlock &b) { b.limit.height = 49; });
  for (int round = 0; round < 2; ++round) {
    for (const Primitive &primitive : all)
      f.cache.get(primitive);
    fail_unless_equals_uint64(f.n_drawn, all.size());
  }
}
GST_END_TEST

GST_START_TEST(weaker_sprites_let_more_of_the_picture_through)
{
  SpriteCache cache{100 * kBytesOfOne, [](const Primitive &) {
                      return Sprite{{2, 1}, {0xff804020u, 0x80402010u}};
                    }};
  const Plate primitive = plate("a");
  const auto full = cache.get(primitive);
  const auto half = cache.get(primitive, kFullStrength / 2);
  fail_unless((full->pixels == std::vector<std::uint32_t>{0xff804020u, 0x80402010u}));
  fail_unless((half->pixels == std::vector<std::uint32_t>{0x80402010u, 0x40201008u}));
  fail_unless(cache.get(primitive, kFullStrength / 2) == half);
  fail_unless(cache.get(primitive) == full);
}
GST_END_TEST

GST_START_TEST(mask_that_is_held_counts_as_its_sprite_does)
{
  Fixture f{3};
  std::vector<Cells::Share::weak_type> masks;
  for (int i = 0; i < 3; ++i) {
    auto cells = std::make_shared<const std::vector<std::uint8_t>>(kBytesOfOne);
    masks.emplace_back(cells);
    f.cache.get(Tint{std::move(cells), {}, {}, {}, {}, 1});
    fail_unless_equals_uint64(f.cache.bytes(), 2 * kBytesOfOne);
  }
  fail_unless(masks[0].expired() && masks[1].expired());
  fail_if(masks[2].expired());
  f.cache.clear();
  fail_unless(masks[2].expired());
}
GST_END_TEST

GST_START_TEST(least_recently_used_goes_first_and_the_bound_holds)
{
  Fixture f{3};
  const auto a = f.cache.get(plate("a"));
  f.cache.get(plate("b"));
  f.cache.get(plate("c"));
  f.cache.get(plate("a"));
  f.cache.get(plate("d")); // in place of b
  fail_unless(f.cache.get(plate("a")) == a);
  fail_unless_equals_uint64(f.n_drawn, 4);
  f.cache.get(plate("b"));
  fail_unless_equals_uint64(f.n_drawn, 5);
  fail_unless_equals_uint64(f.cache.bytes(), 3 * kBytesOfOne);
}
GST_END_TEST

GST_START_TEST(sprite_larger_than_the_cache_is_drawn_but_not_kept)
{
  SpriteCache cache{kBytesOfOne - 1, [](const Primitive &) {
                      return Sprite{{10, 10}, std::vector<std::uint32_t>(100)};
                    }};
  fail_unless_equals_int(cache.get(plate("a"))->size.width, 10);
  fail_unless_equals_uint64(cache.bytes(), 0);
}
GST_END_TEST

GST_START_TEST(cleared_cache_draws_again_and_leaves_sprites_in_use_alone)
{
  Fixture f{3};
  const auto before = f.cache.get(plate("a"));
  f.cache.clear();
  fail_unless_equals_uint64(f.cache.bytes(), 0);
  fail_unless(f.cache.get(plate("a")) != before);
  fail_unless_equals_int(before->size.width, 10);
  fail_unless_equals_uint64(f.n_drawn, 2);
}
GST_END_TEST

static Suite *render_cache_suite(void)
{
  Suite *suite = suite_create("render_cache");
  TCase *cases = tcase_create("cache");
  suite_add_tcase(suite, cases);
  tcase_add_test(cases, equal_primitives_share_one_sprite);
  tcase_add_test(cases, whatever_can_be_seen_makes_another_sprite);
  tcase_add_test(cases, whatever_can_be_seen_of_a_shape_makes_another_sprite);
  tcase_add_test(cases, weaker_sprites_let_more_of_the_picture_through);
  tcase_add_test(cases, mask_that_is_held_counts_as_its_sprite_does);
  tcase_add_test(cases, least_recently_used_goes_first_and_the_bound_holds);
  tcase_add_test(cases, sprite_larger_than_the_cache_is_drawn_but_not_kept);
  tcase_add_test(cases, cleared_cache_draws_again_and_leaves_sprites_in_use_alone);
  return suite;
}

GST_CHECK_MAIN(render_cache)
