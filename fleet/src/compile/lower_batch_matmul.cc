#include <algorithm>

#include "lower.h"
#include "scale.h"
#include "tinyfog/nn/kernels/fully_connected.h"

namespace tinyfog::compile {
namespace {

// Element offsets of each batch of the output in an operand whose leading dimensions broadcast.
Outcome<std::vector<std::uint32_t>> BatchOffsets(const Context& context,
                                                 const graph::Tensor& operand) {
  const auto& output = context.Out().shape;
  const std::size_t rank = output.size();
  std::size_t count = 1;
  for (std::size_t i = 0; i + 2 < rank; ++i) count *= static_cast<std::size_t>(output[i]);
  if (count > 65536) return context.Unsupported("more than 65536 batches");
  std::vector<std::uint32_t> offsets(count);
  const std::size_t extra = rank - operand.shape.size();
  for (std::size_t b = 0; b < count; ++b) {
    std::size_t rest = b;
    std::size_t step = static_cast<std::size_t>(operand.shape[operand.shape.size() - 1]) *
                       static_cast<std::size_t>(operand.shape[operand.shape.size() - 2]);
    for (std::size_t i = rank - 2; i-- > 0;) {
      const std::size_t index = rest % static_cast<std::size_t>(output[i]);
      rest /= static_cast<std::size_t>(output[i]);
      if (i < extra) continue;
      const std::int32_t size = operand.shape[i - extra];
      if (size != 1 && size != output[i]) return context.Invalid("the batches do not broadcast");
      if (size != 1) offsets[b] += static_cast<std::uint32_t>(index * step);
      step *= static_cast<std::size_t>(size);
    }
  }
  return offsets;
}

}  // namespace

Outcome<void> LowerBatchMatmul(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  const graph::Tensor& x = context.In(0);
  const graph::Tensor& w = context.In(1);
  const graph::Tensor& output = context.Out();
  const std::size_t rank = output.shape.size();
  if (x.type != w.type || x.type != output.type || w.four_bit ||
      (x.type != nn::Type::kInt8 && x.type != nn::Type::kInt16 && x.type != nn::Type::kFloat32)) {
    return context.Unsupported("supported are INT8, INT16 and FLOAT32, all of one type");
  }
  if (x.shape.size() < 2 || w.shape.size() < 2 || rank < 2 || x.shape.size() > rank ||
      w.shape.size() > rank) {
    return context.Invalid("the operands need two dimensions or more");
  }
  const graph::Attributes& a = context.attributes();
  const std::int32_t rows = output.shape[rank - 2];
  const std::int32_t columns = output.shape[rank - 1];
  const auto last = [](const graph::Tensor& t, std::size_t i) {
    return t.shape[t.shape.size() - i];
  };
  const std::int32_t depth = a.adjoint_x ? last(x, 2) : last(x, 1);
  if ((a.adjoint_x ? last(x, 1) : last(x, 2)) != rows ||
      (a.adjoint_y ? last(w, 2) : last(w, 1)) != columns ||
      (a.adjoint_y ? last(w, 1) : last(w, 2)) != depth) {
    return context.Invalid("the shapes do not fit together");
  }
  StepWriter<nn::BatchMatmulParams> step(
      context, x.type == nn::Type::kInt8    ? nn::Opcode::kBatchMatmulInt8
               : x.type == nn::Type::kInt16 ? nn::Opcode::kBatchMatmulInt16
                                            : nn::Opcode::kBatchMatmulFloat);
  nn::BatchMatmulParams& p = step.params;
  TINYFOG_TRY_ASSIGN(const auto batch_x, BatchOffsets(context, x));
  TINYFOG_TRY_ASSIGN(const auto batch_w, BatchOffsets(context, w));
  p.batch_x = context.AddConstants(batch_x);
  p.batch_w = context.AddConstants(batch_w);
  p.batch_count = static_cast<std::uint32_t>(batch_x.size());
  p.rows = static_cast<std::uint32_t>(rows);
  p.depth = static_cast<std::uint32_t>(depth);
  p.columns = static_cast<std::uint32_t>(columns);
  p.x_elements = static_cast<std::uint32_t>(x.elements());
  p.w_elements = static_cast<std::uint32_t>(w.elements());
  p.transpose_x = a.adjoint_x;
  p.transpose_w = a.adjoint_y;
  const Clamp clamp = ClampOf(graph::Activation::kNone, output);
  p.clamp_min = clamp.min;
  p.clamp_max = clamp.max;
  if (x.type != nn::Type::kFloat32) {
    if (x.quantization.empty() || w.quantization.empty() || output.quantization.empty()) {
      return context.Invalid("an operand is not quantised");
    }
    const nn::Scale scale =
        ScaleOf(double{x.quantization.scale()} * double{w.quantization.scale()} /
                double{output.quantization.scale()});
    p.x_zero_point = static_cast<std::int16_t>(x.quantization.zero_point());
    p.w_zero_point = static_cast<std::int16_t>(w.quantization.zero_point());
    p.output_zero_point = output.quantization.zero_point();
    p.multiplier = scale.multiplier;
    p.shift = scale.shift;
  }
  step.Use(p.x, context.InTensor(0));
  step.Use(p.w, context.InTensor(1));
  step.Use(p.output, context.OutTensor());
  step.Finish();
  return {};
}

}  // namespace tinyfog::compile
