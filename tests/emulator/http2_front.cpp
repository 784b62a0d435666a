// SPDX-License-Identifier: LGPL-2.1-or-later
// Running nghttpx.
#include "http2_front.hpp"

#include "listener.hpp"

#include <csignal>

#include <sys/prctl.h>

namespace gemini::emulator {
namespace {

// It is found also where the administrator's programs are not in the path.
std::string program_path()
{
  for (const char *name : {"nghttpx", "/usr/sbin/nghttpx"}) {
    g_autofree char *path = g_find_program_in_path(name);
    if (path)
      return path;
  }
  return {};
}

// Waits for it. Nobody tells when a program of others has begun to listen.
bool is_listening(int port)
{
  g_autoptr(GSocketAddress) address =
      g_inet_socket_address_new_from_string("127.0.0.1", static_cast<guint>(port));
  for (int tries = 0; tries < 2000; ++tries) {
    g_autoptr(GSocket) socket =
        g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, nullptr);
    if (socket && g_socket_connect(socket, address, nullptr, nullptr))
      return true;
    g_usleep(5000);
  }
  return false;
}

} // namespace

bool Http2Front::is_available()
{
  return !program_path().empty();
}

Result<std::unique_ptr<Http2Front>, std::string>
Http2Front::start(int port, int backend, const std::string &cert_file, const std::string &key_file)
{
  // The port is found here, and given back for it to take: newer versions take no socket over.
  int bound_port = 0;
  {
    const auto socket = listen_on(port);
    if (!socket)
      return socket.error();
    bound_port = port_of(socket->get());
  }
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(static_cast<GSubprocessFlags>(
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE));
  const auto end_with_parent = +[](gpointer) noexcept { prctl(PR_SET_PDEATHSIG, SIGKILL); };
  g_subprocess_launcher_set_child_setup(launcher, end_with_parent, nullptr, nullptr);

  const std::string program = program_path();
  const std::string frontend = "--frontend=127.0.0.1," + std::to_string(bound_port);
  const std::string backend_option = "--backend=127.0.0.1," + std::to_string(backend);
  const char *const words[] = {
      program.c_str(),
      "--conf=/dev/null",
      "--single-process",
      "--workers=1",
      "--no-ocsp",
      "--log-level=FATAL",
      // Requests and answers pass as they are, and no clock but the emulator's own counts.
      "--no-via",
      "--no-server-rewrite",
      "--no-location-rewrite",
      "--no-add-x-forwarded-proto",
      "--frontend-http2-read-timeout=1h",
      "--frontend-read-timeout=1h",
      "--backend-read-timeout=1h",
      "--frontend-http2-window-size=16M",
      "--frontend-http2-connection-window-size=64M",
      frontend.c_str(),
      backend_option.c_str(),
      key_file.c_str(),
      cert_file.c_str(),
      nullptr,
  };
  g_autoptr(GError) error = nullptr;
  GSubprocess *process = g_subprocess_launcher_spawnv(launcher, words, &error);
  if (!process)
    return "nghttpx cannot be run: " + std::string{error->message};
  std::unique_ptr<Http2Front> front{new Http2Front{Ref<GSubprocess>::adopt(process), bound_port}};
  if (!is_listening(bound_port))
    return "nghttpx does not listen on port " + std::to_string(bound_port) + ".";
  return front;
}

Http2Front::~Http2Front()
{
  g_subprocess_force_exit(program_.get());
  g_subprocess_wait(program_.get(), nullptr, nullptr);
}

} // namespace gemini::emulator
