// SPDX-License-Identifier: LGPL-2.1-or-later

// Where the service is, and what opens it: key or token, and how they are replaced while playing.
#pragma once

#include "net/http_client.hpp"
#include "plugin/analyzer_settings.hpp"
#include "plugin/text_file.hpp"
#include "wire/endpoint.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace gemini {

// Base URL: `base-url`, else GOOGLE_GEMINI_BASE_URL (Gemini API only), else Google's, of Vertex by
// the location. Vertex AI is meant where vertex-project or vertex-location is set. `api-version`
// stays as it is set, but for its default, which Vertex calls v1beta1.
Result<wire::Endpoint, SettingProblem> find_endpoint(const AnalyzerSettings &settings);

// The key or token in use. Any thread. A secret goes into a header and nowhere else.
class Credentials {
public:
  // The key: `api-key`, else the file, else GOOGLE_API_KEY, else GEMINI_API_KEY. The token (Vertex
  // with a project): `access-token`, which may be "@path". The key serves Vertex in express mode,
  // that is without a project. Reads files: at start only.
  static Result<std::shared_ptr<Credentials>, SettingProblem> find(const AnalyzerSettings &settings,
                                                                   const wire::Endpoint &endpoint);

  // The header that carries it.
  net::Headers headers() const;
  // For Account::share() and, once it has changed, Account::also(): the key in use; of a token,
  // which changes by the hour, project and location.
  std::string account() const;
  // Reads the file again (api-key-file, access-token=@path) and says whether that gave another
  // secret. Only a regular file is read again: not what would keep the worker waiting.
  bool read_again();
  // access-token has been set while playing. Says whether that is another one; a bad one changes
  // nothing.
  Result<bool, SettingProblem> set_token(const std::optional<std::string> &value);
  // Changes with every other secret: a refusal of an older one means nothing. Whoever wants to know
  // which one headers() gave reads this before.
  unsigned generation() const;
  // `text` with every secret that this ever held blotted out: servers and proxies quote what they
  // were sent.
  std::string scrub(std::string text) const;

private:
  enum class Kind { key, token };
  // A secret and the file that it came from, if any.
  struct Found {
    std::string secret;
    std::optional<std::string> path = std::nullopt;
  };
  Credentials(Kind kind, Found found, std::string token_account);
  static Result<Found, SettingProblem> find_key(const AnalyzerSettings &settings, bool is_express);
  static Result<Found, SettingProblem> find_token(const std::string &value);
  using ReadFile = Result<std::string, SettingProblem> (*)(const std::string &, const char *);
  static Result<Found, SettingProblem> read_secret(Kind kind, const std::string &path,
                                                   ReadFile read_file = read_text_file);
  // With the mutex held. Says whether that is another one.
  bool replace(std::string secret);

  const Kind kind_;
  const std::string token_account_; // empty: the account is the key

  mutable std::mutex mutex_;        // guards all below
  std::optional<std::string> path_; // of the file it came from
  std::string secret_;
  std::vector<std::string> former_; // as many as are not too many, newest last
  unsigned generation_ = 1;
};

} // namespace gemini
