#pragma once

#include <cstdint>
#include <vector>

#include "tinyfog/nn/format.h"

namespace tinyfog::package {

/// The demo's model, compiled.
std::vector<std::uint8_t> CompiledMotor(nn::Target target);

}  // namespace tinyfog::package
