#pragma once

#include "tinyfog/nn/operator_table.h"

namespace tinyfog::nn {

/// AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D over NHWC maps; taps outside the map do not count.
/// The integer average divides the raw values' sum, halves away from zero.
struct PoolParams {
  Ref input;
  Ref output;
  std::uint16_t batches;
  std::uint16_t channels;
  std::uint16_t input_height;
  std::uint16_t input_width;
  std::uint16_t output_height;
  std::uint16_t output_width;
  std::uint16_t filter_height;
  std::uint16_t filter_width;
  std::uint16_t stride_height;
  std::uint16_t stride_width;
  std::int16_t pad_top;
  std::int16_t pad_left;
  std::int32_t clamp_min;  // a float's bits for float
  std::int32_t clamp_max;
};
static_assert(sizeof(PoolParams) == 40);

bool VerifyPool8(const PoolParams&, const Bounds&);
bool VerifyPool16(const PoolParams&, const Bounds&);
bool VerifyPoolFloat(const PoolParams&, const Bounds&);
void RunAveragePoolInt8(const PoolParams&, Memory);
void RunAveragePoolInt16(const PoolParams&, Memory);
void RunAveragePoolFloat(const PoolParams&, Memory);
void RunMaxPoolInt8(const PoolParams&, Memory);
void RunMaxPoolInt16(const PoolParams&, Memory);
void RunMaxPoolFloat(const PoolParams&, Memory);
void RunL2PoolFloat(const PoolParams&, Memory);

using AveragePoolInt8 =
    Operator<Opcode::kAveragePoolInt8, PoolParams, VerifyPool8, RunAveragePoolInt8>;
using AveragePoolInt16 =
    Operator<Opcode::kAveragePoolInt16, PoolParams, VerifyPool16, RunAveragePoolInt16>;
using AveragePoolFloat =
    Operator<Opcode::kAveragePoolFloat, PoolParams, VerifyPoolFloat, RunAveragePoolFloat>;
using MaxPoolInt8 = Operator<Opcode::kMaxPoolInt8, PoolParams, VerifyPool8, RunMaxPoolInt8>;
using MaxPoolInt16 = Operator<Opcode::kMaxPoolInt16, PoolParams, VerifyPool16, RunMaxPoolInt16>;
using MaxPoolFloat = Operator<Opcode::kMaxPoolFloat, PoolParams, VerifyPoolFloat, RunMaxPoolFloat>;
using L2PoolFloat = Operator<Opcode::kL2PoolFloat, PoolParams, VerifyPoolFloat, RunL2PoolFloat>;

}  // namespace tinyfog::nn
