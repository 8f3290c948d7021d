#pragma once

#include <cstdint>

#include "tinyfog/nn/format.h"

namespace tinyfog::nn {

/// What a kernel works on: the constants of a .tfm file (or of ahead-of-time code) and the arena.
struct Memory {
  const std::uint8_t* constants;
  std::uint8_t* arena;

  template <class T>
  const T* Read(Ref ref) const {
    const std::uint8_t* base = (ref & kConstantBit) ? constants : arena;
    return reinterpret_cast<const T*>(base + (ref & ~kConstantBit));
  }
  template <class T>
  T* Write(Ref ref) const {
    return reinterpret_cast<T*>(arena + ref);
  }
};

/// Product of sizes that stops at 2^32, which no memory has, instead of overflowing.
template <class... T>
constexpr std::uint64_t Product(T... factors) {
  constexpr std::uint64_t kLimit = std::uint64_t{1} << 32;
  std::uint64_t product = 1;
  const auto multiply = [&product](std::uint64_t factor) {
    product *= factor < kLimit ? factor : kLimit - 1;
    if (product > kLimit) product = kLimit;
  };
  (..., multiply(static_cast<std::uint64_t>(factors)));
  return product;
}

/// Whether no size is zero: a loop nest with an empty inner loop could turn for ever.
template <class... T>
constexpr bool ArePositive(T... sizes) {
  return (... && (sizes > 0));
}

/// Answers whether a Ref with a size lies in the memory of a model that is being verified.
class Bounds {
 public:
  constexpr Bounds(std::uint32_t constant_bytes, std::uint32_t arena_bytes)
      : constant_bytes_(constant_bytes), arena_bytes_(arena_bytes) {}

  /// `alignment` is a power of two.
  constexpr bool Reads(Ref ref, std::uint64_t bytes, std::uint32_t alignment = 1) const {
    const std::uint32_t offset = ref & ~kConstantBit;
    const std::uint32_t limit = (ref & kConstantBit) ? constant_bytes_ : arena_bytes_;
    return offset % alignment == 0 && offset <= limit && bytes <= limit - offset;
  }
  constexpr bool Writes(Ref ref, std::uint64_t bytes, std::uint32_t alignment = 1) const {
    return (ref & kConstantBit) == 0 && Reads(ref, bytes, alignment);
  }

 private:
  std::uint32_t constant_bytes_;
  std::uint32_t arena_bytes_;
};

}  // namespace tinyfog::nn
