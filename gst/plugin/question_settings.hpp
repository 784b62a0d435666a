// SPDX-License-Identifier: LGPL-2.1-or-later
// From the properties to the question that is asked of the model.
#pragma once

#include "core/question.hpp"
#include "core/result.hpp"
#include "plugin/analyzer_settings.hpp"
#include "plugin/text_file.hpp"

namespace gemini {

// Reads the files that are named "@path", splits lists and checks what can be checked without the
// service.
Result<Question, SettingProblem> make_question(const AnalyzerSettings &settings);

// The same and all else that follows from the settings.
Result<DerivedSettings, SettingProblem> derive(const AnalyzerSettings &settings);

} // namespace gemini
