#include <algorithm>

#include "copy.h"
#include "lower.h"
#include "tinyfog/nn/kernels/move.h"

namespace tinyfog::compile {
namespace {

std::uint32_t ProductOf(const std::vector<std::int32_t>& shape, std::size_t begin,
                        std::size_t end) {
  std::uint32_t product = 1;
  for (std::size_t i = begin; i < end; ++i) product *= static_cast<std::uint32_t>(shape[i]);
  return product;
}

// Strides that spread `tensor` over the output's four (leading ones added) dimensions.
Outcome<void> Spread(const Context& context, const graph::Tensor& tensor,
                     std::uint32_t (&strides)[4]) {
  const auto& output = context.Out().shape;
  if (tensor.shape.size() > output.size() || output.size() > 4) {
    return context.Unsupported("supported are up to four dimensions");
  }
  std::uint32_t step = 1;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    const std::int32_t size = tensor.shape[tensor.shape.size() - 1 - i];
    if (size != 1 && size != output[output.size() - 1 - i]) {
      return context.Invalid("an input does not broadcast to the output");
    }
    strides[3 - i] = size == 1 ? 0 : step;
    step *= static_cast<std::uint32_t>(size);
  }
  return {};
}

}  // namespace

Outcome<void> LowerGather(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& indices = context.In(1);
  const graph::Attributes& a = context.attributes();
  TINYFOG_TRY_ASSIGN(const std::size_t axis, AxisOf(context, a.axis, input.shape.size()));
  const std::size_t batch = static_cast<std::size_t>(a.batch_dims < 0 ? 0 : a.batch_dims);
  if (indices.type != nn::Type::kInt32 || input.type != context.Out().type || input.four_bit ||
      batch > axis || batch > indices.shape.size()) {
    return context.Unsupported("the indices must be INT32, and batch dimensions lead the axis");
  }
  StepWriter<nn::GatherParams> step(context, nn::Opcode::kGather);
  nn::GatherParams& p = step.params;
  p.batches = ProductOf(input.shape, 0, batch);
  p.outer = ProductOf(input.shape, batch, axis);
  p.axis = static_cast<std::uint32_t>(input.shape[axis]);
  p.index_count = ProductOf(indices.shape, batch, indices.shape.size());
  p.inner_bytes = ProductOf(input.shape, axis + 1, input.shape.size()) * nn::SizeOf(input.type);
  if (ProductOf(indices.shape, 0, batch) != p.batches ||
      std::uint64_t{p.batches} * p.outer * p.index_count * p.inner_bytes != context.Out().bytes()) {
    return context.Invalid("the output's shape does not fit");
  }
  step.Use(p.input, context.InTensor(0));
  step.Use(p.indices, context.InTensor(1));
  step.Use(p.output, context.OutTensor());
  step.Finish();
  return {};
}

Outcome<void> LowerGatherNd(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& indices = context.In(1);
  const std::size_t depth =
      indices.shape.empty() ? 0 : static_cast<std::size_t>(indices.shape.back());
  if (indices.type != nn::Type::kInt32 || input.type != context.Out().type || depth < 1 ||
      depth > 4 || depth > input.shape.size()) {
    return context.Unsupported("the indices must be INT32, up to four to a tuple");
  }
  StepWriter<nn::GatherNdParams> step(context, nn::Opcode::kGatherNd);
  nn::GatherNdParams& p = step.params;
  p.depth = static_cast<std::uint32_t>(depth);
  p.count = static_cast<std::uint32_t>(indices.elements() / depth);
  p.slice_bytes = ProductOf(input.shape, depth, input.shape.size()) * nn::SizeOf(input.type);
  for (std::size_t i = 0; i < depth; ++i) {
    p.dimensions[i] = static_cast<std::uint32_t>(input.shape[i]);
  }
  if (std::uint64_t{p.count} * p.slice_bytes != context.Out().bytes()) {
    return context.Invalid("the output's shape does not fit");
  }
  step.Use(p.input, context.InTensor(0));
  step.Use(p.indices, context.InTensor(1));
  step.Use(p.output, context.OutTensor());
  step.Finish();
  return {};
}

Outcome<void> LowerSelect(Context& context) {
  TINYFOG_TRY(context.Expect(3));
  const graph::Tensor& output = context.Out();
  if (context.In(0).type != nn::Type::kBool || context.In(1).type != output.type ||
      context.In(2).type != output.type || nn::SizeOf(output.type) > 4) {
    return context.Unsupported("the condition must be BOOL and the others of the output's type");
  }
  StepWriter<nn::SelectParams> step(context, nn::Opcode::kSelect);
  nn::SelectParams& p = step.params;
  std::fill(std::begin(p.dimensions), std::end(p.dimensions), 1u);
  const std::size_t rank = output.shape.size();
  TINYFOG_TRY(Spread(context, context.In(0), p.condition_strides));
  TINYFOG_TRY(Spread(context, context.In(1), p.a_strides));
  TINYFOG_TRY(Spread(context, context.In(2), p.b_strides));
  for (std::size_t i = 0; i < rank; ++i) {
    p.dimensions[4 - rank + i] = static_cast<std::uint32_t>(output.shape[i]);
  }
  p.element_bytes = nn::SizeOf(output.type);
  step.Use(p.condition, context.InTensor(0));
  step.Use(p.a, context.InTensor(1));
  step.Use(p.b, context.InTensor(2));
  step.Use(p.output, context.OutTensor());
  step.Finish();
  return {};
}

}  // namespace tinyfog::compile
