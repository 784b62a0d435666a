// SPDX-License-Identifier: LGPL-2.1-or-later
// GIO's own default is replaced, so that the product needs nothing that would trust less than
// usual.
#include "certificate.hpp"

#include <gio/gio.h>

#include <filesystem>

namespace gemini::test {

Certificate::Certificate()
{
  if (!g_tls_backend_supports_tls(g_tls_backend_get_default())) {
    problem_ = "no TLS in GIO (Debian: apt install glib-networking)";
    return;
  }
  g_autofree char *openssl = g_find_program_in_path("openssl");
  if (!openssl) {
    problem_ = "no openssl to make a certificate with (Debian: apt install openssl)";
    return;
  }
  g_autofree char *dir = g_dir_make_tmp("certificate-XXXXXX", nullptr);
  dir_ = dir;
  const std::string command =
      std::string{openssl} +
      " req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
      " -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout " +
      key() + " -out " + cert();
  int status = 0;
  g_autofree char *noise = nullptr;
  g_autofree char *more_noise = nullptr;
  if (!g_spawn_command_line_sync(command.c_str(), &noise, &more_noise, &status, nullptr) ||
      status != 0)
    problem_ = "openssl made no certificate";
}

Certificate::~Certificate()
{
  if (dir_.empty())
    return;
  g_tls_backend_set_default_database(g_tls_backend_get_default(), nullptr);
  std::error_code ignored;
  std::filesystem::remove_all(dir_, ignored);
}

void Certificate::trust() const
{
  g_autoptr(GTlsDatabase) database = g_tls_file_database_new(cert().c_str(), nullptr);
  g_tls_backend_set_default_database(g_tls_backend_get_default(), database);
}

} // namespace gemini::test
