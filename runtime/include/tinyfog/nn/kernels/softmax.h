#pragma once

#include "tinyfog/nn/operator_table.h"

namespace tinyfog::nn {

/// SOFTMAX and LOG_SOFTMAX over the last dimension of [rows][depth]. In place is allowed.
/// int8: fixed point as TFLite: the difference to the row's maximum is rescaled to Q5.26 by
/// `multiplier` and `shift`; differences below `difference_min` count as zero. SOFTMAX: scale
/// 1/256, zero point -128. LOG_SOFTMAX: scale 16/256, zero point 127; `reverse_multiplier` and
/// `reverse_shift` undo the input's rescaling. Float: `beta` scales the input of SOFTMAX.
/// Source: TFLite kernels/internal/reference/softmax.h and integer_ops/log_softmax.h.
struct SoftmaxParams {
  Ref input;
  Ref output;
  Ref tables;  // int16: 513 values of exp(-x), then 513 of 1/(1+x); else kNoRef
  std::uint32_t rows;
  std::uint32_t depth;
  std::int32_t multiplier;
  std::int32_t shift;
  std::int32_t difference_min;
  std::int32_t reverse_multiplier;
  std::int32_t reverse_shift;
  float beta;
};
static_assert(sizeof(SoftmaxParams) == 44);

bool VerifySoftmaxInt8(const SoftmaxParams&, const Bounds&);
bool VerifySoftmaxInt16(const SoftmaxParams&, const Bounds&);
bool VerifySoftmaxFloat(const SoftmaxParams&, const Bounds&);
void RunSoftmaxInt8(const SoftmaxParams&, Memory);
void RunSoftmaxInt16(const SoftmaxParams&, Memory);
void RunSoftmaxFloat(const SoftmaxParams&, Memory);
void RunLogSoftmaxInt8(const SoftmaxParams&, Memory);
void RunLogSoftmaxFloat(const SoftmaxParams&, Memory);

using SoftmaxInt8 =
    Operator<Opcode::kSoftmaxInt8, SoftmaxParams, VerifySoftmaxInt8, RunSoftmaxInt8>;
using SoftmaxInt16 =
    Operator<Opcode::kSoftmaxInt16, SoftmaxParams, VerifySoftmaxInt16, RunSoftmaxInt16>;
using SoftmaxFloat =
    Operator<Opcode::kSoftmaxFloat, SoftmaxParams, VerifySoftmaxFloat, RunSoftmaxFloat>;
using LogSoftmaxInt8 =
    Operator<Opcode::kLogSoftmaxInt8, SoftmaxParams, VerifySoftmaxInt8, RunLogSoftmaxInt8>;
using LogSoftmaxFloat =
    Operator<Opcode::kLogSoftmaxFloat, SoftmaxParams, VerifySoftmaxFloat, RunLogSoftmaxFloat>;

/// L2_NORMALIZATION over the last dimension: y = x / sqrt(sum x^2). int8: scale 1/128, zero point
/// 0; `zero_point` is the input's.
struct L2NormParams {
  Ref input;
  Ref output;
  std::uint32_t rows;
  std::uint32_t depth;
  std::int32_t zero_point;
};
bool VerifyL2NormInt8(const L2NormParams&, const Bounds&);
bool VerifyL2NormFloat(const L2NormParams&, const Bounds&);
void RunL2NormInt8(const L2NormParams&, Memory);
void RunL2NormFloat(const L2NormParams&, Memory);
using L2NormInt8 = Operator<Opcode::kL2NormInt8, L2NormParams, VerifyL2NormInt8, RunL2NormInt8>;
using L2NormFloat = Operator<Opcode::kL2NormFloat, L2NormParams, VerifyL2NormFloat, RunL2NormFloat>;

}  // namespace tinyfog::nn
