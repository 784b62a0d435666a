// SPDX-License-Identifier: LGPL-2.1-or-later
// Listening on loopback, for many clients at once.
#pragma once

#include "core/result.hpp"
#include "glib/ref.hpp"

#include <gio/gio.h>

#include <string>

GEMINI_REF_TRAITS(GSocket, g_object_ref, g_object_unref);

namespace gemini::emulator {

// 0: any free port. The error is one sentence.
Result<Ref<GSocket>, std::string> listen_on(int port);
int port_of(GSocket *socket);

} // namespace gemini::emulator
