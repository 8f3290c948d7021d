#pragma once

#include <cstdint>
#include <vector>

#include "tinyfog/inference/tensor.h"

namespace tinyfog::inference {

/// The bytes of each tensor of some inferences.
using Buffers = std::vector<std::vector<std::uint8_t>>;

std::vector<const std::uint8_t*> ConstPointers(const Buffers& buffers);
std::vector<std::uint8_t*> Pointers(Buffers& buffers);

/// With kReadableBehind bytes behind those of each tensor.
Buffers Zeros(const std::vector<TensorSpec>& specs, std::uint32_t rows);
/// The same with bytes that are harmless for every type: small floats, any integers. Always the
/// same; more rows go on where fewer end.
Buffers SeededInputs(const std::vector<TensorSpec>& specs, std::uint32_t rows);

}  // namespace tinyfog::inference
