#pragma once

#include <cstdint>
#include <span>
#include <type_traits>

#include "tinyfog/nn/format.h"

namespace tinyfog::nn {

/// In a Ref without kConstantBit: it leads to a port, an input or output in the memory of whoever
/// runs the model. The next six bits number the port, the rest is an offset in it.
inline constexpr Ref kPortBit = 0x40000000u;
inline constexpr std::uint32_t kMostPorts = 64;
inline constexpr std::uint32_t kMostPortBytes = 1u << 24;
constexpr Ref PortRef(std::uint32_t port, std::uint32_t offset) {
  return kPortBit | port * kMostPortBytes | offset;
}
constexpr bool IsPortRef(Ref ref) { return (ref & (kConstantBit | kPortBit)) == kPortBit; }
constexpr std::uint32_t PortOf(Ref ref) { return ref / kMostPortBytes % kMostPorts; }

/// Where ports lie; null: there are none, and every Ref leads to the arena or the constants.
struct PortPointers {
  std::uint8_t* const* pointers = nullptr;

  /// Null: `ref` leads to no port.
  std::uint8_t* At(Ref ref) const {
    if (pointers == nullptr || !IsPortRef(ref)) return nullptr;
    return pointers[PortOf(ref)] + ref % kMostPortBytes;
  }
};
/// For nodes, which do without the branch.
struct NoPortPointers {
  static constexpr std::uint8_t* At(Ref) { return nullptr; }
};

/// Whether kernels can work on ports: on hosts.
inline constexpr bool kHasPorts = sizeof(void*) == 8;

/// What a kernel works on: the constants of a .tfm file (or of ahead-of-time code), the arena, and
/// ports.
struct Memory {
  const std::uint8_t* constants;
  std::uint8_t* arena;
  [[no_unique_address]] std::conditional_t<kHasPorts, PortPointers, NoPortPointers> ports{};

  template <class T>
  const T* Read(Ref ref) const {
    if (const std::uint8_t* port = ports.At(ref)) return reinterpret_cast<const T*>(port);
    const std::uint8_t* base = (ref & kConstantBit) ? constants : arena;
    return reinterpret_cast<const T*>(base + (ref & ~kConstantBit));
  }
  template <class T>
  T* Write(Ref ref) const {
    if (std::uint8_t* port = ports.At(ref)) return reinterpret_cast<T*>(port);
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

/// What kernels may do with a port.
struct PortBounds {
  std::uint32_t bytes = 0;      // 0: nothing
  std::uint32_t alignment = 1;  // of its memory
  bool is_writable = false;

  constexpr bool Has(std::uint32_t offset, std::uint64_t count, std::uint32_t align) const {
    return offset % align == 0 && alignment >= align && offset <= bytes && count <= bytes - offset;
  }
};
/// Of all ports.
struct AllPortBounds {
  std::span<const PortBounds> ports{};

  /// Null: `ref` leads to no port.
  constexpr const PortBounds* Of(Ref ref) const {
    return IsPortRef(ref) && PortOf(ref) < ports.size() ? &ports[PortOf(ref)] : nullptr;
  }
};
struct NoPortBounds {
  static constexpr const PortBounds* Of(Ref) { return nullptr; }
};

/// Answers whether a Ref with a size lies in the memory of a model that is being verified.
class Bounds {
 public:
  using Ports = std::conditional_t<kHasPorts, AllPortBounds, NoPortBounds>;

  constexpr Bounds(std::uint32_t constant_bytes, std::uint32_t arena_bytes, Ports ports = {})
      : constant_bytes_(constant_bytes), arena_bytes_(arena_bytes), ports_(ports) {}

  /// `alignment` is a power of two.
  constexpr bool Reads(Ref ref, std::uint64_t bytes, std::uint32_t alignment = 1) const {
    if (const PortBounds* port = ports_.Of(ref)) {
      return port->Has(ref % kMostPortBytes, bytes, alignment);
    }
    const std::uint32_t offset = ref & ~kConstantBit;
    const std::uint32_t limit = (ref & kConstantBit) ? constant_bytes_ : arena_bytes_;
    return offset % alignment == 0 && offset <= limit && bytes <= limit - offset;
  }
  constexpr bool Writes(Ref ref, std::uint64_t bytes, std::uint32_t alignment = 1) const {
    if (const PortBounds* port = ports_.Of(ref); port != nullptr && !port->is_writable) {
      return false;
    }
    return (ref & kConstantBit) == 0 && Reads(ref, bytes, alignment);
  }

 private:
  std::uint32_t constant_bytes_;
  std::uint32_t arena_bytes_;
  [[no_unique_address]] Ports ports_;
};

}  // namespace tinyfog::nn
