// SPDX-License-Identifier: LGPL-2.1-or-later
// The plugin as a part of the test's executable, where a ManualClock is its clock, too.
#pragma once

namespace gemini::test {

// Registers the elements in this process. Once, after gst_init() and before any of them is made; in
// the function that makes the suite.
void register_gemini();

} // namespace gemini::test
