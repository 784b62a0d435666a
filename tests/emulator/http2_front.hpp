// SPDX-License-Identifier: LGPL-2.1-or-later
// HTTP/2 for the emulator. libsoup's server takes no request body above 64 KiB over HTTP/2 (3.2),
// so nghttpx (Debian: nghttp2-proxy) speaks HTTP/2 and HTTP/1.1 over TLS in front of it, as the
// client prefers.
#pragma once

#include "core/result.hpp"
#include "glib/ref.hpp"

#include <gio/gio.h>

#include <memory>
#include <string>

GEMINI_REF_TRAITS(GSubprocess, g_object_ref, g_object_unref);

namespace gemini::emulator {

class Http2Front {
public:
  // Whether nghttpx is installed.
  static bool is_available();

  // Listens on 127.0.0.1:`port` (0: any free one) when this returns, and passes requests on to
  // 127.0.0.1:`backend`.
  static Result<std::unique_ptr<Http2Front>, std::string>
  start(int port, int backend, const std::string &cert_file, const std::string &key_file);
  // Drops all connections.
  ~Http2Front();
  Http2Front(const Http2Front &) = delete;
  Http2Front &operator=(const Http2Front &) = delete;

  int port() const { return port_; }

private:
  Http2Front(Ref<GSubprocess> program, int port) : program_(std::move(program)), port_(port) {}

  Ref<GSubprocess> program_;
  int port_;
};

} // namespace gemini::emulator
