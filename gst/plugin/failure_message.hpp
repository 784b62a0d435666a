// SPDX-License-Identifier: LGPL-2.1-or-later
// From a failure to a sentence on the bus that a user can act on.
#pragma once

#include "core/failure.hpp"
#include "wire/endpoint.hpp"

#include <gst/gst.h>

#include <string>

namespace gemini {

enum class Severity { warning, error };

// Posts a message. `endpoint` is the one that was asked. Not to be called with a lock held.
void post_failure(GstElement *element, Severity severity, const Failure &failure,
                  const std::string &model, const wire::Endpoint &endpoint);

// What the user can do about a failure of kind quota, which heals within a minute or only at the
// end of the day.
std::string quota_advice(const Failure &failure);

// Whether the same would happen again and again until the user changes a setting.
bool is_users_to_mend(FailureKind kind);

// Whether on-error=stop stops for it: not for what is about one frame, or the user's own limit.
bool is_failure_of_service(FailureKind kind);

} // namespace gemini
