// SPDX-License-Identifier: LGPL-2.1-or-later
// A certificate of 127.0.0.1 that is signed by itself, made anew for each test.
#pragma once

#include <string>

namespace gemini::test {

class Certificate {
public:
  Certificate();
  ~Certificate(); // nobody trusts it any more
  Certificate(const Certificate &) = delete;
  Certificate &operator=(const Certificate &) = delete;

  // Why there is none: GIO without TLS, or no openssl on this machine. Empty: there is one.
  const std::string &problem() const { return problem_; }
  std::string cert() const { return dir_ + "/cert.pem"; }
  std::string key() const { return dir_ + "/key.pem"; }

  // From now on all of this process trusts it, and nothing else: what GIO takes by default is
  // replaced, so that a plugin that was loaded trusts it, too. Sessions that exist already keep
  // what they trust.
  void trust() const;

private:
  std::string problem_;
  std::string dir_; // empty: none
};

} // namespace gemini::test
