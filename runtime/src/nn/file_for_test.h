#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tinyfog/nn/format.h"
#include "tinyfog/nn/kernels/move.h"
#include "tinyfog/nn/opcode.h"

namespace tinyfog::nn {

// A model without inputs: one step fills its output of 4 bytes with 7.
struct alignas(16) File {
  Header header{};
  StepRecord step{};
  FillParams params{};
  std::uint32_t step_offset = 0;
  TensorRecord tensor{};
  std::uint32_t shape = 4;
  PortRecord output{};

  File() {
    header = {kTfmMagic,
              kFormatVersion,
              0,
              0,
              sizeof(File),
              0,
              16,
              1,
              1,
              0,
              1,
              0,
              1,
              offsetof(File, step_offset),
              offsetof(File, tensor),
              offsetof(File, output),
              0,
              offsetof(File, shape),
              0,
              0};
    step = {static_cast<std::uint16_t>(Opcode::kFill), sizeof(FillParams)};
    params = {0, 4, 7, 1};
    step_offset = offsetof(File, step);
    tensor = {0, 4, 1, 1, static_cast<std::uint8_t>(Type::kInt8), 1, 0};
  }
  std::span<const std::uint8_t> bytes() const {
    return {reinterpret_cast<const std::uint8_t*>(this), sizeof(File)};
  }
};

}  // namespace tinyfog::nn
