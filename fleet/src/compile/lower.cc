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
