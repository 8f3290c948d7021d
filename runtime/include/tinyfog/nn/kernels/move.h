#pragma once

#include "tinyfog/nn/operator_table.h"

namespace tinyfog::nn {

/// Moves elements between two strided views. TRANSPOSE, SLICE, STRIDED_SLICE, SPLIT, CONCATENATION,
/// PACK, UNPACK, PAD, MIRROR_PAD, REVERSE, BROADCAST_TO and the space/depth/batch rearrangements
/// are one or several of these. Element 0 of a view is at the Ref plus `*_base` elements; strides
/// are in elements and may be negative. Unused dimensions (outermost) are 1. The views must not
/// overlap.
struct CopyParams {
  Ref input;
  Ref output;
  std::uint32_t input_base;
  std::uint32_t output_base;
  std::uint32_t dimensions[6];
  std::int32_t input_strides[6];
  std::int32_t output_strides[6];
  std::uint32_t element_bytes;  // 1, 2, 4 or 8
};
static_assert(sizeof(CopyParams) == 92);

/// Writes `count` elements of one value (its low bytes).
struct FillParams {
  Ref output;
  std::uint32_t count;
  std::uint32_t value;
  std::uint32_t element_bytes;  // 1, 2 or 4
};
static_assert(sizeof(FillParams) == 16);

/// y = table[x ^ flip]: unary functions of 8-bit values. `flip` is 0x80 for int8 inputs, so that
/// the table runs from the lowest value to the highest. In place is allowed.
struct Lookup8Params {
  Ref input;
  Ref output;
  Ref table;  // 256 bytes
  std::uint32_t count;
  std::uint32_t flip;
};
static_assert(sizeof(Lookup8Params) == 20);

/// GATHER: for each o, i: output[o][i][..] = input[o][index[i]][..], `inner_bytes` each. Indices
/// outside the axis read the nearest element.
struct GatherParams {
  Ref input;
  Ref indices;  // int32[batches][index_count]
  Ref output;
  std::uint32_t batches;  // share of input and indices
  std::uint32_t outer;
  std::uint32_t axis;
  std::uint32_t index_count;
  std::uint32_t inner_bytes;
};
static_assert(sizeof(GatherParams) == 32);

/// GATHER_ND: each of `count` index tuples of `depth` entries picks one slice. Entries outside
/// their dimension read the nearest element.
struct GatherNdParams {
  Ref input;
  Ref indices;  // int32[count][depth]
  Ref output;
  std::uint32_t count;
  std::uint32_t depth;
  std::uint32_t slice_bytes;
  std::uint32_t dimensions[4];
};
static_assert(sizeof(GatherNdParams) == 40);

/// SELECT and SELECT_V2 over three broadcast operands, as BinaryShape.
struct SelectParams {
  Ref condition;  // bool
  Ref a;
  Ref b;
  Ref output;
  std::uint32_t dimensions[4];
  std::uint32_t condition_strides[4];
  std::uint32_t a_strides[4];
  std::uint32_t b_strides[4];
  std::uint32_t element_bytes;
};
static_assert(sizeof(SelectParams) == 84);

bool VerifyCopy(const CopyParams&, const Bounds&);
bool VerifyFill(const FillParams&, const Bounds&);
bool VerifyLookup8(const Lookup8Params&, const Bounds&);
bool VerifyGather(const GatherParams&, const Bounds&);
bool VerifyGatherNd(const GatherNdParams&, const Bounds&);
bool VerifySelect(const SelectParams&, const Bounds&);
void RunCopy(const CopyParams&, Memory);
void RunFill(const FillParams&, Memory);
void RunLookup8(const Lookup8Params&, Memory);
void RunGather(const GatherParams&, Memory);
void RunGatherNd(const GatherNdParams&, Memory);
void RunSelect(const SelectParams&, Memory);

using Copy = Operator<Opcode::kCopy, CopyParams, VerifyCopy, RunCopy>;
using Fill = Operator<Opcode::kFill, FillParams, VerifyFill, RunFill>;
using Lookup8 = Operator<Opcode::kLookup8, Lookup8Params, VerifyLookup8, RunLookup8>;
using Gather = Operator<Opcode::kGather, GatherParams, VerifyGather, RunGather>;
using GatherNd = Operator<Opcode::kGatherNd, GatherNdParams, VerifyGatherNd, RunGatherNd>;
using Select = Operator<Opcode::kSelect, SelectParams, VerifySelect, RunSelect>;

}  // namespace tinyfog::nn
