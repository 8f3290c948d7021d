#include <algorithm>

#include "channels.h"
#include "lower.h"
#include "lower_dsp.h"
#include "lower_helium.h"
#include "lower_x86.h"
#include "lower_x86_float.h"
#include "scale.h"
#include "tinyfog/graph/padding.h"
#include "tinyfog/nn/kernels/convolution.h"

namespace tinyfog::compile {
namespace {

constexpr int kMaxDimension = 65535;

bool FitsNarrowFields(const graph::Tensor& tensor) {
  return tensor.shape.size() == 4 && std::all_of(tensor.shape.begin(), tensor.shape.end(),
                                                 [](int d) { return d <= kMaxDimension; });
}

// What the three operators share. `filter` is [o,ky,kx,i] for all but DEPTHWISE, [1,ky,kx,o] there.
Outcome<void> Describe(const Context& context, const graph::Tensor& input,
                       const graph::Tensor& filter, const graph::Tensor& output,
                       nn::ConvolutionParams& p) {
  if (!FitsNarrowFields(input) || !FitsNarrowFields(filter) || !FitsNarrowFields(output) ||
      input.shape[0] != output.shape[0]) {
    return context.Unsupported("input, filter and output must have 4 dimensions up to 65535 and " +
                               std::string("the same batch"));
  }
  const graph::Attributes& a = context.attributes();
  const auto is_byte = [](int value) { return value >= 1 && value <= 255; };
  if (!is_byte(a.stride_height) || !is_byte(a.stride_width) || !is_byte(a.dilation_height) ||
      !is_byte(a.dilation_width)) {
    return context.Unsupported("strides and dilations must be 1 to 255");
  }
  if (a.activation == graph::Activation::kTanh || a.activation == graph::Activation::kSignBit) {
    return context.Unsupported("the fused activation must be NONE, RELU, RELU6 or RELU_N1_TO_1");
  }
  p.batches = static_cast<std::uint16_t>(input.shape[0]);
  p.input_height = static_cast<std::uint16_t>(input.shape[1]);
  p.input_width = static_cast<std::uint16_t>(input.shape[2]);
  p.input_channels = static_cast<std::uint16_t>(input.shape[3]);
  p.output_height = static_cast<std::uint16_t>(output.shape[1]);
  p.output_width = static_cast<std::uint16_t>(output.shape[2]);
  p.output_channels = static_cast<std::uint16_t>(output.shape[3]);
  p.kernel_height = static_cast<std::uint16_t>(filter.shape[1]);
  p.kernel_width = static_cast<std::uint16_t>(filter.shape[2]);
  p.stride_height = static_cast<std::uint8_t>(a.stride_height);
  p.stride_width = static_cast<std::uint8_t>(a.stride_width);
  p.dilation_height = static_cast<std::uint8_t>(a.dilation_height);
  p.dilation_width = static_cast<std::uint8_t>(a.dilation_width);
  p.groups = 1;
  p.scratch = nn::kNoRef;
  p.packing = nn::Packing::kNatural;
  if (input.type != nn::Type::kFloat32) {
    p.input_zero_point = static_cast<std::int16_t>(input.quantization.zero_point());
    p.output_zero_point = static_cast<std::int16_t>(output.quantization.zero_point());
  }
  const Clamp clamp = ClampOf(a.activation, output);
  p.clamp_min = clamp.min;
  p.clamp_max = clamp.max;
  return {};
}

Outcome<void> SetPadding(const Context& context, nn::ConvolutionParams& p) {
  const auto padding = graph::PaddingOf(context.attributes(), context.In(0), context.Out(),
                                        p.kernel_height, p.kernel_width);
  if (!padding) return context.Invalid("the output's shape does not fit the input's");
  if (std::max(padding->top, padding->left) > 32767) {
    return context.Unsupported("paddings must be at most 32767");
  }
  p.pad_top = static_cast<std::int16_t>(padding->top);
  p.pad_left = static_cast<std::int16_t>(padding->left);
  return {};
}

// Sums of the weights of each output channel: `channel_step` apart within it.
std::vector<std::int64_t> WeightSums(const graph::Tensor& filter, std::size_t channels,
                                     bool channel_is_last) {
  std::vector<std::int64_t> sums(channels);
  if (filter.type == nn::Type::kFloat32) return sums;
  const std::vector<std::int8_t> weights = WeightsOf(filter);
  const std::size_t per_channel = weights.size() / channels;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    sums[channel_is_last ? i % channels : i / per_channel] += weights[i];
  }
  return sums;
}

// Adds the constants and the step. `data` is the index of the activation among the inputs.
Outcome<void> Emit(Context& context, StepWriter<nn::ConvolutionParams>& step, std::size_t data,
                   const graph::Tensor& filter, const Channels& channels) {
  step.params.channels = channels.ref;
  step.params.uniform = channels.uniform;
  step.params.weights = context.AddConstant(*filter.constant, nn::SizeOf(filter.type));
  step.Use(step.params.input, context.InTensor(data));
  step.Use(step.params.output, context.OutTensor());
  step.Finish();
  return {};
}

// Whether a kernel of the target's own took the node.
bool LowerFast(Context& context, const nn::ConvolutionParams& p, bool depthwise,
               const std::vector<std::int32_t>& biases, const std::vector<nn::Scale>& scales) {
  if (context.target() == nn::Target::kCortexMHelium) {
    return depthwise ? LowerDepthwiseHelium(context, p, biases, scales)
                     : LowerConvHelium(context, p, biases, scales);
  }
  if (context.target() == nn::Target::kCortexMDsp) {
    return depthwise ? LowerDepthwiseDsp(context, p, biases, scales)
                     : LowerConvDsp(context, p, biases, scales);
  }
  if (IsX86(context.target())) {
    return depthwise ? LowerDepthwiseX86(context, p, biases, scales)
                     : LowerConvX86(context, p, biases, scales);
  }
  return false;
}

Outcome<void> LowerForward(Context& context, const Kernels& kernels, bool depthwise) {
  TINYFOG_TRY(context.Expect(2));
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& filter = context.In(1);
  const graph::Tensor& output = context.Out();
  TINYFOG_TRY_ASSIGN(const nn::Opcode opcode, PickKernel(context, input, filter, output, kernels));
  StepWriter<nn::ConvolutionParams> step(context, opcode);
  TINYFOG_TRY(Describe(context, input, filter, output, step.params));
  TINYFOG_TRY(SetPadding(context, step.params));
  const int channels = output.shape[3];
  if (depthwise) {
    if (filter.shape[0] != 1 || filter.shape[3] != channels || channels % input.shape[3] != 0) {
      return context.Invalid("the filter does not fit input and output");
    }
  } else {
    if (filter.shape[0] != channels || input.shape[3] % filter.shape[3] != 0 ||
        channels % (input.shape[3] / filter.shape[3]) != 0) {
      return context.Invalid("the filter does not fit input and output");
    }
    step.params.groups = static_cast<std::uint16_t>(input.shape[3] / filter.shape[3]);
  }
  const std::size_t count = static_cast<std::size_t>(channels);
  TINYFOG_TRY(CheckQuantization(context, input, filter, output, count));
  const std::vector<std::int64_t> sums = WeightSums(filter, count, depthwise);
  const std::vector<nn::Scale> scales = graph::AccumulatorScales(input, filter, output, count);
  if (opcode == kernels.int8) {
    TINYFOG_TRY_ASSIGN(const auto biases, FoldedBiases(context, input, 2, sums));
    if (LowerFast(context, step.params, depthwise, biases, scales)) return {};
  }
  if (opcode == kernels.real && IsX86(context.target())) {
    TINYFOG_TRY_ASSIGN(const auto bias, FloatBias(context, 2, count));
    if (depthwise ? LowerDepthwiseFloatX86(context, step.params, bias)
                  : LowerConvFloatX86(context, step.params, bias)) {
      return {};
    }
  }
  TINYFOG_TRY_ASSIGN(const Channels block, AddChannels(context, input, 2, sums, scales));
  return Emit(context, step, 0, filter, block);
}

}  // namespace

Outcome<void> LowerConv2d(Context& context) {
  return LowerForward(context,
                      {nn::Opcode::kConv2dInt8, nn::Opcode::kConv2dInt4, nn::Opcode::kConv2dInt16,
                       nn::Opcode::kConv2dFloat},
                      false);
}

Outcome<void> LowerDepthwise(Context& context) {
  return LowerForward(context,
                      {nn::Opcode::kDepthwiseInt8, nn::Opcode::kDepthwiseInt4,
                       nn::Opcode::kDepthwiseInt16, nn::Opcode::kDepthwiseFloat},
                      true);
}

Outcome<void> LowerTransposeConv(Context& context) {
  TINYFOG_TRY(context.Expect(3));
  const graph::Tensor& filter = context.In(1);
  const graph::Tensor& input = context.In(2);
  const graph::Tensor& output = context.Out();
  if (filter.four_bit) return context.Unsupported("INT4 filters are not supported");
  TINYFOG_TRY_ASSIGN(
      const nn::Opcode opcode,
      PickKernel(context, input, filter, output,
                 {nn::Opcode::kTransposeConvInt8, nn::Opcode::kTransposeConvInt8,
                  nn::Opcode::kTransposeConvInt16, nn::Opcode::kTransposeConvFloat}));
  StepWriter<nn::ConvolutionParams> step(context, opcode);
  nn::ConvolutionParams& p = step.params;
  TINYFOG_TRY(Describe(context, input, filter, output, p));
  if (filter.shape[0] != output.shape[3] || filter.shape[3] != input.shape[3]) {
    return context.Invalid("the filter does not fit input and output");
  }
  // The paddings are those of the convolution that this one undoes.
  const graph::Attributes& a = context.attributes();
  const auto before = [&a](int large, int small, int stride, int kernel) {
    return a.same_padding ? std::max(0, (small - 1) * stride + kernel - large) / 2 : 0;
  };
  p.pad_top = static_cast<std::int16_t>(
      before(p.output_height, p.input_height, a.stride_height, p.kernel_height));
  p.pad_left = static_cast<std::int16_t>(
      before(p.output_width, p.input_width, a.stride_width, p.kernel_width));
  const std::size_t count = static_cast<std::size_t>(output.shape[3]);
  TINYFOG_TRY(CheckQuantization(context, input, filter, output, count));
  TINYFOG_TRY_ASSIGN(const Channels block,
                     AddChannels(context, input, 3, WeightSums(filter, count, false),
                                 graph::AccumulatorScales(input, filter, output, count)));
  return Emit(context, step, 2, filter, block);
}

}  // namespace tinyfog::compile
