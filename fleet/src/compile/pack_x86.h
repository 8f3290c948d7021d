#pragma once

#include <optional>
#include <vector>

#include "tinyfog/nn/fixed_point.h"
#include "tinyfog/nn/kernels/x86.h"

/// Constants of the x86 kernels, laid out as tinyfog/nn/kernels/x86.h says.
namespace tinyfog::compile {

/// The sums that an output channel can have, its folded bias included.
struct SumBounds {
  std::int64_t low;
  std::int64_t high;
};

/// Of each channel for inputs -128 to 127; `weights` is [channel][...], or [...][channel].
std::vector<SumBounds> BoundsOfSums(const std::vector<std::int8_t>& weights,
                                    const std::vector<std::int32_t>& biases, bool channel_is_last);

/// X86Channels for each sixteen places, `together` of them in one form; places[i] is the channel at
/// place i, or a number that is none's. `biases` are what sums begin with, `sums` and `scales`
/// those of the exact arithmetic. Nothing when a channel cannot be exact: a left shift, or sums of
/// 2^29.
std::optional<std::vector<nn::X86Channels>> PackChannelsX86(const std::vector<std::int32_t>& biases,
                                                            const std::vector<SumBounds>& sums,
                                                            const std::vector<nn::Scale>& scales,
                                                            std::int32_t zero_point,
                                                            const std::vector<std::size_t>& places,
                                                            std::size_t together = 1);

/// The channel at each place of a convolution, rounded up to blocks of sixteen.
std::vector<std::size_t> PlacesX86(std::size_t channels);
/// The same for nn::X86DepthwiseParams, in the order of its constants.
std::vector<std::size_t> PlacesX86(const nn::X86DepthwiseParams& p, std::uint32_t step);

/// `weights` is [output][row][values of a row]: to [block][row][group][16][step].
std::vector<std::uint8_t> PackRowsX86(const std::vector<std::int8_t>& weights, std::size_t outputs,
                                      std::size_t rows, std::uint32_t step);

/// `weights` is [ky][kx][channel]: to the layout of nn::X86DepthwiseParams.
std::vector<std::uint8_t> PackDepthwiseX86(const std::vector<std::int8_t>& weights,
                                           const nn::X86DepthwiseParams& p, std::uint32_t step);

/// `weights` is [output][3][3][input]: to the layout of nn::X86WinogradParams.
std::vector<std::int16_t> PackWinogradX86(const std::vector<std::int8_t>& weights,
                                          std::size_t outputs);

}  // namespace tinyfog::compile
