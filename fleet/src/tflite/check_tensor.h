#pragma once

#include <string>

#include "tinyfog/tflite/model.h"

namespace tinyfog::tflite {

/// What is wrong with the tensor itself: shape, type, buffer, constant's size, quantisation; no
/// code's text names the tensor. Precondition: the model's buffers are not null.
Outcome<void> CheckTensor(const ModelT& model, const TensorT& tensor);

}  // namespace tinyfog::tflite
