#include <algorithm>

#include "lower.h"
#include "scale.h"
#include "tinyfog/graph/padding.h"
#include "tinyfog/nn/kernels/pool.h"

namespace tinyfog::compile {
namespace {

Outcome<nn::Opcode> PickPool(const Context& context, nn::Type type) {
  const graph::Op op = context.node().op;
  const bool average = op == graph::Op::kAveragePool2d;
  if (op == graph::Op::kL2Pool2d) {
    if (type == nn::Type::kFloat32) return nn::Opcode::kL2PoolFloat;
    return context.Unsupported("supported is FLOAT32");
  }
  switch (type) {
    case nn::Type::kInt8:
      return average ? nn::Opcode::kAveragePoolInt8 : nn::Opcode::kMaxPoolInt8;
    case nn::Type::kInt16:
      return average ? nn::Opcode::kAveragePoolInt16 : nn::Opcode::kMaxPoolInt16;
    case nn::Type::kFloat32:
      return average ? nn::Opcode::kAveragePoolFloat : nn::Opcode::kMaxPoolFloat;
    default:
      return context.Unsupported("supported are INT8, INT16 and FLOAT32");
  }
}

}  // namespace

Outcome<void> LowerPool(Context& context) {
  TINYFOG_TRY(context.Expect(1));
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& output = context.Out();
  const graph::Attributes& a = context.attributes();
  TINYFOG_TRY_ASSIGN(const nn::Opcode opcode, PickPool(context, input.type));
  const auto narrow = [](int value) { return value >= 1 && value <= 32767; };
  if (output.type != input.type || input.shape.size() != 4 || output.shape.size() != 4 ||
      !std::all_of(input.shape.begin(), input.shape.end(), narrow) || !narrow(a.filter_height) ||
      !narrow(a.filter_width) || !narrow(a.stride_height) || !narrow(a.stride_width)) {
    return context.Unsupported("sizes, filter and strides must be 1 to 32767");
  }
  const auto padding = graph::PaddingOf(a, input, output, a.filter_height, a.filter_width);
  if (!padding || input.shape[0] != output.shape[0] || input.shape[3] != output.shape[3]) {
    return context.Invalid("the output's shape does not fit the input's");
  }
  StepWriter<nn::PoolParams> step(context, opcode);
  nn::PoolParams& p = step.params;
  const auto u16 = [](int value) { return static_cast<std::uint16_t>(value); };
  p.batches = u16(input.shape[0]);
  p.input_height = u16(input.shape[1]);
  p.input_width = u16(input.shape[2]);
  p.channels = u16(input.shape[3]);
  p.output_height = u16(output.shape[1]);
  p.output_width = u16(output.shape[2]);
  p.filter_height = u16(a.filter_height);
  p.filter_width = u16(a.filter_width);
  p.stride_height = u16(a.stride_height);
  p.stride_width = u16(a.stride_width);
  p.pad_top = static_cast<std::int16_t>(padding->top);
  p.pad_left = static_cast<std::int16_t>(padding->left);
  const Clamp clamp = ClampOf(a.activation, output);
  p.clamp_min = clamp.min;
  p.clamp_max = clamp.max;
  step.Use(p.input, context.InTensor(0));
  step.Use(p.output, context.OutTensor());
  step.Finish();
  return {};
}

}  // namespace tinyfog::compile
