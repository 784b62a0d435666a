// SPDX-License-Identifier: LGPL-2.1-or-later
// The addresses of the calls, of the Gemini API and of Vertex AI.
#include "wire/endpoint.hpp"
#include "wire_support.hpp"

#include <string>

#include <gst/check/gstcheck.h>

using gemini::test::same;
using gemini::wire::Endpoint;
using gemini::wire::Platform;
using gemini::wire::vertex_base_url;

namespace {

const Endpoint kDeveloper{
    .platform = Platform::developer, .base_url = "https://host", .api_version = "v1beta"};
const Endpoint kVertex{.platform = Platform::vertex,
                       .base_url = "https://host",
                       .api_version = "v1beta1",
                       .project = "my-project",
                       .location = "europe-west4"};
const Endpoint kExpress{
    .platform = Platform::vertex, .base_url = "https://host", .api_version = "v1beta1"};

} // namespace

GST_START_TEST(calls_of_the_gemini_api_have_these_addresses)
{
  fail_unless(same(kDeveloper.generate_url("gemini-flash-latest"),
                   "https://host/v1beta/models/gemini-flash-latest:generateContent"));
  fail_unless(same(kDeveloper.stream_url("gemini-flash-latest"),
                   "https://host/v1beta/models/gemini-flash-latest:streamGenerateContent?alt=sse"));
  fail_unless(same(kDeveloper.model_url("gemini-flash-latest"),
                   "https://host/v1beta/models/gemini-flash-latest"));
  fail_unless(same(kDeveloper.upload_url(), "https://host/upload/v1beta/files"));
  fail_unless(same(kDeveloper.file_url("files/abc"), "https://host/v1beta/files/abc"));
  fail_unless(kDeveloper.has_files());
}
GST_END_TEST

GST_START_TEST(model_and_file_may_be_named_with_or_without_their_kind)
{
  fail_unless(same(kDeveloper.generate_url("models/m"), kDeveloper.generate_url("m")));
  fail_unless(same(kVertex.generate_url("models/m"), kVertex.generate_url("m")));
  fail_unless(same(kDeveloper.file_url("abc"), kDeveloper.file_url("files/abc")));
}
GST_END_TEST

GST_START_TEST(vertex_names_project_and_location)
{
  const std::string call =
      "https://host/v1beta1/projects/my-project/locations/europe-west4/publishers/google/models/m";
  fail_unless(same(kVertex.generate_url("m"), call + ":generateContent"));
  fail_unless(same(kVertex.stream_url("m"), call + ":streamGenerateContent?alt=sse"));
  fail_unless(same(kVertex.generate_url("google/m"), call + ":generateContent"));
  fail_unless(same(kVertex.generate_url("publishers/google/models/m"), call + ":generateContent"));
  fail_unless(!kVertex.has_files());

  Endpoint endpoint = kVertex;
  endpoint.location = "";
  fail_unless(same(endpoint.generate_url("m"),
                   "https://host/v1beta1/projects/my-project/locations/global/publishers/google/"
                   "models/m:generateContent"));
}
GST_END_TEST

// The service serves the description of a model that all may use without a project only.
GST_START_TEST(vertex_describes_its_models_outside_the_projects)
{
  fail_unless(same(kVertex.model_url("m"), "https://host/v1beta1/publishers/google/models/m"));
  fail_unless(same(kVertex.model_url("projects/p/locations/l/endpoints/7"),
                   "https://host/v1beta1/projects/p/locations/l/endpoints/7"));
}
GST_END_TEST

GST_START_TEST(whole_resource_name_of_vertex_stays_as_it_is)
{
  fail_unless(same(kVertex.generate_url("projects/p/locations/l/endpoints/7"),
                   "https://host/v1beta1/projects/p/locations/l/endpoints/7:generateContent"));
}
GST_END_TEST

GST_START_TEST(express_mode_names_neither_project_nor_location)
{
  fail_unless(same(kExpress.generate_url("m"),
                   "https://host/v1beta1/publishers/google/models/m:generateContent"));
}
GST_END_TEST

GST_START_TEST(address_escapes_what_a_path_cannot_hold)
{
  fail_unless(same(kDeveloper.generate_url("a b/c?d#e%f:g"),
                   "https://host/v1beta/models/a%20b%2Fc%3Fd%23e%25f%3Ag:generateContent"));
  fail_unless(same(kDeveloper.generate_url("my_model~1"),
                   "https://host/v1beta/models/my_model~1:generateContent"));
  fail_unless(
      same(kDeveloper.file_url("files/a/../b?c"), "https://host/v1beta/files/a%2F..%2Fb%3Fc"));
  fail_unless(same(kVertex.generate_url("projects/p q/x?y"),
                   "https://host/v1beta1/projects/p%20q/x%3Fy:generateContent"));
  Endpoint endpoint = kVertex;
  endpoint.api_version = "v1/..";
  endpoint.project = "p/q";
  endpoint.location = "\xc3\xa9\n";
  fail_unless(same(endpoint.generate_url(""),
                   "https://host/v1%2F../projects/p%2Fq/locations/%C3%A9%0A/publishers/google/"
                   "models/:generateContent"));
}
GST_END_TEST

GST_START_TEST(host_of_vertex_follows_the_location)
{
  fail_unless(same(vertex_base_url("global"), "https://aiplatform.googleapis.com"));
  fail_unless(same(vertex_base_url(""), "https://aiplatform.googleapis.com"));
  fail_unless(same(vertex_base_url("us"), "https://aiplatform.us.rep.googleapis.com"));
  fail_unless(same(vertex_base_url("eu"), "https://aiplatform.eu.rep.googleapis.com"));
  fail_unless(
      same(vertex_base_url("us-central1"), "https://us-central1-aiplatform.googleapis.com"));
}
GST_END_TEST

// A token must not go where a slip in a setting points to.
GST_START_TEST(location_never_becomes_another_host)
{
  fail_unless(
      same(vertex_base_url("else.where/"), "https://else.where%2F-aiplatform.googleapis.com"));
  fail_unless(same(vertex_base_url("a@b:1#"), "https://a%40b%3A1%23-aiplatform.googleapis.com"));
}
GST_END_TEST

static Suite *endpoint_suite()
{
  Suite *suite = suite_create("endpoint");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, calls_of_the_gemini_api_have_these_addresses);
  tcase_add_test(tcase, model_and_file_may_be_named_with_or_without_their_kind);
  tcase_add_test(tcase, vertex_names_project_and_location);
  tcase_add_test(tcase, vertex_describes_its_models_outside_the_projects);
  tcase_add_test(tcase, whole_resource_name_of_vertex_stays_as_it_is);
  tcase_add_test(tcase, express_mode_names_neither_project_nor_location);
  tcase_add_test(tcase, address_escapes_what_a_path_cannot_hold);
  tcase_add_test(tcase, host_of_vertex_follows_the_location);
  tcase_add_test(tcase, location_never_becomes_another_host);
  return suite;
}

GST_CHECK_MAIN(endpoint)
