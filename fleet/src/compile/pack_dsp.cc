#include "pack_dsp.h"

#include <cstdlib>

namespace tinyfog::compile {
namespace {

constexpr std::int64_t kMaxSum = std::int64_t{1} << 29;
constexpr int kMaxShift = 22;

template <class T>
void Append(std::vector<std::uint8_t>& bytes, const T& value) {
  const auto* from = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), from, from + sizeof(T));
}

std::optional<nn::DspScale> DspScale(const SumRange& sum, const nn::Scale& scale) {
  const std::int64_t largest = std::abs(sum.bias) + sum.reach;
  if (largest >= kMaxSum || scale.shift >= 0) return std::nullopt;
  const int right = -scale.shift;
  if (right <= kMaxShift) return nn::DspScale{scale.multiplier, right - 1};
  // Whatever is less than half a step becomes 0, as it does with this scale.
  if (largest < std::int64_t{1} << (right - 1)) return nn::DspScale{0, 0};
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<nn::DspScale>> DspScales(const std::vector<SumRange>& sums,
                                                   const std::vector<nn::Scale>& scales) {
  std::vector<nn::DspScale> result;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const auto scale = DspScale(sums[i], scales[i]);
    if (!scale) return std::nullopt;
    result.push_back(*scale);
  }
  return result;
}

std::vector<std::int64_t> AbsoluteSums(const std::vector<std::int8_t>& weights,
                                       std::size_t channels, bool channel_is_last) {
  std::vector<std::int64_t> sums(channels);
  const std::size_t per_channel = weights.size() / channels;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    sums[channel_is_last ? i % channels : i / per_channel] += std::abs(int{weights[i]});
  }
  return sums;
}

std::vector<std::uint8_t> PackConvDsp(const std::vector<std::int8_t>& weights,
                                      const nn::DspConvParams& p) {
  const std::size_t rows = p.kernel_height;
  const std::size_t row = p.RowBytes();
  const auto weight = [&](std::size_t channel, std::size_t ky, std::size_t k) {
    const bool exists = channel < p.output_channels && k < row;
    return exists ? static_cast<std::uint8_t>(weights[(channel * rows + ky) * row + k])
                  : std::uint8_t{0};
  };
  std::vector<std::uint8_t> packed;
  for (std::size_t c = 0; c < p.output_channels; c += 2) {
    for (std::size_t ky = 0; ky < rows; ++ky) {
      for (std::size_t tap = 0; tap < p.RowTaps(); ++tap) {
        const std::size_t k = tap / 2 * 4 + tap % 2;
        packed.insert(packed.end(), {weight(c, ky, k), weight(c + 1, ky, k), weight(c, ky, k + 2),
                                     weight(c + 1, ky, k + 2)});
      }
    }
  }
  return packed;
}

std::vector<std::uint8_t> PackPairsDsp(const std::vector<std::int32_t>& biases,
                                       const std::vector<nn::DspScale>& scales) {
  std::vector<std::uint8_t> packed;
  for (std::size_t c = 0; c < biases.size(); c += 2) {
    nn::DspPair pair{};
    for (std::size_t i = 0; i < 2 && c + i < biases.size(); ++i) {
      pair.doubled_bias[i] = 2 * biases[c + i];
      pair.multiplier[i] = scales[c + i].multiplier;
      pair.exponent[i] = static_cast<std::uint8_t>(scales[c + i].exponent);
    }
    Append(packed, pair);
  }
  return packed;
}

std::vector<std::uint8_t> PackDepthwiseDsp(const std::vector<std::int8_t>& weights, int stride,
                                           const std::vector<std::int32_t>& biases,
                                           const std::vector<nn::DspScale>& scales) {
  const std::size_t channels = biases.size();
  std::vector<std::uint8_t> packed;
  for (std::size_t c = 0; c < channels; ++c) {
    nn::DspTaps taps{};
    for (std::size_t kx = 0; kx < 3; ++kx) {
      const auto w = [&](std::size_t ky) { return weights[(ky * 3 + kx) * channels + c]; };
      const std::int8_t at_1[4] = {w(0), w(1), w(1), w(2)};
      const std::int8_t at_2[4] = {w(0), w(2), w(1), 0};
      for (std::size_t i = 0; i < 4; ++i) taps.weight[kx][i] = stride == 1 ? at_1[i] : at_2[i];
    }
    taps.doubled_bias = 2 * biases[c];
    taps.multiplier = scales[c].multiplier;
    Append(packed, taps);
  }
  for (const nn::DspScale& scale : scales) {
    packed.push_back(static_cast<std::uint8_t>(scale.exponent));
  }
  return packed;
}

std::vector<std::uint8_t> PackFullyConnectedDsp(const std::vector<std::int8_t>& weights,
                                                std::size_t outputs) {
  const std::size_t inputs = weights.size() / outputs;
  const std::size_t quads = (inputs + 3) / 4;
  std::vector<std::uint8_t> packed((outputs + 3) / 4 * quads * 16);
  for (std::size_t m = 0; m < outputs; ++m) {
    for (std::size_t k = 0; k < inputs; ++k) {
      packed[(m / 4 * quads + k / 4) * 16 + m % 4 * 4 + k % 4] =
          static_cast<std::uint8_t>(weights[m * inputs + k]);
    }
  }
  return packed;
}

}  // namespace tinyfog::compile
