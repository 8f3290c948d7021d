#include <algorithm>
#include <cmath>

#include "lower.h"
#include "scale.h"
#include "tinyfog/nn/kernels/softmax.h"

namespace tinyfog::compile {
namespace {

void SetRows(const graph::Tensor& input, std::uint32_t& rows, std::uint32_t& depth) {
  depth = static_cast<std::uint32_t>(input.shape.empty() ? 1 : input.shape.back());
  rows = static_cast<std::uint32_t>(input.elements() / depth);
}

// Differences to the maximum in Q5.26. Source: TFLite PreprocessSoftmaxScaling.
void SetInt8Scaling(double beta, double scale, nn::SoftmaxParams& p) {
  const nn::Scale q = ScaleOf(std::min(beta * scale * (1 << 26), 2147483647.0));
  p.multiplier = q.multiplier;
  p.shift = q.shift;
  p.difference_min = -static_cast<std::int32_t>(
      std::floor(31.0 * (1 << 26) / static_cast<double>(std::int64_t{1} << std::max(q.shift, 0))));
}

void Finish(Context& context, StepWriter<nn::SoftmaxParams>& step) {
  SetRows(context.In(0), step.params.rows, step.params.depth);
  step.Use(step.params.input, context.InTensor(0));
  step.Use(step.params.output, context.OutTensor());
  step.AllowInPlace(context.InTensor(0), context.OutTensor());
  step.Finish();
}

}  // namespace

Outcome<void> LowerSoftmax(Context& context) {
  TINYFOG_TRY(context.Expect(1));
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& output = context.Out();
  const float beta = context.attributes().beta;
  if (input.type == nn::Type::kFloat32 && output.type == input.type) {
    StepWriter<nn::SoftmaxParams> step(context, nn::Opcode::kSoftmaxFloat);
    step.params.tables = nn::kNoRef;
    step.params.beta = beta;
    Finish(context, step);
    return {};
  }
  if (input.type != nn::Type::kInt8 || output.type != nn::Type::kInt8 ||
      output.quantization.scale() != 1.0f / 256 || output.quantization.zero_point() != -128) {
    return context.Unsupported(
        "supported are FLOAT32 and INT8 with an output scale of 1/256 and zero point -128");
  }
  StepWriter<nn::SoftmaxParams> step(context, nn::Opcode::kSoftmaxInt8);
  step.params.tables = nn::kNoRef;
  SetInt8Scaling(double{beta}, double{input.quantization.scale()}, step.params);
  Finish(context, step);
  return {};
}

}  // namespace tinyfog::compile
