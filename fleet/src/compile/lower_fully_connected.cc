#include "channels.h"
#include "lower.h"
#include "lower_dsp.h"
#include "lower_helium.h"
#include "lower_x86.h"
#include "lower_x86_float.h"
#include "scale.h"
#include "tinyfog/nn/kernels/fully_connected.h"

namespace tinyfog::compile {
namespace {

std::vector<std::int64_t> RowSums(const graph::Tensor& filter, std::size_t rows) {
  std::vector<std::int64_t> sums(rows);
  if (filter.type == nn::Type::kFloat32) return sums;
  const std::vector<std::int8_t> weights = WeightsOf(filter);
  const std::size_t columns = weights.size() / rows;
  for (std::size_t i = 0; i < weights.size(); ++i) sums[i / columns] += weights[i];
  return sums;
}

// Whether a kernel of the target's own took the node.
bool LowerFast(Context& context, const nn::FullyConnectedParams& p,
               const std::vector<std::int32_t>& biases, const std::vector<nn::Scale>& scales) {
  switch (context.target()) {
    case nn::Target::kCortexMHelium:
      return LowerFullyConnectedHelium(context, p, biases, scales);
    case nn::Target::kCortexMDsp:
      return LowerFullyConnectedDsp(context, p, biases, scales);
    case nn::Target::kX86Pairs:
    case nn::Target::kX86Quads:
      return LowerFullyConnectedX86(context, p, biases, scales);
    default:
      return false;
  }
}

}  // namespace

Outcome<void> LowerFullyConnected(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& filter = context.In(1);
  const graph::Tensor& output = context.Out();
  TINYFOG_TRY_ASSIGN(
      const nn::Opcode opcode,
      PickKernel(context, input, filter, output,
                 {nn::Opcode::kFullyConnectedInt8, nn::Opcode::kFullyConnectedInt4,
                  nn::Opcode::kFullyConnectedInt16, nn::Opcode::kFullyConnectedFloat}));
  if (filter.shape.size() != 2) return context.Unsupported("the filter must have 2 dimensions");
  const std::size_t rows = static_cast<std::size_t>(filter.shape[0]);
  const std::size_t columns = static_cast<std::size_t>(filter.shape[1]);
  const std::size_t batches = input.elements() / columns;
  if (batches * columns != input.elements() || batches * rows != output.elements()) {
    return context.Invalid("the filter does not fit input and output");
  }
  TINYFOG_TRY(CheckQuantization(context, input, filter, output, rows));
  const std::vector<std::int64_t> sums = RowSums(filter, rows);
  const std::vector<nn::Scale> scales =
      graph::AccumulatorScales(input, filter, output, rows, !context.Has(2));
  StepWriter<nn::FullyConnectedParams> step(context, opcode);
  nn::FullyConnectedParams& p = step.params;
  p.scratch = nn::kNoRef;
  p.batches = static_cast<std::uint32_t>(batches);
  p.inputs = static_cast<std::uint32_t>(columns);
  p.outputs = static_cast<std::uint32_t>(rows);
  p.output_zero_point = static_cast<std::int16_t>(output.quantization.zero_point());
  const Clamp clamp = ClampOf(context.attributes().activation, output);
  p.clamp_min = clamp.min;
  p.clamp_max = clamp.max;
  if (opcode == nn::Opcode::kFullyConnectedInt8) {
    TINYFOG_TRY_ASSIGN(const auto biases, FoldedBiases(context, input, 2, sums));
    if (LowerFast(context, p, biases, scales)) return {};
  }
  if (opcode == nn::Opcode::kFullyConnectedFloat && IsX86(context.target())) {
    TINYFOG_TRY_ASSIGN(const auto bias, FloatBias(context, 2, rows));
    LowerFullyConnectedFloatX86(context, p, bias);
    return {};
  }
  TINYFOG_TRY_ASSIGN(const Channels channels, AddChannels(context, input, 2, sums, scales));
  p.channels = channels.ref;
  p.uniform = channels.uniform;
  p.weights = context.AddConstant(*filter.constant, nn::SizeOf(filter.type));
  step.Use(p.input, context.InTensor(0));
  step.Use(p.output, context.OutTensor());
  step.Finish();
  return {};
}

}  // namespace tinyfog::compile
