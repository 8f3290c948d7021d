#include "channels.h"

#include <algorithm>

namespace tinyfog::compile {
namespace {

template <class T>
void Append(std::vector<std::uint8_t>& block, T value) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
  block.insert(block.end(), bytes, bytes + sizeof(T));
}

// The bias in 64 bits, whatever its type; zeros without one.
Outcome<std::vector<std::int64_t>> BiasOf(const Context& context, std::size_t bias,
                                          std::size_t channels) {
  if (!context.Has(bias)) return std::vector<std::int64_t>(channels);
  TINYFOG_TRY_ASSIGN(std::vector<std::int64_t> values, context.Integers(bias));
  if (values.size() != channels) return context.Invalid("the bias does not fit the filter");
  return values;
}

}  // namespace

Outcome<std::vector<std::uint8_t>> FloatBias(const Context& context, std::size_t bias,
                                             std::size_t channels) {
  if (!context.Has(bias)) return std::vector<std::uint8_t>(channels * 4);
  const graph::Tensor& tensor = context.In(bias);
  if (!tensor.constant || tensor.type != nn::Type::kFloat32 || tensor.elements() != channels) {
    return context.Unsupported("the bias must be a FLOAT32 constant that fits the filter");
  }
  return *tensor.constant;
}

Outcome<Channels> AddChannels(Context& context, const graph::Tensor& input, std::size_t bias,
                              const std::vector<std::int64_t>& weight_sums,
                              const std::vector<nn::Scale>& scales) {
  if (input.type == nn::Type::kFloat32) {
    TINYFOG_TRY_ASSIGN(const auto block, FloatBias(context, bias, weight_sums.size()));
    return Channels{context.AddConstant(block), false};
  }
  TINYFOG_TRY_ASSIGN(const auto biases, BiasOf(context, bias, weight_sums.size()));
  const std::int64_t zero_point = input.quantization.zero_point();
  const bool uniform = std::all_of(scales.begin(), scales.end(), [&](const nn::Scale& s) {
    return s.multiplier == scales[0].multiplier && s.shift == scales[0].shift;
  });
  const bool wide = input.type == nn::Type::kInt16;
  std::vector<std::uint8_t> block;
  for (std::size_t i = 0; i < biases.size(); ++i) {
    const std::int64_t folded = biases[i] - zero_point * weight_sums[i];
    wide ? Append(block, folded) : Append(block, static_cast<std::int32_t>(folded));
  }
  const std::size_t count = uniform ? 1 : biases.size();
  for (std::size_t i = 0; i < count; ++i) Append(block, scales[i].multiplier);
  for (std::size_t i = 0; i < count; ++i) Append(block, static_cast<std::int8_t>(scales[i].shift));
  return Channels{context.AddConstant(block, wide ? 8 : 4), uniform};
}

Outcome<std::vector<std::int32_t>> FoldedBiases(Context& context, const graph::Tensor& input,
                                                std::size_t bias,
                                                const std::vector<std::int64_t>& weight_sums) {
  TINYFOG_TRY_ASSIGN(const auto biases, BiasOf(context, bias, weight_sums.size()));
  std::vector<std::int32_t> folded(biases.size());
  for (std::size_t i = 0; i < biases.size(); ++i) {
    folded[i] =
        static_cast<std::int32_t>(biases[i] - input.quantization.zero_point() * weight_sums[i]);
  }
  return folded;
}

Outcome<nn::Opcode> PickKernel(const Context& context, const graph::Tensor& input,
                               const graph::Tensor& filter, const graph::Tensor& output,
                               const Kernels& kernels) {
  if (!filter.constant) return context.Unsupported("the filter must be a constant");
  if (input.type == output.type) {
    if (input.type == nn::Type::kFloat32 && filter.type == nn::Type::kFloat32) return kernels.real;
    if (input.type == nn::Type::kInt8 && filter.type == nn::Type::kInt8) {
      return filter.four_bit ? kernels.int4 : kernels.int8;
    }
    if (input.type == nn::Type::kInt16 && filter.type == nn::Type::kInt8 && !filter.four_bit) {
      return kernels.int16;
    }
  }
  return context.Unsupported(
      "input " + graph::TensorText(input) + " with filter " + graph::TensorText(filter) +
      " is not supported; supported are INT8 with INT8 or INT4, INT16 with INT8, and FLOAT32");
}

Outcome<void> CheckQuantization(const Context& context, const graph::Tensor& input,
                                const graph::Tensor& filter, const graph::Tensor& output,
                                std::size_t channels) {
  if (input.type == nn::Type::kFloat32) return {};
  const std::size_t scales = filter.quantization.scales.size();
  if (input.quantization.empty() || output.quantization.empty() ||
      (scales != 1 && scales != channels)) {
    return context.Invalid("the quantisation of input, filter or output is missing");
  }
  for (const std::int32_t zero_point : filter.quantization.zero_points) {
    if (zero_point != 0) return context.Unsupported("the filter's zero point must be 0");
  }
  if (input.type == nn::Type::kInt16 &&
      (input.quantization.zero_point() != 0 || output.quantization.zero_point() != 0)) {
    return context.Unsupported("the zero points of INT16 must be 0");
  }
  return {};
}

}  // namespace tinyfog::compile
