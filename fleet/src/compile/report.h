#pragma once

#include <string>

#include "tinyfog/compile/compile.h"
#include "tinyfog/term/table.h"

namespace tinyfog::compile {

/// Steps with kernel, shape, work, constants and live arena bytes, then the totals.
std::string ReportText(const Compiled& compiled, const term::Style& style);
std::string ReportJson(const Compiled& compiled);

}  // namespace tinyfog::compile
