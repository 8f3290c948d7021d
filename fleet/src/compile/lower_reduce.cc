#include <algorithm>
#include <bit>

#include "copy.h"
#include "lower.h"
#include "scale.h"
#include "tinyfog/nn/kernels/reduce.h"

namespace tinyfog::compile {
namespace {

using graph::Op;

nn::ReduceOp ReduceOpOf(Op op) {
  switch (op) {
    case Op::kSum:
      return nn::ReduceOp::kSum;
    case Op::kMean:
      return nn::ReduceOp::kMean;
    case Op::kReduceMax:
      return nn::ReduceOp::kMaximum;
    default:
      return nn::ReduceOp::kMinimum;
  }
}

// Sorts the input's dimensions into kept and reduced ones; neighbours of a kind are merged.
Outcome<std::uint64_t> SetDimensions(const Context& context, nn::ReduceParams& p) {
  TINYFOG_TRY_ASSIGN(const auto axes, context.Integers(1));
  const auto& shape = context.In(0).shape;
  std::vector<bool> is_reduced(shape.size());
  for (const std::int64_t value : axes) {
    TINYFOG_TRY_ASSIGN(const std::size_t axis, AxisOf(context, value, shape.size()));
    is_reduced[axis] = true;
  }
  std::fill(std::begin(p.kept), std::end(p.kept), 1u);
  std::fill(std::begin(p.reduced), std::end(p.reduced), 1u);
  int at[2] = {4, 4};
  int kind = -1;
  std::uint32_t stride = 1;
  std::uint64_t count = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    const std::uint32_t size = static_cast<std::uint32_t>(shape[i]);
    if (is_reduced[i]) count *= size;
    if (size == 1) continue;
    const int this_kind = is_reduced[i] ? 1 : 0;
    auto& sizes = this_kind ? p.reduced : p.kept;
    auto& strides = this_kind ? p.reduced_strides : p.kept_strides;
    if (this_kind != kind) {
      kind = this_kind;
      if (--at[kind] < 0) return context.Unsupported("too many groups of dimensions");
      strides[at[kind]] = stride;
    }
    sizes[at[kind]] *= size;
    stride *= size;
  }
  if (context.In(0).elements() / count != context.Out().elements()) {
    return context.Invalid("the output's shape does not fit the axes");
  }
  return count;
}

// MEAN's division goes into the multiplier. Source: TFLite QuantizedMeanOrSum.
nn::Scale MeanScale(nn::Scale scale, std::uint64_t count) {
  int shift = 63 - std::countl_zero(count);
  shift = std::min({shift, 32, 31 + scale.shift});
  const std::int64_t multiplier =
      (std::int64_t{scale.multiplier} << shift) / static_cast<std::int64_t>(count);
  return {static_cast<std::int32_t>(multiplier), scale.shift - shift};
}

struct Lines {
  std::uint32_t outer = 1;
  std::uint32_t axis = 1;
  std::uint32_t inner = 1;
};
Outcome<Lines> LinesOf(const Context& context) {
  TINYFOG_TRY_ASSIGN(const auto axes, context.Integers(1));
  const auto& shape = context.In(0).shape;
  if (axes.size() != 1) return context.Unsupported("one axis is supported");
  TINYFOG_TRY_ASSIGN(const std::size_t axis, AxisOf(context, axes[0], shape.size()));
  Lines lines;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    (i < axis    ? lines.outer
     : i == axis ? lines.axis
                 : lines.inner) *= static_cast<std::uint32_t>(shape[i]);
  }
  return lines;
}

}  // namespace

Outcome<void> LowerReduce(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& output = context.Out();
  const nn::Opcode opcode = input.type == nn::Type::kInt8    ? nn::Opcode::kReduceInt8
                            : input.type == nn::Type::kInt16 ? nn::Opcode::kReduceInt16
                                                             : nn::Opcode::kReduceFloat;
  const bool is_float = input.type == nn::Type::kFloat32;
  if (input.type != output.type || (opcode == nn::Opcode::kReduceFloat && !is_float)) {
    return context.Unsupported("supported are INT8, INT16 and FLOAT32");
  }
  StepWriter<nn::ReduceParams> step(context, opcode);
  nn::ReduceParams& p = step.params;
  TINYFOG_TRY_ASSIGN(const std::uint64_t count, SetDimensions(context, p));
  p.op = ReduceOpOf(context.node().op);
  if (!is_float && (p.op == nn::ReduceOp::kSum || p.op == nn::ReduceOp::kMean)) {
    if (input.quantization.empty() || output.quantization.empty()) {
      return context.Invalid("input or output is not quantised");
    }
    nn::Scale scale =
        ScaleOf(double{input.quantization.scale()} / double{output.quantization.scale()});
    if (p.op == nn::ReduceOp::kMean) scale = MeanScale(scale, count);
    p.zero_point = input.quantization.zero_point();
    p.output_offset = output.quantization.zero_point();
    p.multiplier = scale.multiplier;
    p.shift = scale.shift;
  }
  step.Use(p.input, context.InTensor(0));
  step.Use(p.output, context.OutTensor());
  step.Finish();
  return {};
}

Outcome<void> LowerArg(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  const graph::Tensor& input = context.In(0);
  TINYFOG_TRY_ASSIGN(const Lines lines, LinesOf(context));
  if (lines.outer * lines.inner != context.Out().elements()) {
    return context.Invalid("the output's shape does not fit the axis");
  }
  const nn::Type out = context.Out().type;
  if ((input.type != nn::Type::kInt8 && input.type != nn::Type::kUint8 &&
       input.type != nn::Type::kFloat32) ||
      (out != nn::Type::kInt32 && out != nn::Type::kInt64)) {
    return context.Unsupported("supported inputs are INT8, UINT8, FLOAT32; outputs INT32, INT64");
  }
  StepWriter<nn::ArgParams> step(context, nn::Opcode::kArg);
  nn::ArgParams& p = step.params;
  p.outer = lines.outer;
  p.axis = lines.axis;
  p.inner = lines.inner;
  p.type = static_cast<std::uint8_t>(input.type);
  p.output_type = static_cast<std::uint8_t>(out);
  p.minimum = context.node().op == Op::kArgMin;
  step.Use(p.input, context.InTensor(0));
  step.Use(p.output, context.OutTensor());
  step.Finish();
  return {};
}

Outcome<void> LowerCumsum(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& output = context.Out();
  const bool is_float = input.type == nn::Type::kFloat32;
  if (input.type != output.type || (!is_float && input.type != nn::Type::kInt8)) {
    return context.Unsupported("supported are INT8 and FLOAT32");
  }
  TINYFOG_TRY_ASSIGN(const Lines lines, LinesOf(context));
  StepWriter<nn::CumsumParams> step(context,
                                    is_float ? nn::Opcode::kCumsumFloat : nn::Opcode::kCumsumInt8);
  nn::CumsumParams& p = step.params;
  p.outer = lines.outer;
  p.axis = lines.axis;
  p.inner = lines.inner;
  p.exclusive = context.attributes().exclusive;
  p.reverse = context.attributes().reverse;
  if (!is_float) {
    const double twice = 2 * double{input.quantization.scale()};
    const nn::Scale in = ScaleOf(input.quantization.scale() / twice);
    const nn::Scale out = ScaleOf(twice / ((1 << 20) * double{output.quantization.scale()}));
    p.zero_point = input.quantization.zero_point();
    p.output_offset = output.quantization.zero_point();
    p.multiplier = in.multiplier;
    p.shift = in.shift;
    p.output_multiplier = out.multiplier;
    p.output_shift = out.shift;
  }
  step.Use(p.input, context.InTensor(0));
  step.Use(p.output, context.OutTensor());
  step.Finish();
  return {};
}

}  // namespace tinyfog::compile
