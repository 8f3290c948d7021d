#pragma once

#include "context.h"

namespace tinyfog::compile {

/// Adds the steps of one node to the program.
using Lowering = Outcome<void> (*)(Context& context);

/// Nothing for operators that have no lowering.
Lowering LoweringOf(graph::Op op);

Outcome<void> LowerConv2d(Context&);
Outcome<void> LowerDepthwise(Context&);
Outcome<void> LowerTransposeConv(Context&);
Outcome<void> LowerFullyConnected(Context&);
Outcome<void> LowerBatchMatmul(Context&);
Outcome<void> LowerPool(Context&);
Outcome<void> LowerSoftmax(Context&);
Outcome<void> LowerLogSoftmax(Context&);
Outcome<void> LowerL2Normalization(Context&);
Outcome<void> LowerAddSub(Context&);
Outcome<void> LowerMul(Context&);
Outcome<void> LowerDiv(Context&);
Outcome<void> LowerSquaredDifference(Context&);
Outcome<void> LowerMaximumMinimum(Context&);
Outcome<void> LowerComparison(Context&);
Outcome<void> LowerFloatBinary(Context&);
Outcome<void> LowerLogical(Context&);
Outcome<void> LowerPrelu(Context&);
Outcome<void> LowerAddN(Context&);
Outcome<void> LowerUnary(Context&);
Outcome<void> LowerQuantize(Context&);
Outcome<void> LowerDequantize(Context&);
Outcome<void> LowerCast(Context&);
Outcome<void> LowerReshape(Context&);
Outcome<void> LowerTranspose(Context&);
Outcome<void> LowerPad(Context&);
Outcome<void> LowerMirrorPad(Context&);
Outcome<void> LowerConcatenation(Context&);
Outcome<void> LowerSplit(Context&);
Outcome<void> LowerSlice(Context&);
Outcome<void> LowerStridedSlice(Context&);
Outcome<void> LowerPack(Context&);
Outcome<void> LowerUnpack(Context&);
Outcome<void> LowerReverse(Context&);
Outcome<void> LowerBroadcastTo(Context&);
Outcome<void> LowerSpaceDepth(Context&);
Outcome<void> LowerSpaceBatch(Context&);
Outcome<void> LowerGather(Context&);
Outcome<void> LowerGatherNd(Context&);
Outcome<void> LowerResizeNearest(Context&);
Outcome<void> LowerResizeBilinear(Context&);
Outcome<void> LowerSelect(Context&);
Outcome<void> LowerReduce(Context&);
Outcome<void> LowerArg(Context&);
Outcome<void> LowerCumsum(Context&);
Outcome<void> LowerSvdf(Context&);
Outcome<void> LowerLstm(Context&);

}  // namespace tinyfog::compile
