#pragma once

#include "tinyfog/nn/operator_table.h"

/// Operators that keep state in the arena from run to run.
namespace tinyfog::nn {

/// SVDF: each filter's product with the input joins a memory of the last `memory` products; a
/// unit's output is its bias plus the products of its `rank` filters' memories with their time
/// weights. `state` is [batches][filters][memory] of the time weights' type.
/// Source: TFLM svdf_common.cc; the integer form has no fused activation.
struct SvdfParams {
  Ref input;
  Ref output;
  Ref state;
  Ref feature_weights;  // [filters][inputs]
  Ref time_weights;     // [filters][memory]
  Ref bias;             // int32 or float [filters / rank]
  std::uint32_t batches;
  std::uint32_t inputs;
  std::uint32_t filters;  // a multiple of rank
  std::uint32_t rank;
  std::uint32_t memory;
  std::int32_t input_zero_point;
  std::int32_t state_zero_point;
  std::int32_t output_zero_point;
  std::int32_t state_multiplier;
  std::int32_t state_shift;
  std::int32_t output_multiplier;
  std::int32_t output_shift;
  float clamp_min;  // float only
  float clamp_max;
  std::uint32_t state_type;  // Type: int8 or int16; float32 for float
};
static_assert(sizeof(SvdfParams) == 84);

/// One gate: activate(input_weights x + recurrent_weights h + bias); the two products of the
/// integer form are rescaled to Q3.12 and saturated one by one.
struct LstmGate {
  Ref input_weights;      // [units][inputs]
  Ref recurrent_weights;  // [units][units]
  /// int8: int32 [2][units], the bias less input_zero_point * sum(input_weights), then
  /// -hidden_zero_point * sum(recurrent_weights); int16: int64 [units]; float: float [units].
  Ref bias;
  std::int32_t input_multiplier;
  std::int32_t input_shift;
  std::int32_t recurrent_multiplier;
  std::int32_t recurrent_shift;
};

/// UNIDIRECTIONAL_SEQUENCE_LSTM without peepholes, projection and layer normalisation; the cell
/// gate's activation is tanh. Cells are int16 (float for float), gates Q0.15.
/// Source: TFLM lstm_eval.h.
struct LstmParams {
  Ref input;          // [batches][steps][inputs]; time major: [steps][batches][inputs]
  Ref output;         // the same with units; must not overlap the input
  Ref hidden;         // state [batches][units]
  Ref cell;           // state [batches][units]
  Ref table;          // as in Lookup16Params; kNoRef for float
  LstmGate gates[4];  // forget, input, cell, output
  std::uint32_t batches;
  std::uint32_t steps;
  std::uint32_t inputs;
  std::uint32_t units;
  std::int32_t forget_multiplier;  // forget gate * cell
  std::int32_t forget_shift;
  std::int32_t update_multiplier;  // input gate * cell gate
  std::int32_t update_shift;
  std::int32_t hidden_multiplier;  // output gate * tanh(cell)
  std::int32_t hidden_shift;
  std::int32_t hidden_zero_point;
  std::int32_t tanh_multiplier;  // cell to the table's position
  std::uint32_t tanh_shift;
  std::int32_t cell_clip;  // 0: none; a float's bits for float
  std::uint32_t time_major;
};
static_assert(sizeof(LstmParams) == 192);

bool VerifySvdfInt8(const SvdfParams&, const Bounds&);
bool VerifySvdfFloat(const SvdfParams&, const Bounds&);
void RunSvdfInt8(const SvdfParams&, Memory);
void RunSvdfFloat(const SvdfParams&, Memory);

bool VerifyLstmInt8(const LstmParams&, const Bounds&);
bool VerifyLstmInt16(const LstmParams&, const Bounds&);
bool VerifyLstmFloat(const LstmParams&, const Bounds&);
void RunLstmInt8(const LstmParams&, Memory);
void RunLstmInt16(const LstmParams&, Memory);
void RunLstmFloat(const LstmParams&, Memory);

using SvdfInt8 = Operator<Opcode::kSvdfInt8, SvdfParams, VerifySvdfInt8, RunSvdfInt8>;
using SvdfFloat = Operator<Opcode::kSvdfFloat, SvdfParams, VerifySvdfFloat, RunSvdfFloat>;
using LstmInt8 = Operator<Opcode::kLstmInt8, LstmParams, VerifyLstmInt8, RunLstmInt8>;
using LstmInt16 = Operator<Opcode::kLstmInt16, LstmParams, VerifyLstmInt16, RunLstmInt16>;
using LstmFloat = Operator<Opcode::kLstmFloat, LstmParams, VerifyLstmFloat, RunLstmFloat>;

}  // namespace tinyfog::nn
