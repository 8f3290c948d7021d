#include "tinyfog/graph/weights.h"

#include <cstring>

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

std::vector<float> ValuesOf(const Tensor& tensor) {
  if (tensor.type == nn::Type::kInt8) {
    const std::vector<std::int8_t> weights = WeightsOf(tensor);
    return {weights.begin(), weights.end()};
  }
  std::vector<float> values(tensor.elements());
  if (!values.empty()) std::memcpy(values.data(), tensor.constant->data(), values.size() * 4);
  return values;
}

std::vector<std::uint8_t> BytesOf(const std::vector<float>& values, const Tensor& tensor) {
  std::vector<std::uint8_t> bytes;
  if (tensor.type == nn::Type::kFloat32) {
    bytes.resize(values.size() * sizeof(float));
    if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
  }
  bytes.resize(tensor.four_bit ? (values.size() + 1) / 2 : values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int value = static_cast<int>(values[i]);
    if (tensor.four_bit) {
      bytes[i / 2] |= static_cast<std::uint8_t>((value & 15) << (i % 2 * 4));
    } else {
      bytes[i] = static_cast<std::uint8_t>(value);
    }
  }
  return bytes;
}

}  // namespace tinyfog::graph
