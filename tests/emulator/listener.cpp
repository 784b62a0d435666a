// SPDX-License-Identifier: LGPL-2.1-or-later
// Listening on loopback.
#include "listener.hpp"

namespace gemini::emulator {
namespace {

// A client that finds no place in the queue comes again after a second. GLib's own has 10 of them.
constexpr int kPlacesInQueue = 512;

} // namespace

Result<Ref<GSocket>, std::string> listen_on(int port)
{
  g_autoptr(GError) error = nullptr;
  g_autoptr(GSocket) socket =
      g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  if (socket)
    g_socket_set_listen_backlog(socket, kPlacesInQueue);
  g_autoptr(GSocketAddress) address =
      g_inet_socket_address_new_from_string("127.0.0.1", static_cast<guint>(port));
  if (!socket || !g_socket_bind(socket, address, TRUE, &error) || !g_socket_listen(socket, &error))
    return "port " + std::to_string(port) + " cannot be listened on: " + error->message;
  return Ref<GSocket>::share(socket);
}

int port_of(GSocket *socket)
{
  g_autoptr(GSocketAddress) address = g_socket_get_local_address(socket, nullptr);
  return address ? g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address)) : 0;
}

} // namespace gemini::emulator
