#include "output_compare.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>

namespace tinyfog::inference {
namespace {

template <class T>
T At(std::span<const std::uint8_t> bytes, std::size_t i) {
  T value;
  std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
  return value;
}

template <class T>
Comparison CompareIntegers(std::span<const std::uint8_t> ours, std::span<const std::uint8_t> theirs,
                           double steps) {
  Comparison result{ours.size() / sizeof(T), 0, 0};
  for (std::size_t i = 0; i < result.values; ++i) {
    const double difference =
        std::abs(static_cast<double>(At<T>(ours, i)) - static_cast<double>(At<T>(theirs, i)));
    result.different += difference > steps;
    result.largest = std::max(result.largest, difference);
  }
  return result;
}

Comparison CompareFloats(std::span<const std::uint8_t> ours, std::span<const std::uint8_t> theirs,
                         double relative) {
  Comparison result{ours.size() / sizeof(float), 0, 0};
  double largest = std::numeric_limits<float>::min();
  for (std::size_t i = 0; i < result.values; ++i) {
    const double value = std::abs(static_cast<double>(At<float>(theirs, i)));
    if (std::isfinite(value)) largest = std::max(largest, value);
  }
  for (std::size_t i = 0; i < result.values; ++i) {
    const double a = At<float>(ours, i);
    const double b = At<float>(theirs, i);
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    const double difference = std::abs(a - b) / largest;
    if (difference <= relative) {
      result.largest = std::max(result.largest, difference);
      continue;
    }
    ++result.different;
    result.largest = std::isfinite(difference) ? std::max(result.largest, difference) : INFINITY;
  }
  return result;
}

}  // namespace

Comparison Compare(const TensorSpec& spec, std::span<const std::uint8_t> ours,
                   std::span<const std::uint8_t> reference, const Tolerance& tolerance) {
  switch (spec.type) {
    case DataType::kFp32:
      return CompareFloats(ours, reference, tolerance.relative);
    case DataType::kInt8:
      return CompareIntegers<std::int8_t>(ours, reference, tolerance.steps);
    case DataType::kInt16:
      return CompareIntegers<std::int16_t>(ours, reference, 4 * tolerance.steps);
    case DataType::kInt32:
      return CompareIntegers<std::int32_t>(ours, reference, 4 * tolerance.steps);
    case DataType::kInt64:
      return CompareIntegers<std::int64_t>(ours, reference, 4 * tolerance.steps);
    default:
      return CompareIntegers<std::uint8_t>(ours, reference, tolerance.steps);
  }
}

void Comparison::Add(const Comparison& other) {
  values += other.values;
  different += other.different;
  largest = std::max(largest, other.largest);
}

std::string Comparison::Text() const {
  char text[120];
  std::snprintf(
      text, sizeof(text), "%llu of %llu values are too far off, the largest difference is %.3g",
      static_cast<unsigned long long>(different), static_cast<unsigned long long>(values), largest);
  return text;
}

}  // namespace tinyfog::inference
