#pragma once

#include "tinyfog/graph/scale.h"

namespace tinyfog::compile {

using graph::Clamp;
using graph::ClampOf;
using graph::HighestOf;
using graph::LowestOf;
using graph::Quantise;
using graph::ScaleOf;

}  // namespace tinyfog::compile
