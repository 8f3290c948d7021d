#pragma once

#include "tinyfog/nn/operator_table.h"

namespace tinyfog::nn {

enum class UnaryOp : std::uint32_t {
  kAbs,
  kNeg,
  kClamp,      // to [a, b]
  kLeakyRelu,  // slope a below zero
  kElu,
  kHardSwish,
  kLogistic,
  kTanh,
  kExp,
  kLog,
  kSqrt,
  kRsqrt,
  kSquare,
  kSin,
  kCos,
  kCeil,
  kFloor,
  kRound,  // halves to even
};
inline constexpr std::uint32_t kUnaryOpCount = 18;

/// Unary functions of float32. In place is allowed.
struct UnaryFloatParams {
  Ref input;
  Ref output;
  std::uint32_t count;
  UnaryOp op;
  float a;
  float b;
};
static_assert(sizeof(UnaryFloatParams) == 24);

/// Piecewise linear functions and requantisation of integers:
/// y = clamp(Rescale(|x - zero_point| or x - zero_point, scale by sign) + output_offset).
/// QUANTIZE between integers, RELU, LEAKY_RELU and ABS of int16, and the like.
struct RequantizeParams {
  Ref input;
  Ref output;
  std::uint32_t count;
  std::int32_t zero_point;
  std::int32_t output_offset;
  std::int32_t multiplier;
  std::int32_t shift;
  std::int32_t negative_multiplier;  // for x < zero_point
  std::int32_t negative_shift;
  std::int32_t clamp_min;
  std::int32_t clamp_max;
  std::uint8_t input_type;  // Type: integers up to 32 bits
  std::uint8_t output_type;
  std::uint8_t absolute;
  std::uint8_t reserved;
};
static_assert(sizeof(RequantizeParams) == 48);

/// QUANTIZE: y = clamp(round(x / scale) + zero_point), halves away from zero.
/// DEQUANTIZE: y = scale * (x - zero_point).
struct QuantizeParams {
  Ref input;
  Ref output;
  std::uint32_t count;
  float scale;
  std::int32_t zero_point;
  std::uint32_t type;  // Type of the integers, up to 16 bits (DEQUANTIZE: 32)
};
static_assert(sizeof(QuantizeParams) == 24);

/// CAST between any two types; floats truncate and saturate.
struct CastParams {
  Ref input;
  Ref output;
  std::uint32_t count;
  std::uint8_t input_type;
  std::uint8_t output_type;
  std::uint16_t reserved;
};
static_assert(sizeof(CastParams) == 16);

/// LOGISTIC (`tanh` 0) and TANH (1) of int16 by interpolation in a table of 256 values of
/// 65536 * sigmoid(i / 24). Source: TFLite reference/integer_ops/logistic.h and tanh.h.
struct Lookup16Params {
  Ref input;
  Ref output;
  Ref table;  // uint16[256]
  std::uint32_t count;
  std::int32_t multiplier;
  std::uint32_t shift;
  std::uint32_t tanh;
};
static_assert(sizeof(Lookup16Params) == 28);

bool VerifyUnaryFloat(const UnaryFloatParams&, const Bounds&);
bool VerifyRequantize(const RequantizeParams&, const Bounds&);
bool VerifyQuantizeFloat(const QuantizeParams&, const Bounds&);
bool VerifyDequantize(const QuantizeParams&, const Bounds&);
bool VerifyCast(const CastParams&, const Bounds&);
bool VerifyLookup16(const Lookup16Params&, const Bounds&);
void RunUnaryFloat(const UnaryFloatParams&, Memory);
void RunRequantize(const RequantizeParams&, Memory);
void RunQuantizeFloat(const QuantizeParams&, Memory);
void RunDequantize(const QuantizeParams&, Memory);
void RunCast(const CastParams&, Memory);
void RunLookup16(const Lookup16Params&, Memory);

using UnaryFloat = Operator<Opcode::kUnaryFloat, UnaryFloatParams, VerifyUnaryFloat, RunUnaryFloat>;
using Requantize = Operator<Opcode::kRequantize, RequantizeParams, VerifyRequantize, RunRequantize>;
using QuantizeFloat =
    Operator<Opcode::kQuantizeFloat, QuantizeParams, VerifyQuantizeFloat, RunQuantizeFloat>;
using Dequantize = Operator<Opcode::kDequantize, QuantizeParams, VerifyDequantize, RunDequantize>;
using Cast = Operator<Opcode::kCast, CastParams, VerifyCast, RunCast>;
using Lookup16 = Operator<Opcode::kLookup16, Lookup16Params, VerifyLookup16, RunLookup16>;

}  // namespace tinyfog::nn
