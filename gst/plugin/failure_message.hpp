// SPDX-License-Identifier: LGPL-2.1-or-later
// From a failure to a sentence on the bus that a user can act on.
#pragma once

#include "core/failure.hpp"

#include <gst/gst.h>

#include <string>

namespace gemini {

enum class Severity { warning, error };

// Posts a message. Not to be called with a lock held.
void post_failure(GstElement *element, Severity severity, const Failure &failure,
                  const std::string &model, const std::string &base_url);

// Whether the same would happen again and again until the user changes a setting.
bool is_users_to_mend(FailureKind kind);

} // namespace gemini
