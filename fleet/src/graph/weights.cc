#include "tinyfog/graph/weights.h"

namespace tinyfog::graph {

std::vector<std::int8_t> WeightsOf(const Tensor& filter) {
  std::vector<std::int8_t> weights(filter.elements());
  const std::vector<std::uint8_t>& bytes = *filter.constant;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (filter.four_bit) {
      const int nibble = (bytes[i / 2] >> (i % 2 * 4)) & 15;
      weights[i] = static_cast<std::int8_t>((nibble ^ 8) - 8);
    } else {
      weights[i] = static_cast<std::int8_t>(bytes[i]);
    }
  }
  return weights;
}

std::vector<std::uint8_t> PackWeights(const std::vector<std::int8_t>& weights, bool four_bit) {
  if (!four_bit) return {weights.begin(), weights.end()};
  std::vector<std::uint8_t> bytes((weights.size() + 1) / 2);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    bytes[i / 2] |= static_cast<std::uint8_t>((weights[i] & 15) << (i % 2 * 4));
  }
  return bytes;
}

}  // namespace tinyfog::graph
