#pragma once

#include <cstdint>
#include <vector>

#include "tinyfog/train/network.h"
#include "tinyfog/train/quantizer.h"

namespace tinyfog::train {

/// The network as a .tflite file: input "window" [1,1,width,channels] float32, output "state"
/// [1,classes] float32 (softmax).
std::vector<std::uint8_t> ExportFloat(const Network& network);

/// The same in int8; the softmax has scale 1/256 and zero point -128.
std::vector<std::uint8_t> ExportInt8(const NetworkSpec& spec, const QuantizedNetwork& quantized);

}  // namespace tinyfog::train
