#include "lower.h"

#include <array>

namespace tinyfog::compile {
namespace {

struct Entry {
  graph::Op op;
  Lowering lowering;
};

using graph::Op;
constexpr Entry kLowerings[] = {
    {Op::kConv2d, LowerConv2d},
    {Op::kDepthwiseConv2d, LowerDepthwise},
    {Op::kFullyConnected, LowerFullyConnected},
    {Op::kAveragePool2d, LowerPool},
    {Op::kMaxPool2d, LowerPool},
    {Op::kL2Pool2d, LowerPool},
    {Op::kSoftmax, LowerSoftmax},
    {Op::kAdd, LowerAddSub},
    {Op::kSub, LowerAddSub},
    {Op::kMul, LowerMul},
    {Op::kDiv, LowerFloatBinary},
    {Op::kFloorDiv, LowerFloatBinary},
    {Op::kFloorMod, LowerFloatBinary},
    {Op::kSquaredDifference, LowerSquaredDifference},
    {Op::kMaximum, LowerMaximumMinimum},
    {Op::kMinimum, LowerMaximumMinimum},
    {Op::kEqual, LowerComparison},
    {Op::kNotEqual, LowerComparison},
    {Op::kGreater, LowerComparison},
    {Op::kGreaterEqual, LowerComparison},
    {Op::kLess, LowerComparison},
    {Op::kLessEqual, LowerComparison},
    {Op::kLogicalAnd, LowerLogical},
    {Op::kLogicalOr, LowerLogical},
    {Op::kPrelu, LowerPrelu},
    {Op::kTransposeConv, LowerTransposeConv},
    {Op::kBatchMatmul, LowerBatchMatmul},
    {Op::kAbs, LowerUnary},
    {Op::kNeg, LowerUnary},
    {Op::kRelu, LowerUnary},
    {Op::kRelu6, LowerUnary},
    {Op::kReluN1To1, LowerUnary},
    {Op::kLeakyRelu, LowerUnary},
    {Op::kElu, LowerUnary},
    {Op::kHardSwish, LowerUnary},
    {Op::kLogistic, LowerUnary},
    {Op::kTanh, LowerUnary},
    {Op::kExp, LowerUnary},
    {Op::kLog, LowerUnary},
    {Op::kSqrt, LowerUnary},
    {Op::kRsqrt, LowerUnary},
    {Op::kSquare, LowerUnary},
    {Op::kSin, LowerUnary},
    {Op::kCos, LowerUnary},
    {Op::kCeil, LowerUnary},
    {Op::kFloor, LowerUnary},
    {Op::kRound, LowerUnary},
    {Op::kLogicalNot, LowerUnary},
    {Op::kQuantize, LowerQuantize},
    {Op::kDequantize, LowerDequantize},
    {Op::kCast, LowerCast},
    {Op::kTranspose, LowerTranspose},
    {Op::kPad, LowerPad},
    {Op::kPadV2, LowerPad},
    {Op::kMirrorPad, LowerMirrorPad},
    {Op::kConcatenation, LowerConcatenation},
    {Op::kSplit, LowerSplit},
    {Op::kSplitV, LowerSplit},
    {Op::kSlice, LowerSlice},
    {Op::kStridedSlice, LowerStridedSlice},
    {Op::kPack, LowerPack},
    {Op::kUnpack, LowerUnpack},
    {Op::kReverseV2, LowerReverse},
    {Op::kBroadcastTo, LowerBroadcastTo},
    {Op::kSpaceToDepth, LowerSpaceDepth},
    {Op::kDepthToSpace, LowerSpaceDepth},
    {Op::kSpaceToBatchNd, LowerSpaceBatch},
    {Op::kBatchToSpaceNd, LowerSpaceBatch},
    {Op::kGather, LowerGather},
    {Op::kGatherNd, LowerGatherNd},
    {Op::kSelect, LowerSelect},
    {Op::kSelectV2, LowerSelect},
    {Op::kMean, LowerReduce},
    {Op::kSum, LowerReduce},
    {Op::kReduceMax, LowerReduce},
    {Op::kReduceMin, LowerReduce},
    {Op::kArgMax, LowerArg},
    {Op::kArgMin, LowerArg},
    {Op::kLogSoftmax, LowerLogSoftmax},
    {Op::kL2Normalization, LowerL2Normalization},
    {Op::kCumsum, LowerCumsum},
    {Op::kResizeNearestNeighbor, LowerResizeNearest},
    {Op::kResizeBilinear, LowerResizeBilinear},
    {Op::kSvdf, LowerSvdf},
    {Op::kUnidirectionalSequenceLstm, LowerLstm},
    {Op::kReshape, LowerReshape},
    {Op::kSqueeze, LowerReshape},
    {Op::kExpandDims, LowerReshape},
};

}  // namespace

Lowering LoweringOf(graph::Op op) {
  for (const Entry& entry : kLowerings) {
    if (entry.op == op) return entry.lowering;
  }
  return nullptr;
}

Outcome<void> LowerReshape(Context& context) {
  TINYFOG_TRY(context.Expect(1));
  if (context.In(0).bytes() != context.Out().bytes()) {
    return context.Invalid("the output has another number of bytes than the input");
  }
  context.Alias(context.OutTensor(), context.InTensor(0));
  return {};
}

}  // namespace tinyfog::compile
