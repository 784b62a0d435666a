// SPDX-License-Identifier: LGPL-2.1-or-later

// What the cost governor has to say on the bus: element messages named "gemini-budget".
#pragma once

#include "core/ledger.hpp"
#include "core/sampler.hpp"

#include <gst/gst.h>

#include <string>

namespace gemini {

// Fields: event="threshold"; limit, the name of the property; percent; used; of. Not to be called
// with a lock held, like the other.
void post_alarm(GstElement *element, const BudgetAlarm::Alarm &alarm);

// What the projection follows from.
struct ProjectionBasis {
  Rate analysis_rate;
  std::string model;
  bool operator==(const ProjectionBasis &) const = default;
};
// Fields: event="projection"; requests-per-day; tokens-per-day; cost-per-day where there is a
// price; analysis-rate; model.
void post_projection(GstElement *element, const Projection &projection,
                     const ProjectionBasis &basis);

} // namespace gemini
