#pragma once

#include <cstdint>
#include <span>
#include <vector>

/// Constants of the float x86 kernels, laid out as tinyfog/nn/kernels/x86_float.h says. Weights
/// and biases come as the bytes of floats.
namespace tinyfog::compile {

using FloatBytes = std::span<const std::uint8_t>;

/// `weights` is [output][values of an output]: to [panel][value][output of the panel], `panel`
/// blocks of 16 in each but the last panel.
std::vector<float> PackPanelsX86(FloatBytes weights, std::size_t outputs, std::size_t panel);

/// `weights` is [tap][channel]: to [block][tap][16]. `repeats`: the channels fill one block again
/// and again. Biases are the case of one tap.
std::vector<float> PackTapsX86(FloatBytes weights, std::size_t channels, bool repeats);

/// `weights` is [output][3][3][input]: to the layout of nn::X86FloatWinogradParams.
/// Precondition: whole blocks of outputs.
std::vector<float> PackWinogradX86(FloatBytes weights, std::size_t outputs, std::size_t inputs);

}  // namespace tinyfog::compile
