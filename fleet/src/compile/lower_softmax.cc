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

// 513 samples of a function for interpolation, moved by half the error in the middle of each step.
// Source: TFLite LUTPopulate.
template <class F>
void AppendTable(F function, float from, float to, std::vector<std::int16_t>& table) {
  const float step = (to - from) / 512;
  for (int i = 0; i < 512; ++i) {
    const float x = from + static_cast<float>(i) * step;
    const float here = function(x) * 32768;
    const float next = function(from + static_cast<float>(i + 1) * step) * 32768;
    const float middle = std::round(function(x + step / 2) * 32768);
    const float error = std::round((next + std::round(here)) / 2) - middle;
    const float value = std::round(here) - std::round(error / 2);
    table.push_back(static_cast<std::int16_t>(std::clamp(value, -32768.0f, 32767.0f)));
  }
  const float last = std::round(function(to) * 32768);
  table.push_back(static_cast<std::int16_t>(std::clamp(last, -32768.0f, 32767.0f)));
}

std::vector<std::int16_t> SoftmaxTables() {
  std::vector<std::int16_t> tables;
  AppendTable([](float x) { return std::exp(x); }, -10, 0, tables);
  AppendTable([](float x) { return 1 / (1 + x); }, 0, 1, tables);
  return tables;
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
  if (input.type == nn::Type::kInt16 && output.type == input.type) {
    StepWriter<nn::SoftmaxParams> step(context, nn::Opcode::kSoftmaxInt16);
    const nn::Scale scale =
        ScaleOf(double{input.quantization.scale()} * double{beta} / (10.0 / 65535.0));
    step.params.multiplier = scale.multiplier;
    step.params.shift = scale.shift;
    step.params.tables = context.AddConstants(SoftmaxTables());
    Finish(context, step);
    return {};
  }
  if (input.type != nn::Type::kInt8 || output.type != nn::Type::kInt8 ||
      output.quantization.scale() != 1.0f / 256 || output.quantization.zero_point() != -128) {
    return context.Unsupported(
        "supported are FLOAT32, INT16 and INT8 with an output scale of 1/256 and zero point -128");
  }
  StepWriter<nn::SoftmaxParams> step(context, nn::Opcode::kSoftmaxInt8);
  step.params.tables = nn::kNoRef;
  SetInt8Scaling(double{beta}, double{input.quantization.scale()}, step.params);
  Finish(context, step);
  return {};
}

Outcome<void> LowerLogSoftmax(Context& context) {
  TINYFOG_TRY(context.Expect(1));
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& output = context.Out();
  const bool is_float = input.type == nn::Type::kFloat32;
  if (input.type != output.type || (!is_float && input.type != nn::Type::kInt8) ||
      (!is_float &&
       (output.quantization.scale() != 16.0f / 256 || output.quantization.zero_point() != 127))) {
    return context.Unsupported(
        "supported are FLOAT32 and INT8 with an output scale of 16/256 and zero point 127");
  }
  StepWriter<nn::SoftmaxParams> step(
      context, is_float ? nn::Opcode::kLogSoftmaxFloat : nn::Opcode::kLogSoftmaxInt8);
  nn::SoftmaxParams& p = step.params;
  p.tables = nn::kNoRef;
  if (!is_float) {
    SetInt8Scaling(1.0, double{input.quantization.scale()}, p);
    const double forward = std::ldexp(static_cast<double>(p.multiplier), p.shift - 31);
    const nn::Scale back = ScaleOf(1.0 / forward);
    p.reverse_multiplier = back.multiplier;
    p.reverse_shift = back.shift;
  }
  Finish(context, step);
  return {};
}

Outcome<void> LowerL2Normalization(Context& context) {
  TINYFOG_TRY(context.Expect(1));
  const graph::Tensor& input = context.In(0);
  const bool is_float = input.type == nn::Type::kFloat32;
  if (input.type != context.Out().type || (!is_float && input.type != nn::Type::kInt8)) {
    return context.Unsupported("supported are INT8 and FLOAT32");
  }
  StepWriter<nn::L2NormParams> step(context,
                                    is_float ? nn::Opcode::kL2NormFloat : nn::Opcode::kL2NormInt8);
  SetRows(input, step.params.rows, step.params.depth);
  step.params.zero_point = input.quantization.zero_point();
  step.Use(step.params.input, context.InTensor(0));
  step.Use(step.params.output, context.OutTensor());
  step.Finish();
  return {};
}

}  // namespace tinyfog::compile
