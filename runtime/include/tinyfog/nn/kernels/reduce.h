#pragma once

#include "tinyfog/nn/operator_table.h"

namespace tinyfog::nn {

enum class ReduceOp : std::uint32_t { kSum, kMean, kMaximum, kMinimum };

/// MEAN, SUM, REDUCE_MAX, REDUCE_MIN. The input is seen as up to four kept and four reduced
/// (merged) dimensions, outermost first, with strides in elements; unused ones are 1. The output is
/// dense over the kept ones. Integer MEAN and SUM:
/// clamp(Rescale(sum - count * zero_point, scale) + output_offset), where the compiler has put
/// MEAN's division into the scale. Raw values for MAX and MIN.
/// Source: TFLite kernels/internal/reference/reduce.h; MEAN's multiplier as tflite does it.
struct ReduceParams {
  Ref input;
  Ref output;
  std::uint32_t kept[4];
  std::uint32_t kept_strides[4];
  std::uint32_t reduced[4];
  std::uint32_t reduced_strides[4];
  ReduceOp op;
  std::int32_t zero_point;
  std::int32_t output_offset;
  std::int32_t multiplier;
  std::int32_t shift;
};
static_assert(sizeof(ReduceParams) == 92);

bool VerifyReduceInt8(const ReduceParams&, const Bounds&);
bool VerifyReduceInt16(const ReduceParams&, const Bounds&);
bool VerifyReduceFloat(const ReduceParams&, const Bounds&);
void RunReduceInt8(const ReduceParams&, Memory);
void RunReduceInt16(const ReduceParams&, Memory);
void RunReduceFloat(const ReduceParams&, Memory);
using ReduceInt8 = Operator<Opcode::kReduceInt8, ReduceParams, VerifyReduceInt8, RunReduceInt8>;
using ReduceInt16 = Operator<Opcode::kReduceInt16, ReduceParams, VerifyReduceInt16, RunReduceInt16>;
using ReduceFloat = Operator<Opcode::kReduceFloat, ReduceParams, VerifyReduceFloat, RunReduceFloat>;

/// ARG_MAX and ARG_MIN over the middle of [outer][axis][inner]: the first of equals.
struct ArgParams {
  Ref input;
  Ref output;  // int32 or int64
  std::uint32_t outer;
  std::uint32_t axis;
  std::uint32_t inner;
  std::uint8_t type;         // Type of the input: int8, uint8 or float32
  std::uint8_t output_type;  // Type: int32 or int64
  std::uint8_t minimum;
  std::uint8_t reserved;
};
static_assert(sizeof(ArgParams) == 24);
bool VerifyArg(const ArgParams&, const Bounds&);
void RunArg(const ArgParams&, Memory);
using Arg = Operator<Opcode::kArg, ArgParams, VerifyArg, RunArg>;

/// CUMSUM over the middle of [outer][axis][inner]. int8: in units of the input, shifted left by 20
/// as ADD does it.
struct CumsumParams {
  Ref input;
  Ref output;
  std::uint32_t outer;
  std::uint32_t axis;
  std::uint32_t inner;
  std::uint8_t exclusive;
  std::uint8_t reverse;
  std::uint16_t reserved;
  std::int32_t zero_point;
  std::int32_t output_offset;
  std::int32_t multiplier;
  std::int32_t shift;
  std::int32_t output_multiplier;
  std::int32_t output_shift;
};
static_assert(sizeof(CumsumParams) == 48);
bool VerifyCumsumInt8(const CumsumParams&, const Bounds&);
bool VerifyCumsumFloat(const CumsumParams&, const Bounds&);
void RunCumsumInt8(const CumsumParams&, Memory);
void RunCumsumFloat(const CumsumParams&, Memory);
using CumsumInt8 = Operator<Opcode::kCumsumInt8, CumsumParams, VerifyCumsumInt8, RunCumsumInt8>;
using CumsumFloat = Operator<Opcode::kCumsumFloat, CumsumParams, VerifyCumsumFloat, RunCumsumFloat>;

}  // namespace tinyfog::nn
