#include "copy.h"

#include <algorithm>

#include "tinyfog/nn/kernels/move.h"

namespace tinyfog::compile {

std::vector<std::int64_t> StridesOf(const std::vector<std::int32_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

namespace {

// Drops dimensions of size 1 and joins neighbours that both views walk as one.
void Merge(std::vector<std::int64_t>& dimensions, View& a, View& b) {
  std::vector<std::int64_t> merged;
  View ma{a.base, {}};
  View mb{b.base, {}};
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    if (dimensions[i] == 1) continue;
    const bool joins = !merged.empty() && ma.strides.back() == a.strides[i] * dimensions[i] &&
                       mb.strides.back() == b.strides[i] * dimensions[i];
    if (joins) {
      merged.back() *= dimensions[i];
      ma.strides.back() = a.strides[i];
      mb.strides.back() = b.strides[i];
    } else {
      merged.push_back(dimensions[i]);
      ma.strides.push_back(a.strides[i]);
      mb.strides.push_back(b.strides[i]);
    }
  }
  dimensions = merged;
  a = ma;
  b = mb;
}

}  // namespace

Outcome<void> EmitCopy(Context& context, int input, View from, int output, View to,
                       std::vector<std::int64_t> dimensions) {
  Merge(dimensions, from, to);
  if (dimensions.size() > 6) return context.Unsupported("more than six dimensions move apart");
  if (std::find(dimensions.begin(), dimensions.end(), 0) != dimensions.end()) return {};
  StepWriter<nn::CopyParams> step(context, nn::Opcode::kCopy);
  nn::CopyParams& p = step.params;
  p.input_base = static_cast<std::uint32_t>(from.base);
  p.output_base = static_cast<std::uint32_t>(to.base);
  std::fill(std::begin(p.dimensions), std::end(p.dimensions), 1u);
  const std::size_t skip = 6 - dimensions.size();
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    p.dimensions[skip + i] = static_cast<std::uint32_t>(dimensions[i]);
    p.input_strides[skip + i] = static_cast<std::int32_t>(from.strides[i]);
    p.output_strides[skip + i] = static_cast<std::int32_t>(to.strides[i]);
  }
  p.element_bytes = nn::SizeOf(context.Out().type);
  step.Use(p.input, input);
  step.Use(p.output, output);
  step.Finish();
  return {};
}

void EmitFill(Context& context, int output, std::uint32_t value) {
  StepWriter<nn::FillParams> step(context, nn::Opcode::kFill);
  step.params.count = static_cast<std::uint32_t>(context.Out().elements());
  step.params.value = value;
  step.params.element_bytes = nn::SizeOf(context.Out().type);
  step.Use(step.params.output, output);
  step.Finish();
}

Outcome<std::size_t> AxisOf(const Context& context, std::int64_t axis, std::size_t rank) {
  if (axis < 0) axis += static_cast<std::int64_t>(rank);
  if (axis < 0 || axis >= static_cast<std::int64_t>(rank)) {
    return context.Invalid("the axis is outside the tensor's rank");
  }
  return static_cast<std::size_t>(axis);
}

}  // namespace tinyfog::compile
