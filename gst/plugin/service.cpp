// SPDX-License-Identifier: LGPL-2.1-or-later
// What an element talks to, as its settings say.
#include "plugin/service.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace gemini {

namespace {

bool is_set(const std::optional<std::string> &text)
{
  return text && !text->empty();
}

// The first that is wrong.
std::optional<SettingProblem> problem_of(const AnalyzerSettings &settings)
{
  if (is_set(settings.record_location) && is_set(settings.replay_location) &&
      *settings.record_location == *settings.replay_location)
    return SettingProblem{"record-location and replay-location are the same file: what is replayed "
                          "would be overwritten."};
  return std::nullopt;
}

// Vertex AI has no Files API.
std::optional<SettingProblem> files_problem_of(const AnalyzerSettings &settings,
                                               const std::vector<ReferenceImage> &references)
{
  const auto uploaded =
      std::find_if(references.begin(), references.end(), [](const ReferenceImage &image) {
        return image.kind == ReferenceImage::Kind::uploaded;
      });
  if (uploaded != references.end())
    return SettingProblem{"reference-images: " + uploaded->uri +
                          " is a file of the Gemini API, and Vertex AI has no such files: name the "
                          "picture itself, by path, file:// or https://."};
  if (settings.upload == UploadBy::files)
    return SettingProblem{"upload=files needs the Files API, which Vertex AI does not have: use "
                          "upload=auto or upload=inline."};
  return std::nullopt;
}

} // namespace

Result<Service, SettingProblem> open_service(const AnalyzerSettings &settings,
                                             const std::string &stream_name)
{
  if (auto problem = problem_of(settings))
    return *std::move(problem);
  Service service;
  auto endpoint = find_endpoint(settings);
  if (!endpoint)
    return std::move(endpoint.error());
  service.endpoint = std::move(*endpoint);

  if (is_set(settings.replay_location)) {
    auto replay = Replay::open(*settings.replay_location);
    if (!replay)
      return std::move(replay.error());
    service.replay = std::move(*replay);
  } else {
    const auto list = resolve_text(settings.reference_images.value_or(""), "reference-images");
    if (!list)
      return list.error();
    auto references = read_reference_images(*list);
    if (!references)
      return std::move(references.error());
    service.references = std::move(*references);
    if (!service.endpoint.has_files())
      if (auto problem = files_problem_of(settings, service.references))
        return *std::move(problem);
    auto credentials = Credentials::find(settings, service.endpoint);
    if (!credentials)
      return std::move(credentials.error());
    service.credentials = std::move(*credentials);
    service.account =
        net::Account::share(service.endpoint.base_url, service.credentials->account());
    // An account never ends, so that its address names it.
    if (service.endpoint.has_files())
      service.files = net::FileStore::share(
          service.endpoint,
          std::to_string(reinterpret_cast<std::uintptr_t>(service.account.get())));
  }
  if (is_set(settings.audit_location) && service.credentials) {
    auto audit = Audit::open(*settings.audit_location, stream_name,
                             [credentials = service.credentials](std::string text) {
                               return credentials->scrub(std::move(text));
                             });
    if (!audit)
      return std::move(audit.error());
    service.audit = std::move(*audit);
  }
  // Last: an old record is emptied only where the rest is right.
  if (is_set(settings.record_location)) {
    auto recorder = Recorder::open(*settings.record_location);
    if (!recorder)
      return std::move(recorder.error());
    service.recorder = std::move(*recorder);
  }
  return service;
}

bool read_credentials_again(Service &service)
{
  if (!service.credentials->read_again())
    return false;
  net::Account::also(service.account, service.endpoint.base_url, service.credentials->account());
  return true;
}

} // namespace gemini
