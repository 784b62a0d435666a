// SPDX-License-Identifier: LGPL-2.1-or-later
// What is known about the models.
#include "wire/model_profile.hpp"
#include "wire/thinking.hpp"

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

#include <gst/check/gstcheck.h>

using gemini::MediaResolution;
using gemini::Question;
using gemini::Task;
using gemini::Thinking;
using gemini::TokenRule;
using gemini::wire::AnswerForm;
using gemini::wire::can_be_off;
using gemini::wire::MaskFormat;
using gemini::wire::model_profiles;
using gemini::wire::profile_of;
using gemini::wire::remarks_on;
using gemini::wire::ThinkingBy;
namespace {

std::string thinking(const char *model, Thinking thinking)
{
  return gemini::wire::thinking_config(thinking, profile_of(model));
}

bool is_remarked(const Question &question, const char *model, const char *part)
{
  for (const std::string &remark : remarks_on(question, model)) {
    if (remark.find(part) != std::string::npos)
      return true;
  }
  return false;
}

} // namespace

GST_START_TEST(name_finds_its_family)
{
  struct Case {
    const char *model;
    ThinkingBy thinking;
    MaskFormat masks;
    TokenRule tokens;
  };
  const Case cases[] = {
      {"gemini-2.5-flash", ThinkingBy::budget, MaskFormat::png, TokenRule::tiles},
      {"gemini-2.0-flash", ThinkingBy::nothing, MaskFormat::png, TokenRule::tiles},
      {"publishers/google/models/gemini-2.5-pro", ThinkingBy::budget, MaskFormat::png,
       TokenRule::tiles},
      {"models/gemini-2.5-flash-preview-09-2025", ThinkingBy::budget, MaskFormat::png,
       TokenRule::tiles},
      {"gemini-2.5-pro", ThinkingBy::budget, MaskFormat::png, TokenRule::tiles},
      {"gemini-3-flash-preview", ThinkingBy::level, MaskFormat::polygon, TokenRule::budget},
      {"gemini-3.1-pro-preview", ThinkingBy::level, MaskFormat::polygon, TokenRule::budget},
      {"gemini-3.8-flash", ThinkingBy::level, MaskFormat::polygon, TokenRule::budget},
      {"gemini-3.9-flash", ThinkingBy::level, MaskFormat::polygon, TokenRule::budget},
      {"gemini-flash-latest", ThinkingBy::level, MaskFormat::polygon, TokenRule::budget},
      {"gemini-robotics-er-2-preview", ThinkingBy::level, MaskFormat::polygon, TokenRule::budget},
      {"gemini-4-argon", ThinkingBy::unknown, MaskFormat::polygon, TokenRule::budget},
      {"my-own-model", ThinkingBy::unknown, MaskFormat::polygon, TokenRule::budget},
      {"", ThinkingBy::unknown, MaskFormat::polygon, TokenRule::budget},
  };
  for (const Case &c : cases) {
    const auto &profile = profile_of(c.model);
    fail_unless(profile.thinking == c.thinking, "%s", c.model);
    fail_unless(profile.masks == c.masks, "%s", c.model);
    fail_unless(profile.tokens == c.tokens, "%s", c.model);
  }
}
GST_END_TEST

// As the API page has it: what is sent by default and for thinking=minimal, whether thinking can be
// off, how masks are asked for, and what becomes of the model.
GST_START_TEST(every_row_says_what_the_api_page_says)
{
  struct Case {
    const char *model;
    const char *automatic;
    const char *minimal;
    bool can_be_off;
    AnswerForm form_of_masks;
    bool takes_ultra_high;
    const char *retirement;
    const char *successor;
  };
  const char *const none = R"({"thinkingBudget":0})";
  const char *const minimal = R"({"thinkingLevel":"MINIMAL"})";
  const char *const low = R"({"thinkingLevel":"LOW"})";
  const char *const budget = R"({"thinkingBudget":512})";
  const auto words = AnswerForm::prompt_only;
  const auto schema = AnswerForm::schema;
  const Case cases[] = {
      {"gemini-2.0-flash", "", "", true, words, false, "2026-06-01", ""},
      {"gemini-2.5-flash-lite", none, budget, true, words, false, "", ""},
      {"gemini-2.5-flash", none, budget, true, words, false, "2026-12-01", "gemini-3.5-flash-lite"},
      {"gemini-2.5-pro", R"({"thinkingBudget":128})", budget, false, words, false, "2026-12-01",
       "gemini-3.8-flash"},
      {"gemini-3.8-flash", low, minimal, false, schema, true, "", ""},
      {"gemini-3.7-flash", minimal, minimal, false, schema, true, "", ""},
      {"gemini-3.5-flash-lite", minimal, minimal, false, schema, true, "", ""},
      {"gemini-3.6-flash", minimal, minimal, false, schema, true, "", ""},
      {"gemini-3.5-flash", minimal, minimal, false, schema, true, "", ""},
      {"gemini-3.1-flash-lite", minimal, minimal, false, schema, true, "", ""},
      {"gemini-3-flash-preview", minimal, minimal, false, schema, true, "", ""},
      {"gemini-robotics-er-1.6-preview", none, budget, true, schema, false, "2026-08-31", ""},
      {"gemini-robotics-er-2-preview", minimal, minimal, false, schema, true, "", ""},
      {"gemini-3.1-pro-preview", low, minimal, false, schema, true, "", ""},
      {"gemini-flash-lite-latest", minimal, minimal, false, schema, true, "", ""},
      {"gemini-pro-latest", low, minimal, false, schema, true, "", ""},
      {"gemini-4-argon", "", minimal, false, schema, true, "", ""},
  };
  fail_unless(std::size(cases) == model_profiles().size());
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    const Case &c = cases[i];
    const auto &profile = profile_of(c.model);
    fail_unless(&profile == &model_profiles()[i], "%s", c.model);
    fail_unless(thinking(c.model, Thinking::automatic) == c.automatic, "%s", c.model);
    fail_unless(thinking(c.model, Thinking::minimal) == c.minimal, "%s", c.model);
    fail_unless(can_be_off(profile) == c.can_be_off, "%s", c.model);
    // What cannot be off thinks as little as it can.
    fail_unless(profile.thinking == ThinkingBy::unknown ||
                    thinking(c.model, Thinking::off) == c.automatic,
                "%s", c.model);
    fail_unless(profile.form_of_masks == c.form_of_masks, "%s", c.model);
    fail_unless(profile.takes_ultra_high == c.takes_ultra_high, "%s", c.model);
    fail_unless(profile.retirement == c.retirement, "%s", c.model);
    fail_unless(profile.successor == c.successor, "%s", c.model);
  }
}
GST_END_TEST

// From December 2026 on gemini-2.5-flash is answered by a model of another family.
GST_START_TEST(the_model_that_answers_counts)
{
  fail_unless(profile_of("gemini-2.5-flash", "gemini-3.5-flash-lite").masks == MaskFormat::polygon);
  fail_unless(profile_of("gemini-2.5-flash", "emulator/gemini-2.5-flash").masks == MaskFormat::png);
  fail_unless(profile_of("gemini-2.5-flash", "").masks == MaskFormat::png);
  fail_unless(profile_of("gemini-2.5-flash", "unheard-of").masks == MaskFormat::png);
}
GST_END_TEST

GST_START_TEST(thinking_is_told_in_the_words_of_the_family)
{
  const auto same = [](const std::string &is, std::string_view should) {
    fail_unless(is == should, "%s", is.c_str());
  };
  same(thinking("gemini-2.5-flash", Thinking::automatic), R"({"thinkingBudget":0})");
  same(thinking("gemini-2.5-flash", Thinking::off), R"({"thinkingBudget":0})");
  same(thinking("gemini-2.5-flash", Thinking::dynamic), R"({"thinkingBudget":-1})");
  same(thinking("gemini-2.5-flash", Thinking::high), R"({"thinkingBudget":24576})");
  same(thinking("gemini-2.5-pro", Thinking::automatic), R"({"thinkingBudget":128})");
  same(thinking("gemini-3.1-pro-preview", Thinking::automatic), R"({"thinkingLevel":"LOW"})");
  same(thinking("gemini-3.5-flash", Thinking::automatic), R"({"thinkingLevel":"MINIMAL"})");
  same(thinking("gemini-3.5-flash", Thinking::medium), R"({"thinkingLevel":"MEDIUM"})");
  same(thinking("gemini-3.5-flash", Thinking::dynamic), "");
  // What the user sets is sent, whatever is known of the model.
  same(thinking("gemini-3.1-pro-preview", Thinking::minimal), R"({"thinkingLevel":"MINIMAL"})");
  same(thinking("gemini-2.0-flash", Thinking::high), "");
  same(thinking("unheard-of", Thinking::automatic), "");
  same(thinking("unheard-of", Thinking::high), R"({"thinkingLevel":"HIGH"})");
  for (const char *model : {"gemini-2.5-flash", "gemini-3.8-flash", "unheard-of"})
    same(thinking(model, Thinking::unset), "");
}
GST_END_TEST

GST_START_TEST(what_does_not_go_together_is_remarked)
{
  fail_unless(remarks_on({}, "gemini-flash-latest").empty());
  fail_unless(remarks_on({}, "unheard-of").empty());
  fail_unless(is_remarked({}, "gemini-2.5-flash", "2026-12-01"));
  fail_unless(is_remarked({}, "gemini-2.5-flash", "gemini-3.5-flash-lite"));
  fail_unless(remarks_on({}, "gemini-2.5-flash-lite").empty());
  fail_unless(is_remarked({.thinking = Thinking::off}, "gemini-3.8-flash", "thinking=off"));
  fail_unless(!is_remarked({.thinking = Thinking::off}, "gemini-2.5-flash", "thinking=off"));
  fail_unless(is_remarked({.thinking = Thinking::minimal}, "gemini-3.8-flash", "minimal"));
  fail_unless(!is_remarked({.thinking = Thinking::minimal}, "gemini-3.6-flash", "minimal"));
  fail_unless(is_remarked({.temperature = 0.5}, "gemini-3.7-flash", "temperature"));
  fail_unless(!is_remarked({.temperature = 0.5}, "gemini-3.6-flash", "temperature"));
  for (const Thinking level :
       {Thinking::minimal, Thinking::low, Thinking::medium, Thinking::high, Thinking::dynamic}) {
    fail_unless(is_remarked({.thinking = level}, "gemini-2.0-flash", "thinking has no effect"));
    for (const char *model : {"gemini-2.5-flash", "gemini-3.8-flash", "unheard-of"})
      fail_unless(!is_remarked({.thinking = level}, model, "no effect"), "%s", model);
  }
  for (const Thinking none : {Thinking::automatic, Thinking::off, Thinking::unset})
    fail_unless(!is_remarked({.thinking = none}, "gemini-2.0-flash", "thinking"));
  fail_unless(is_remarked({.max_output_tokens = 4095}, "gemini-3.8-flash", "4096"));
  fail_unless(!is_remarked({.max_output_tokens = 4096}, "gemini-3.8-flash", "max-output"));
  fail_unless(!is_remarked({.max_output_tokens = 1000}, "gemini-2.5-flash", "max-output"));
  const Question finest{.media_resolution = MediaResolution::ultra_high};
  for (const char *model : {"gemini-2.0-flash", "gemini-2.5-flash-lite", "gemini-2.5-pro",
                            "gemini-robotics-er-1.5-preview"})
    fail_unless(is_remarked(finest, model, "media-resolution=ultra-high"), "%s", model);
  for (const char *model : {"gemini-3.8-flash", "gemini-flash-latest", "unheard-of"})
    fail_unless(!is_remarked(finest, model, "media-resolution"), "%s", model);
  fail_unless(!is_remarked({.media_resolution = MediaResolution::high}, "gemini-2.5-flash",
                           "media-resolution"));
  fail_unless(is_remarked({.response_schema = "{}"}, "gemini-3.8-flash", "response-schema"));
  fail_unless(is_remarked({.task = Task::caption, .labels = {"a"}}, "gemini-3.8-flash", "labels"));
}
GST_END_TEST

GST_START_TEST(family_tells_how_much_one_request_may_be)
{
  fail_unless(profile_of("gemini-2.0-flash").output_limit == 8192);
  fail_unless(profile_of("gemini-2.0-flash").inline_limit == std::size_t{20} << 20);
  for (const char *model : {"gemini-2.5-flash", "gemini-3.8-flash", "gemini-flash-latest", "x"}) {
    fail_unless(profile_of(model).output_limit == 65'536);
    fail_unless(profile_of(model).inline_limit == std::size_t{100} << 20);
  }
}
GST_END_TEST

static Suite *model_profile_suite()
{
  Suite *suite = suite_create("model_profile");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, name_finds_its_family);
  tcase_add_test(tcase, every_row_says_what_the_api_page_says);
  tcase_add_test(tcase, the_model_that_answers_counts);
  tcase_add_test(tcase, thinking_is_told_in_the_words_of_the_family);
  tcase_add_test(tcase, what_does_not_go_together_is_remarked);
  tcase_add_test(tcase, family_tells_how_much_one_request_may_be);
  return suite;
}

GST_CHECK_MAIN(model_profile)
