#pragma once

#include "tinyfog/nn/model.h"
#include "tinyfog/package/package.h"

namespace tinyfog::package {

/// The opcodes that a model's steps have, as a bit map without zeros at its end.
std::vector<std::uint8_t> OperatorsOf(const nn::Model& model);

}  // namespace tinyfog::package
