#pragma once

#include "tinyfog/nn/kernels/convolution.h"

namespace tinyfog::nn {

/// FULLY_CONNECTED: y[n,m] = clamp(requantise(bias[m] + sum_c x[n,c] w[m,c]) + output_zero_point).
/// `weights` [outputs][inputs]; `channels` as in ConvolutionParams. y must not overlap x.
/// Source: TFLite 8-bit quantisation specification, FULLY_CONNECTED.
struct FullyConnectedParams {
  Ref input;
  Ref output;
  Ref weights;
  Ref channels;
  Ref scratch;
  std::uint32_t scratch_bytes;
  std::uint32_t batches;
  std::uint32_t inputs;
  std::uint32_t outputs;
  std::int16_t output_zero_point;
  Packing packing;
  std::uint8_t uniform;
  std::int32_t clamp_min;  // a float's bits for float
  std::int32_t clamp_max;
};
static_assert(sizeof(FullyConnectedParams) == 48);

bool VerifyFullyConnectedInt8(const FullyConnectedParams&, const Bounds&);
bool VerifyFullyConnectedInt4(const FullyConnectedParams&, const Bounds&);
bool VerifyFullyConnectedInt16(const FullyConnectedParams&, const Bounds&);
bool VerifyFullyConnectedFloat(const FullyConnectedParams&, const Bounds&);
void RunFullyConnectedInt8(const FullyConnectedParams&, Memory);
void RunFullyConnectedInt4(const FullyConnectedParams&, Memory);
void RunFullyConnectedInt16(const FullyConnectedParams&, Memory);
void RunFullyConnectedFloat(const FullyConnectedParams&, Memory);

using FullyConnectedInt8 = Operator<Opcode::kFullyConnectedInt8, FullyConnectedParams,
                                    VerifyFullyConnectedInt8, RunFullyConnectedInt8>;
using FullyConnectedInt4 = Operator<Opcode::kFullyConnectedInt4, FullyConnectedParams,
                                    VerifyFullyConnectedInt4, RunFullyConnectedInt4>;
using FullyConnectedInt16 = Operator<Opcode::kFullyConnectedInt16, FullyConnectedParams,
                                     VerifyFullyConnectedInt16, RunFullyConnectedInt16>;
using FullyConnectedFloat = Operator<Opcode::kFullyConnectedFloat, FullyConnectedParams,
                                     VerifyFullyConnectedFloat, RunFullyConnectedFloat>;

/// BATCH_MATMUL of two activations: y[b,m,n] = sum_k x[b,m,k] w[b,k,n] for `batch_count` pairs;
/// a batch's operand is at batch_x[i], batch_w[i] (constants: uint32 element offsets).
/// `transpose_w`: w is [n,k] instead. Integers subtract both zero points. Source: TFLite
/// BATCH_MATMUL.
struct BatchMatmulParams {
  Ref x;
  Ref w;
  Ref output;
  Ref batch_x;  // constants: uint32[batch_count]
  Ref batch_w;
  std::uint32_t batch_count;
  std::uint32_t rows;     // m
  std::uint32_t depth;    // k
  std::uint32_t columns;  // n
  std::uint32_t x_elements;
  std::uint32_t w_elements;
  std::int16_t x_zero_point;
  std::int16_t w_zero_point;
  std::int32_t output_zero_point;
  std::int32_t multiplier;
  std::int32_t shift;
  std::int32_t clamp_min;
  std::int32_t clamp_max;
  std::uint8_t transpose_x;  // x is [k,m]
  std::uint8_t transpose_w;
  std::uint16_t reserved;
};
static_assert(sizeof(BatchMatmulParams) == 72);

bool VerifyBatchMatmulInt8(const BatchMatmulParams&, const Bounds&);
bool VerifyBatchMatmulInt16(const BatchMatmulParams&, const Bounds&);
bool VerifyBatchMatmulFloat(const BatchMatmulParams&, const Bounds&);
void RunBatchMatmulInt8(const BatchMatmulParams&, Memory);
void RunBatchMatmulInt16(const BatchMatmulParams&, Memory);
void RunBatchMatmulFloat(const BatchMatmulParams&, Memory);

using BatchMatmulInt8 = Operator<Opcode::kBatchMatmulInt8, BatchMatmulParams, VerifyBatchMatmulInt8,
                                 RunBatchMatmulInt8>;
using BatchMatmulInt16 = Operator<Opcode::kBatchMatmulInt16, BatchMatmulParams,
                                  VerifyBatchMatmulInt16, RunBatchMatmulInt16>;
using BatchMatmulFloat = Operator<Opcode::kBatchMatmulFloat, BatchMatmulParams,
                                  VerifyBatchMatmulFloat, RunBatchMatmulFloat>;

}  // namespace tinyfog::nn
