// SPDX-License-Identifier: LGPL-2.1-or-later
// A certificate for 127.0.0.1 that is made when a test runs, and signs itself.
#pragma once

#include <string>

namespace gemini::emulator::test {

class TestCertificate {
public:
  // Runs openssl; without it, there is none.
  TestCertificate();
  ~TestCertificate(); // removes the files
  TestCertificate(const TestCertificate &) = delete;
  TestCertificate &operator=(const TestCertificate &) = delete;

  // False where a test has to be skipped: no openssl, or no TLS in GIO (Debian: glib-networking).
  bool is_usable() const { return !cert_file_.empty(); }
  // PEM files, for Options::tls_cert and tls_key. A client that shall trust it takes the first as
  // its authority.
  const std::string &cert_file() const { return cert_file_; }
  const std::string &key_file() const { return key_file_; }

private:
  std::string dir_;
  std::string cert_file_;
  std::string key_file_;
};

} // namespace gemini::emulator::test
