#pragma once

#include "tinyfog/nn/operator_table.h"

namespace tinyfog::nn {

/// Two operands spread over an output of up to four (merged) dimensions, outermost first; unused
/// ones are 1. Strides are in elements, 0 where an operand is broadcast. The output is dense. An
/// operand with the output's own strides may share its memory.
struct BinaryShape {
  Ref a;
  Ref b;
  Ref output;
  std::uint32_t dimensions[4];
  std::uint32_t a_strides[4];
  std::uint32_t b_strides[4];
};

/// ADD, SUB, MUL, SQUARED_DIFFERENCE, DIV and comparisons of quantised integers.
/// Scaled operand i: Rescale((i + i_offset) << left_shift, i_multiplier, i_shift).
struct QuantisedBinaryParams {
  BinaryShape shape;
  std::int32_t a_offset;
  std::int32_t b_offset;
  std::int32_t output_offset;
  std::uint32_t left_shift;
  std::int32_t a_multiplier;
  std::int32_t a_shift;
  std::int32_t b_multiplier;
  std::int32_t b_shift;
  std::int32_t output_multiplier;
  std::int32_t output_shift;
  std::int32_t clamp_min;
  std::int32_t clamp_max;
  std::uint32_t op;  // ADD: 0 adds, 1 subtracts; comparisons: a BinaryOp
};
static_assert(sizeof(QuantisedBinaryParams) == 112);

enum class BinaryOp : std::uint32_t {
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMaximum,
  kMinimum,
  kSquaredDifference,
  kFloorDiv,
  kFloorMod,
  kEqual,
  kNotEqual,
  kGreater,
  kGreaterEqual,
  kLess,
  kLessEqual,
  kAnd,
  kOr,
};
inline constexpr std::uint32_t kBinaryOpCount = 17;

/// Operations on raw values: float arithmetic, int32 arithmetic (wraps), maximum and minimum of any
/// type, comparisons (output bool). The clamp is the fused activation of ADD, SUB, MUL, DIV.
struct BinaryParams {
  BinaryShape shape;
  BinaryOp op;
  std::int32_t clamp_min;  // a float's bits for float
  std::int32_t clamp_max;
};
static_assert(sizeof(BinaryParams) == 72);

bool VerifyQuantisedBinary8(const QuantisedBinaryParams&, const Bounds&);
bool VerifyQuantisedBinary16(const QuantisedBinaryParams&, const Bounds&);
bool VerifyCompareInt8(const QuantisedBinaryParams&, const Bounds&);
void RunAddInt8(const QuantisedBinaryParams&, Memory);
void RunAddInt16(const QuantisedBinaryParams&, Memory);
void RunMulInt8(const QuantisedBinaryParams&, Memory);
void RunMulInt16(const QuantisedBinaryParams&, Memory);
void RunSquaredDifferenceInt8(const QuantisedBinaryParams&, Memory);
void RunSquaredDifferenceInt16(const QuantisedBinaryParams&, Memory);
void RunDivInt8(const QuantisedBinaryParams&, Memory);
void RunCompareInt8(const QuantisedBinaryParams&, Memory);
/// PRELU: a where a >= 0, else a * b. Positive: output multiplier; negative: b_multiplier.
void RunPreluInt8(const QuantisedBinaryParams&, Memory);

bool VerifyBinaryInt8(const BinaryParams&, const Bounds&);
bool VerifyBinaryInt16(const BinaryParams&, const Bounds&);
bool VerifyBinaryInt32(const BinaryParams&, const Bounds&);
bool VerifyBinaryFloat(const BinaryParams&, const Bounds&);
bool VerifyPreluFloat(const BinaryParams&, const Bounds&);
void RunBinaryInt8(const BinaryParams&, Memory);
void RunBinaryInt16(const BinaryParams&, Memory);
void RunBinaryInt32(const BinaryParams&, Memory);
void RunBinaryFloat(const BinaryParams&, Memory);
void RunPreluFloat(const BinaryParams&, Memory);

using AddInt8 =
    Operator<Opcode::kAddInt8, QuantisedBinaryParams, VerifyQuantisedBinary8, RunAddInt8>;
using AddInt16 =
    Operator<Opcode::kAddInt16, QuantisedBinaryParams, VerifyQuantisedBinary16, RunAddInt16>;
using MulInt8 =
    Operator<Opcode::kMulInt8, QuantisedBinaryParams, VerifyQuantisedBinary8, RunMulInt8>;
using MulInt16 =
    Operator<Opcode::kMulInt16, QuantisedBinaryParams, VerifyQuantisedBinary16, RunMulInt16>;
using SquaredDifferenceInt8 = Operator<Opcode::kSquaredDifferenceInt8, QuantisedBinaryParams,
                                       VerifyQuantisedBinary8, RunSquaredDifferenceInt8>;
using SquaredDifferenceInt16 = Operator<Opcode::kSquaredDifferenceInt16, QuantisedBinaryParams,
                                        VerifyQuantisedBinary16, RunSquaredDifferenceInt16>;
using DivInt8 =
    Operator<Opcode::kDivInt8, QuantisedBinaryParams, VerifyQuantisedBinary8, RunDivInt8>;
using CompareInt8 =
    Operator<Opcode::kCompareInt8, QuantisedBinaryParams, VerifyCompareInt8, RunCompareInt8>;
using PreluInt8 =
    Operator<Opcode::kPreluInt8, QuantisedBinaryParams, VerifyQuantisedBinary8, RunPreluInt8>;
using BinaryInt8 = Operator<Opcode::kBinaryInt8, BinaryParams, VerifyBinaryInt8, RunBinaryInt8>;
using BinaryInt16 = Operator<Opcode::kBinaryInt16, BinaryParams, VerifyBinaryInt16, RunBinaryInt16>;
using BinaryInt32 = Operator<Opcode::kBinaryInt32, BinaryParams, VerifyBinaryInt32, RunBinaryInt32>;
using BinaryFloat = Operator<Opcode::kBinaryFloat, BinaryParams, VerifyBinaryFloat, RunBinaryFloat>;
using PreluFloat = Operator<Opcode::kPreluFloat, BinaryParams, VerifyPreluFloat, RunPreluFloat>;

}  // namespace tinyfog::nn
