#pragma once

#include <string>

#include "tinyfog/compile/compile.h"

namespace tinyfog::compile {

/// A picture of the arena over the steps, as SVG: a column for each step, a rectangle for each
/// buffer, bytes upwards, the size of the arena and the fullest step marked.
std::string ArenaSvg(const Compiled& compiled);

}  // namespace tinyfog::compile
