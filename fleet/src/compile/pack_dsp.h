#pragma once

#include <optional>
#include <vector>

#include "tinyfog/nn/fixed_point.h"
#include "tinyfog/nn/kernels/dsp.h"

/// Constants of the DSP kernels, laid out as tinyfog/nn/kernels/dsp.h says.
namespace tinyfog::compile {

/// Sums of one output channel: the bias, and the most that |sum - bias| can be.
struct SumRange {
  std::int64_t bias;
  std::int64_t reach;
};

/// The scales for which the kernels are exact with these sums, as multiplier and exponent; nothing
/// when there is no such scale for a channel.
std::optional<std::vector<nn::DspScale>> DspScales(const std::vector<SumRange>& sums,
                                                   const std::vector<nn::Scale>& scales);

/// Sum of |weight| of each channel; `weights` is [channel][...], or [...][channel].
std::vector<std::int64_t> AbsoluteSums(const std::vector<std::int8_t>& weights,
                                       std::size_t channels, bool channel_is_last);

/// `weights` is [channel][ky][kx][input channel].
std::vector<std::uint8_t> PackConvDsp(const std::vector<std::int8_t>& weights,
                                      const nn::DspConvParams& p);
std::vector<std::uint8_t> PackPairsDsp(const std::vector<std::int32_t>& biases,
                                       const std::vector<nn::DspScale>& scales);
/// `weights` is [3][3][channel]; the biases are the model's own.
std::vector<std::uint8_t> PackDepthwiseDsp(const std::vector<std::int8_t>& weights, int stride,
                                           const std::vector<std::int32_t>& biases,
                                           const std::vector<nn::DspScale>& scales);
/// `weights` is [output][input].
std::vector<std::uint8_t> PackFullyConnectedDsp(const std::vector<std::int8_t>& weights,
                                                std::size_t outputs);

}  // namespace tinyfog::compile
