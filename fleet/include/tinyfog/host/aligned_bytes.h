#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tinyfog {

/// Bytes aligned to 64: compiled models and their arenas must be to 16, and the vectors of x86 like
/// whole cache lines.
class AlignedBytes {
 public:
  /// Zeros.
  explicit AlignedBytes(std::size_t size) : storage_(size / 64 + 1), size_(size) {}
  explicit AlignedBytes(std::span<const std::uint8_t> bytes) : AlignedBytes(bytes.size()) {
    std::copy(bytes.begin(), bytes.end(), span().begin());
  }

  std::span<std::uint8_t> span() {
    return {reinterpret_cast<std::uint8_t*>(storage_.data()), size_};
  }

 private:
  struct alignas(64) Block {
    std::uint8_t bytes[64];
  };
  std::vector<Block> storage_;
  std::size_t size_;
};

}  // namespace tinyfog
