// SPDX-License-Identifier: LGPL-2.1-or-later
// What it takes to follow the people of a street.
#pragma once

#include "film.hpp"
#include "table.hpp"

namespace gemini::bench {

// `film` is the street.
void measure_cost(const Film &film, Goals &goals);

} // namespace gemini::bench
