#include "tinyfog/node/quantise.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace tinyfog::node {
namespace {

float ScaleOf(const Quantisation& as) { return as.scale == 0 ? 1.0f : as.scale; }

// Of numbers beyond the range of int32 the nearest of its ends; of what is no number zero.
std::int32_t Round(float value) {
  if (!(value > -2e9f)) return value < 0 ? INT32_MIN / 2 : 0;
  if (value > 2e9f) return INT32_MAX / 2;
  return static_cast<std::int32_t>(value < 0 ? value - 0.5f : value + 0.5f);
}

template <class T>
void Store(std::int32_t rounded, std::int32_t zero_point, std::uint8_t* place) {
  const std::int64_t shifted = std::int64_t{rounded} + zero_point;
  const auto element = static_cast<T>(std::clamp<std::int64_t>(
      shifted, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  std::memcpy(place, &element, sizeof element);
}

template <class T>
float Load(std::span<const std::uint8_t> tensor, std::uint32_t index) {
  T element;
  std::memcpy(&element, tensor.data() + index * sizeof element, sizeof element);
  return static_cast<float>(element);
}

float Element(nn::Type type, std::span<const std::uint8_t> tensor, std::uint32_t index) {
  switch (type) {
    case nn::Type::kInt8:
      return Load<std::int8_t>(tensor, index);
    case nn::Type::kUint8:
      return Load<std::uint8_t>(tensor, index);
    case nn::Type::kInt16:
      return Load<std::int16_t>(tensor, index);
    default:
      return Load<float>(tensor, index);
  }
}

}  // namespace

Quantisation QuantisationOf(const nn::Model& model, const nn::Port& port) {
  return {model.tensor(port.tensor).type, port.scale, port.zero_point};
}

bool IsQuantisable(nn::Type type) {
  return type == nn::Type::kInt8 || type == nn::Type::kUint8 || type == nn::Type::kInt16 ||
         type == nn::Type::kFloat32;
}

void Quantise(const Quantisation& as, float value, std::span<std::uint8_t> tensor,
              std::uint32_t index) {
  std::uint8_t* place = tensor.data() + index * SizeOf(as.type);
  if (as.type == nn::Type::kFloat32) {
    std::memcpy(place, &value, sizeof value);
    return;
  }
  const std::int32_t rounded = Round(value / ScaleOf(as));
  if (as.type == nn::Type::kInt8) {
    Store<std::int8_t>(rounded, as.zero_point, place);
  } else if (as.type == nn::Type::kUint8) {
    Store<std::uint8_t>(rounded, as.zero_point, place);
  } else {
    Store<std::int16_t>(rounded, as.zero_point, place);
  }
}

Classified Classify(const Quantisation& as, std::span<const std::uint8_t> tensor) {
  Classified result;
  if (!IsQuantisable(as.type)) return result;
  const auto count = static_cast<std::uint32_t>(tensor.size() / SizeOf(as.type));
  if (count == 0) return result;
  float best = Element(as.type, tensor, 0);
  for (std::uint32_t i = 1; i < count; ++i) {
    const float element = Element(as.type, tensor, i);
    if (!(element > best)) continue;
    best = element;
    result.top_index = i;
  }
  const bool is_float = as.type == nn::Type::kFloat32;
  const float value = is_float ? best : (best - static_cast<float>(as.zero_point)) * ScaleOf(as);
  result.confidence_permille =
      static_cast<std::uint32_t>(std::clamp<std::int32_t>(Round(value * 1000.0f), 0, 1000));
  return result;
}

}  // namespace tinyfog::node
