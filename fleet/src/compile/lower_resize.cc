#include <algorithm>
#include <bit>
#include <cmath>

#include "lower.h"
#include "tinyfog/nn/kernels/resize.h"

namespace tinyfog::compile {
namespace {

// How an axis of `from` elements becomes one of `to`.
struct Axis {
  int from;
  int to;
  bool align_corners;
  bool half_pixel_centers;

  float Scale() const {
    return align_corners && to > 1 ? static_cast<float>(from - 1) / static_cast<float>(to - 1)
                                   : static_cast<float>(from) / static_cast<float>(to);
  }
};

nn::ResizeTap Tap(int lower, int upper, int limit, std::int32_t fraction) {
  const auto inside = [limit](int v) {
    return static_cast<std::uint16_t>(std::clamp(v, 0, limit - 1));
  };
  return {inside(lower), inside(upper), fraction};
}

nn::ResizeTap Nearest(const Axis& axis, int i) {
  const float offset = axis.half_pixel_centers ? 0.5f : 0.0f;
  const float position = (static_cast<float>(i) + offset) * axis.Scale();
  const int nearest =
      static_cast<int>(axis.align_corners ? std::round(position) : std::floor(position));
  return Tap(nearest, nearest, axis.from, 0);
}

// 10 fractional bits. Source: TFLite ComputeInterpolationValuesInteger.
nn::ResizeTap BilinearInteger(const Axis& axis, int i) {
  const std::int64_t from = axis.from;
  const std::int64_t scale = axis.align_corners && axis.to > 1
                                 ? (1024 * (from - 1) + (axis.to - 1) / 2) / (axis.to - 1)
                                 : (1024 * from + axis.to / 2) / axis.to;
  std::int64_t position = i * scale;
  if (axis.half_pixel_centers) position += scale / 2 - 512;
  const std::int64_t last = axis.from - 1;
  const std::int64_t lower = std::clamp<std::int64_t>(position / 1024, 0, last);
  const std::int64_t upper = std::min((position + 1023) / 1024, last);
  return Tap(static_cast<int>(lower), static_cast<int>(upper), axis.from,
             static_cast<std::int32_t>(position - 1024 * lower));
}

nn::ResizeTap BilinearFloat(const Axis& axis, int i) {
  const float position = axis.half_pixel_centers
                             ? (static_cast<float>(i) + 0.5f) * axis.Scale() - 0.5f
                             : static_cast<float>(i) * axis.Scale();
  const int lower = std::max(static_cast<int>(std::floor(position)), 0);
  const int upper = std::min(static_cast<int>(std::ceil(position)), axis.from - 1);
  return Tap(lower, upper, axis.from,
             std::bit_cast<std::int32_t>(position - static_cast<float>(lower)));
}

template <class F>
nn::Ref AddTaps(Context& context, const Axis& axis, F tap) {
  std::vector<nn::ResizeTap> taps;
  taps.reserve(static_cast<std::size_t>(axis.to));
  for (int i = 0; i < axis.to; ++i) taps.push_back(tap(axis, i));
  return context.AddConstant(
      {reinterpret_cast<const std::uint8_t*>(taps.data()), taps.size() * sizeof(nn::ResizeTap)}, 4);
}

template <class F>
Outcome<void> Emit(Context& context, nn::Opcode opcode, int channels, F tap) {
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& output = context.Out();
  const auto is_narrow = [](int v) { return v <= 65535; };
  if (input.shape.size() != 4 || output.shape.size() != 4 || !is_narrow(channels) ||
      !std::all_of(input.shape.begin(), input.shape.end(), is_narrow) ||
      !std::all_of(output.shape.begin(), output.shape.end(), is_narrow) ||
      input.shape[0] != output.shape[0] || input.shape[3] != output.shape[3]) {
    return context.Invalid("the shapes do not fit");
  }
  const graph::Attributes& a = context.attributes();
  StepWriter<nn::ResizeParams> step(context, opcode);
  nn::ResizeParams& p = step.params;
  const auto axis = [&](std::size_t d) {
    return Axis{input.shape[d], output.shape[d], a.align_corners, a.half_pixel_centers};
  };
  p.rows = AddTaps(context, axis(1), tap);
  p.columns = AddTaps(context, axis(2), tap);
  p.batches = static_cast<std::uint16_t>(input.shape[0]);
  p.channels = static_cast<std::uint16_t>(channels);
  p.input_height = static_cast<std::uint16_t>(input.shape[1]);
  p.input_width = static_cast<std::uint16_t>(input.shape[2]);
  p.output_height = static_cast<std::uint16_t>(output.shape[1]);
  p.output_width = static_cast<std::uint16_t>(output.shape[2]);
  step.Use(p.input, context.InTensor(0));
  step.Use(p.output, context.OutTensor());
  step.Finish();
  return {};
}

}  // namespace

Outcome<void> LowerResizeNearest(Context& context) {
  TINYFOG_TRY(context.Expect(1));
  const graph::Tensor& input = context.In(0);
  if (input.type != context.Out().type || input.shape.size() != 4) {
    return context.Invalid("input and output must have four dimensions and the same type");
  }
  const std::int64_t pixel = std::int64_t{input.shape[3]} * nn::SizeOf(input.type);
  if (pixel > 65535) return context.Unsupported("a pixel has more than 65535 bytes");
  return Emit(context, nn::Opcode::kResizeNearest, static_cast<int>(pixel), Nearest);
}

Outcome<void> LowerResizeBilinear(Context& context) {
  TINYFOG_TRY(context.Expect(1));
  const graph::Tensor& input = context.In(0);
  if (input.type != context.Out().type || input.shape.size() != 4) {
    return context.Invalid("input and output must have four dimensions and the same type");
  }
  if (input.type == nn::Type::kInt8) {
    return Emit(context, nn::Opcode::kResizeBilinearInt8, input.shape[3], BilinearInteger);
  }
  if (input.type == nn::Type::kFloat32) {
    return Emit(context, nn::Opcode::kResizeBilinearFloat, input.shape[3], BilinearFloat);
  }
  return context.Unsupported("supported are INT8 and FLOAT32");
}

}  // namespace tinyfog::compile
