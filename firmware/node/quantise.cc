#include "tinyfog/node/quantise.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace tinyfog::node {
namespace {

float ScaleOf(const Quantisation& as) { return as.scale == 0 ? 1.0f : as.scale; }

// Of numbers beyond a milliard the nearest one within; of what is no number zero.
std::int32_t Round(float value) {
  constexpr float kLimit = 1e9f;
  if (value != value) return 0;
  const float half = value < 0 ? -0.5f : 0.5f;
  return static_cast<std::int32_t>(std::clamp(value, -kLimit, kLimit) + half);
}

// What the integers of a type can be.
struct Range {
  std::int32_t least, greatest;
};
Range RangeOf(nn::Type type) {
  if (type == nn::Type::kInt16) return {INT16_MIN, INT16_MAX};
  return type == nn::Type::kUint8 ? Range{0, UINT8_MAX} : Range{INT8_MIN, INT8_MAX};
}

float Element(nn::Type type, const std::uint8_t* place) {
  if (type == nn::Type::kFloat32) {
    float element;
    std::memcpy(&element, place, sizeof element);
    return element;
  }
  std::int32_t element = static_cast<std::int8_t>(*place);
  if (type == nn::Type::kUint8) element = *place;
  if (type == nn::Type::kInt16) element = static_cast<std::int16_t>(place[0] | place[1] << 8);
  return static_cast<float>(element);
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
  const Range range = RangeOf(as.type);
  const std::int64_t shifted = std::int64_t{Round(value / ScaleOf(as))} + as.zero_point;
  const auto element = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(shifted, range.least, range.greatest));
  place[0] = static_cast<std::uint8_t>(element);
  if (as.type == nn::Type::kInt16) place[1] = static_cast<std::uint8_t>(element >> 8);
}

Classified Classify(const Quantisation& as, std::span<const std::uint8_t> tensor) {
  Classified result;
  if (!IsQuantisable(as.type)) return result;
  const std::uint32_t bytes = SizeOf(as.type);
  if (tensor.size() < bytes) return result;
  float best = 0;
  for (std::uint32_t i = 0; i < tensor.size() / bytes; ++i) {
    const float element = Element(as.type, tensor.data() + i * bytes);
    if (i != 0 && !(element > best)) continue;
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
