#include "pack_x86_float.h"

#include <algorithm>
#include <cstring>

#include "tinyfog/nn/kernels/x86_float.h"

namespace tinyfog::compile {
namespace {

constexpr std::size_t kBlock = nn::kX86Block;

float At(FloatBytes floats, std::size_t i) {
  float value;
  std::memcpy(&value, floats.data() + i * sizeof(float), sizeof(value));
  return value;
}

std::size_t BlocksOf(std::size_t channels) { return (channels + kBlock - 1) / kBlock; }

}  // namespace

std::vector<float> PackPanelsX86(FloatBytes weights, std::size_t outputs, std::size_t panel) {
  const std::size_t count = weights.size() / sizeof(float) / outputs;
  const std::size_t channels = BlocksOf(outputs) * kBlock;
  std::vector<float> packed(channels * count);
  for (std::size_t output = 0; output < outputs; ++output) {
    const std::size_t first = output / (panel * kBlock) * (panel * kBlock);
    const std::size_t width = std::min(panel * kBlock, channels - first);
    for (std::size_t i = 0; i < count; ++i) {
      packed[first * count + i * width + output - first] = At(weights, output * count + i);
    }
  }
  return packed;
}

std::vector<float> PackTapsX86(FloatBytes weights, std::size_t channels, bool repeats) {
  const std::size_t taps = weights.size() / sizeof(float) / channels;
  std::vector<float> packed(BlocksOf(channels) * taps * kBlock);
  const std::size_t filled = repeats ? kBlock : channels;
  for (std::size_t tap = 0; tap < taps; ++tap) {
    for (std::size_t c = 0; c < filled; ++c) {
      packed[(c / kBlock * taps + tap) * kBlock + c % kBlock] =
          At(weights, tap * channels + c % channels);
    }
  }
  return packed;
}

std::vector<float> PackWinogradX86(FloatBytes weights, std::size_t outputs, std::size_t inputs) {
  constexpr double kTransform[6][3] = {{1 / 4.0, 0, 0},
                                       {-1 / 6.0, -1 / 6.0, -1 / 6.0},
                                       {-1 / 6.0, 1 / 6.0, -1 / 6.0},
                                       {1 / 24.0, 1 / 12.0, 1 / 6.0},
                                       {1 / 24.0, -1 / 12.0, 1 / 6.0},
                                       {0, 0, 1}};
  std::vector<float> packed(36 * outputs * inputs);
  for (std::size_t i = 0; i < packed.size(); ++i) {
    const std::size_t input = i / kBlock % inputs;
    const std::size_t position = i / kBlock / inputs % 36;
    const std::size_t output = i / kBlock / inputs / 36 * kBlock + i % kBlock;
    double sum = 0;
    for (std::size_t tap = 0; tap < 9; ++tap) {
      sum += kTransform[position / 6][tap / 3] * kTransform[position % 6][tap % 3] *
             static_cast<double>(At(weights, (output * 9 + tap) * inputs + input));
    }
    packed[i] = static_cast<float>(sum);
  }
  return packed;
}

}  // namespace tinyfog::compile
