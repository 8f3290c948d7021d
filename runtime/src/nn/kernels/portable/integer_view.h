#pragma once

#include "tinyfog/nn/fixed_point.h"
#include "tinyfog/nn/memory.h"

namespace tinyfog::nn::portable {

/// Reads and writes integers whose type is known at run time only.
inline std::int32_t Load(const std::uint8_t* base, Type type, std::uint32_t i) {
  switch (type) {
    case Type::kInt8:
      return reinterpret_cast<const std::int8_t*>(base)[i];
    case Type::kUint8:
    case Type::kBool:
      return base[i];
    case Type::kInt16:
      return reinterpret_cast<const std::int16_t*>(base)[i];
    default:
      return reinterpret_cast<const std::int32_t*>(base)[i];
  }
}

inline void Store(std::uint8_t* base, Type type, std::uint32_t i, std::int32_t value) {
  switch (type) {
    case Type::kInt8:
    case Type::kUint8:
    case Type::kBool:
      base[i] = static_cast<std::uint8_t>(value);
      return;
    case Type::kInt16:
      reinterpret_cast<std::int16_t*>(base)[i] = static_cast<std::int16_t>(value);
      return;
    default:
      reinterpret_cast<std::int32_t*>(base)[i] = value;
  }
}

/// What a type of up to 32 bits can hold.
inline std::int32_t LowestOf(Type type) {
  switch (type) {
    case Type::kInt8:
      return -128;
    case Type::kUint8:
    case Type::kBool:
      return 0;
    case Type::kInt16:
      return -32768;
    default:
      return INT32_MIN;
  }
}
inline std::int32_t HighestOf(Type type) {
  switch (type) {
    case Type::kInt8:
      return 127;
    case Type::kUint8:
      return 255;
    case Type::kBool:
      return 1;
    case Type::kInt16:
      return 32767;
    default:
      return INT32_MAX;
  }
}

/// Truncates towards zero and saturates; 0 for not-a-number.
inline std::int32_t Truncated(float value, Type type) {
  const std::int32_t lowest = LowestOf(type);
  const std::int32_t highest = HighestOf(type);
  if (!(value == value)) return 0;
  if (value <= static_cast<float>(lowest)) return lowest;
  if (value >= static_cast<float>(highest)) return highest;
  return static_cast<std::int32_t>(value);
}

}  // namespace tinyfog::nn::portable
