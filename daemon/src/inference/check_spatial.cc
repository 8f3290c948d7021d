#include "operator_view.h"
#include "validate.h"

namespace tinyfog::inference {
namespace {

using tflite::Padding;
using tflite::TensorType;

bool IsInt(TensorType type) {
  return type == TensorType::INT8 || type == TensorType::UINT8 || type == TensorType::INT16;
}

/// One axis of a sliding window.
struct Window {
  std::int64_t size;
  std::int64_t stride;
  std::int64_t dilation = 1;
};

constexpr std::int64_t kMaxStep = 1 << 15;

/// The number of positions; 0 when the window is invalid or does not fit.
std::int64_t Positions(std::int64_t in, const Window& window, Padding padding) {
  if (window.size < 1 || window.stride < 1 || window.dilation < 1) return 0;
  if (window.size > kMaxStep || window.stride > kMaxStep || window.dilation > kMaxStep) return 0;
  const std::int64_t reach = (window.size - 1) * window.dilation + 1;
  if (padding == Padding::SAME) return (in + window.stride - 1) / window.stride;
  if (padding != Padding::VALID || in < reach) return 0;
  return (in - reach) / window.stride + 1;
}

Outcome<void> ExpectWindows(const OperatorView& op, const Window& h, const Window& w,
                            Padding padding, std::int64_t channels) {
  const auto in = op.InputShape();
  const auto rows = Positions(in[1], h, padding);
  const auto columns = Positions(in[2], w, padding);
  if (rows < 1 || columns < 1) {
    return op.Fail("the filter of " + std::to_string(h.size) + "x" + std::to_string(w.size) +
                   " with strides " + std::to_string(h.stride) + "x" + std::to_string(w.stride) +
                   " and dilations " + std::to_string(h.dilation) + "x" +
                   std::to_string(w.dilation) + " is invalid or does not fit " + ShapeText(in));
  }
  return op.ExpectOutput({in[0], rows, columns, channels});
}

Outcome<void> ExpectRank4(const OperatorView& op, std::size_t input) {
  if (op.InputShape(input).size() != 4 || op.OutputShape().size() != 4) {
    return op.Fail("input " + std::to_string(input) + " and output must have four dimensions");
  }
  return {};
}

/// Constant weights of rank `rank`, and nothing or a constant bias for `channels` channels.
Outcome<void> ExpectWeights(const OperatorView& op, std::size_t rank) {
  if (!op.IsConstant(1) || op.InputShape(1).size() != rank) {
    return op.Fail("the weights must be a constant with " + std::to_string(rank) + " dimensions");
  }
  const bool transposed = op.kind() == tflite::BuiltinOperator::TRANSPOSE_CONV;
  const auto input = op.Input(transposed ? 2 : 0).type;
  const auto weights = op.Input(1).type;
  const bool floats = input == TensorType::FLOAT32 && weights == input;
  if (!floats && !(IsInt(input) && IsInt(weights))) {
    return op.Fail("input " + tflite::TypeName(input) + " and weights " +
                   tflite::TypeName(weights) + " cannot be multiplied");
  }
  const std::size_t bias = transposed ? 3 : 2;
  if (op.HasInput(bias) &&
      op.Input(bias).type != (floats ? TensorType::FLOAT32 : TensorType::INT32)) {
    return op.Fail("the bias must not be " + tflite::TypeName(op.Input(bias).type));
  }
  if (floats ? op.Output().type != input : !IsInt(op.Output().type)) {
    return op.Fail("the output must not be " + tflite::TypeName(op.Output().type));
  }
  return {};
}

Outcome<void> ExpectBias(const OperatorView& op, std::size_t input, std::int64_t channels) {
  if (!op.HasInput(input)) return {};
  if (!op.IsConstant(input) || op.InputShape(input) != Shape{channels}) {
    return op.Fail("the bias must be a constant of shape " + ShapeText({channels}));
  }
  return {};
}

}  // namespace

Outcome<void> CheckConv(const OperatorView& op) {
  TINYFOG_TRY(ExpectRank4(op, 0));
  TINYFOG_TRY(ExpectWeights(op, 4));
  const auto weights = op.InputShape(1);
  if (weights[3] != op.InputShape()[3]) {
    return op.Fail("the weights have " + std::to_string(weights[3]) +
                   " input channels, the input " + std::to_string(op.InputShape()[3]) +
                   " (groups are not supported)");
  }
  TINYFOG_TRY(ExpectBias(op, 2, weights[0]));
  const auto& options = *op.op().builtin_options.AsConv2DOptions();
  return ExpectWindows(op, {weights[1], options.stride_h, options.dilation_h_factor},
                       {weights[2], options.stride_w, options.dilation_w_factor}, options.padding,
                       weights[0]);
}

Outcome<void> CheckDepthwise(const OperatorView& op) {
  TINYFOG_TRY(ExpectRank4(op, 0));
  TINYFOG_TRY(ExpectWeights(op, 4));
  const auto weights = op.InputShape(1);
  const auto& options = *op.op().builtin_options.AsDepthwiseConv2DOptions();
  const std::int64_t channels = op.InputShape()[3];
  const std::int64_t multiplier = weights[3] / channels;
  if (weights[0] != 1 || multiplier < 1 || weights[3] != multiplier * channels ||
      (options.depth_multiplier != 0 && options.depth_multiplier != multiplier)) {
    return op.Fail("weights " + ShapeText(weights) + " and depth multiplier " +
                   std::to_string(options.depth_multiplier) + " do not fit " +
                   std::to_string(channels) + " channels");
  }
  TINYFOG_TRY(ExpectBias(op, 2, weights[3]));
  return ExpectWindows(op, {weights[1], options.stride_h, options.dilation_h_factor},
                       {weights[2], options.stride_w, options.dilation_w_factor}, options.padding,
                       weights[3]);
}

Outcome<void> CheckTransposeConv(const OperatorView& op) {
  if (!op.HasInput(2)) return op.Fail("input 2 is missing");
  TINYFOG_TRY(ExpectRank4(op, 2));
  TINYFOG_TRY(ExpectWeights(op, 4));
  TINYFOG_TRY_ASSIGN(const auto shape, op.Ints(0));
  const auto in = op.InputShape(2);
  const auto weights = op.InputShape(1);
  const auto& options = *op.op().builtin_options.AsTransposeConvOptions();
  if (shape.size() != 4) return op.Fail("the output shape must have four numbers");
  TINYFOG_TRY(op.ExpectOutput(shape));
  TINYFOG_TRY(ExpectBias(op, 3, weights[0]));
  const auto rows = Positions(shape[1], {weights[1], options.stride_h}, options.padding);
  const auto columns = Positions(shape[2], {weights[2], options.stride_w}, options.padding);
  if (shape[0] != in[0] || shape[3] != weights[0] || weights[3] != in[3] || rows != in[1] ||
      columns != in[2]) {
    return op.Fail("input " + ShapeText(in) + ", weights " + ShapeText(weights) + " and output " +
                   ShapeText(shape) + " do not belong together");
  }
  return {};
}

Outcome<void> CheckPool(const OperatorView& op) {
  TINYFOG_TRY(ExpectRank4(op, 0));
  const auto& options = *op.op().builtin_options.AsPool2DOptions();
  return ExpectWindows(op, {options.filter_height, options.stride_h},
                       {options.filter_width, options.stride_w}, options.padding,
                       op.InputShape()[3]);
}

Outcome<void> CheckFullyConnected(const OperatorView& op) {
  TINYFOG_TRY(ExpectWeights(op, 2));
  const auto weights = op.InputShape(1);
  const auto& options = *op.op().builtin_options.AsFullyConnectedOptions();
  if (options.weights_format != tflite::FullyConnectedOptionsWeightsFormat::DEFAULT) {
    return op.Fail("shuffled weights are not supported");
  }
  TINYFOG_TRY(ExpectBias(op, 2, weights[0]));
  const std::int64_t in = Elements(op.InputShape());
  const std::int64_t rows = in / weights[1];
  // The engine flattens its input to two dimensions.
  if (rows * weights[1] != in || op.OutputShape().empty() ||
      op.OutputShape().back() != weights[0] || Elements(op.OutputShape()) != rows * weights[0] ||
      op.InputShape().size() < 2) {
    return op.Fail("input " + ShapeText(op.InputShape()) + ", weights " + ShapeText(weights) +
                   " and output " + ShapeText(op.OutputShape()) + " do not belong together");
  }
  return {};
}

Outcome<void> CheckResize(const OperatorView& op) {
  TINYFOG_TRY(ExpectRank4(op, 0));
  TINYFOG_TRY_ASSIGN(const auto size, op.Ints(1));
  if (size.size() != 2 || size[0] < 1 || size[1] < 1) {
    return op.Fail("the size must be two numbers above zero");
  }
  const auto in = op.InputShape();
  return op.ExpectOutput({in[0], size[0], size[1], in[3]});
}

Outcome<void> CheckSpaceToBatch(const OperatorView& op) {
  TINYFOG_TRY(ExpectRank4(op, 0));
  TINYFOG_TRY_ASSIGN(const auto block, op.Ints(1));
  TINYFOG_TRY_ASSIGN(const auto pad, op.Ints(2));
  const auto in = op.InputShape();
  if (block.size() != 2 || pad.size() != 4) return op.Fail("block and padding must be for 2 axes");
  Shape out = in;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t before = pad[2 * i], after = pad[2 * i + 1];
    const std::int64_t padded = in[i + 1] + before + after;
    if (block[i] < 1 || before < 0 || after < 0 || padded % block[i] != 0) {
      return op.Fail("block " + ShapeText(block) + " and padding " + ShapeText(pad) +
                     " do not fit " + ShapeText(in));
    }
    out[0] *= block[i];
    out[i + 1] = padded / block[i];
  }
  return op.ExpectOutput(out);
}

Outcome<void> CheckBatchToSpace(const OperatorView& op) {
  TINYFOG_TRY(ExpectRank4(op, 0));
  TINYFOG_TRY_ASSIGN(const auto block, op.Ints(1));
  TINYFOG_TRY_ASSIGN(const auto crop, op.Ints(2));
  const auto in = op.InputShape();
  if (block.size() != 2 || crop.size() != 4) return op.Fail("block and crops must be for 2 axes");
  Shape out = in;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t before = crop[2 * i], after = crop[2 * i + 1];
    if (block[i] < 1 || before < 0 || after < 0 || out[0] % block[i] != 0) {
      return op.Fail("block " + ShapeText(block) + " and crops " + ShapeText(crop) +
                     " do not fit " + ShapeText(in));
    }
    out[0] /= block[i];
    out[i + 1] = in[i + 1] * block[i] - before - after;
    if (out[i + 1] < 1) return op.Fail("crops " + ShapeText(crop) + " leave nothing");
  }
  return op.ExpectOutput(out);
}

}  // namespace tinyfog::inference
