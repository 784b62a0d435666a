// SPDX-License-Identifier: LGPL-2.1-or-later
// Making a certificate with the openssl command.
#include "test_certificate.hpp"

#include <gio/gio.h>

#include <filesystem>
#include <system_error>

namespace gemini::emulator::test {

TestCertificate::TestCertificate()
{
  g_autofree char *openssl = g_find_program_in_path("openssl");
  if (!openssl || !g_tls_backend_supports_tls(g_tls_backend_get_default()))
    return;
  g_autofree char *dir = g_dir_make_tmp("certificate-XXXXXX", nullptr);
  if (!dir)
    return;
  dir_ = dir;
  const std::string cert = dir_ + "/cert.pem";
  const std::string key = dir_ + "/key.pem";
  const char *const words[] = {openssl,
                               "req",
                               "-x509",
                               "-newkey",
                               "ec",
                               "-pkeyopt",
                               "ec_paramgen_curve:prime256v1",
                               "-nodes",
                               "-days",
                               "2",
                               "-subj",
                               "/CN=127.0.0.1",
                               "-addext",
                               "subjectAltName=IP:127.0.0.1",
                               "-keyout",
                               key.c_str(),
                               "-out",
                               cert.c_str(),
                               nullptr};
  g_autoptr(GSubprocess) program =
      g_subprocess_newv(words, G_SUBPROCESS_FLAGS_STDERR_SILENCE, nullptr);
  if (!program || !g_subprocess_wait_check(program, nullptr, nullptr))
    return;
  cert_file_ = cert;
  key_file_ = key;
}

TestCertificate::~TestCertificate()
{
  std::error_code ignored;
  if (!dir_.empty())
    std::filesystem::remove_all(dir_, ignored);
}

} // namespace gemini::emulator::test
