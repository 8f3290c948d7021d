#pragma once

#include <memory>

#include "tinyfog/tflite/model.h"

namespace tinyfog::tflite {

/// Input [1,1,8,1] -> CONV_2D with weights [2,1,3,1] and bias [2] -> output [1,1,8,2]: tensors 0 to
/// 3; int8, quantised per channel; buffers 1 (weights) and 2 (bias).
std::unique_ptr<ModelT> SmallConvolution();

}  // namespace tinyfog::tflite
