#pragma once

#include <cstdint>
#include <string>

#include "tinyfog/host/error.h"

namespace tinyfog::demo {

/// What a node has to know about the demo model: how reals become the bytes of its input and
/// output.
struct MotorModel {
  float input_scale = 0;
  std::int32_t input_zero_point = 0;
  float output_scale = 0;
  std::int32_t output_zero_point = 0;
};

/// Reads the scales from a .tflite file. Errors: those of ReadFile; kInvalidArgument when it is not
/// a model with one int8 input of a window's size and one int8 output of kMotorStates values.
Outcome<MotorModel> ReadMotorModel(const std::string& file);

}  // namespace tinyfog::demo
