// SPDX-License-Identifier: LGPL-2.1-or-later
// What an element talks to from READY to PAUSED and back, as its settings say.
#pragma once

#include "net/account.hpp"
#include "net/file_store.hpp"
#include "plugin/analyzer_settings.hpp"
#include "plugin/audit.hpp"
#include "plugin/credentials.hpp"
#include "plugin/recorder.hpp"
#include "plugin/reference_images.hpp"
#include "plugin/replay.hpp"

#include <memory>
#include <string>
#include <vector>

namespace gemini {

struct Service {
  wire::Endpoint endpoint;
  // The next three are null while replaying, when nothing is asked.
  std::shared_ptr<Credentials> credentials;
  std::shared_ptr<net::Account> account;
  std::shared_ptr<net::FileStore> files; // null also where there is no Files API
  std::vector<ReferenceImage> references;
  std::shared_ptr<const Replay> replay; // null: the service is asked
  std::unique_ptr<Recorder> recorder;   // null: nothing is recorded
  std::shared_ptr<Audit> audit;         // null: likewise
};

// Reads the environment and files: at start only. `stream_name` is the element's.
Result<Service, SettingProblem> open_service(const AnalyzerSettings &settings,
                                             const std::string &stream_name);

// Reads the key or token again where it is that of a file; true where it is another one. That
// counts as the same account: what was asked so far is not forgotten.
bool read_credentials_again(Service &service);

} // namespace gemini
