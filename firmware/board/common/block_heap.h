#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tinyfog::board {

/// A heap for the libraries that want one, in memory that is handed over: first fit, for few
/// blocks. An allocation costs 4 bytes beside what was asked for, rounded up to words.
class BlockHeap {
 public:
  /// Frees everything. `memory` is lent until the next time; of its bytes 8 are not for use.
  void Start(std::span<std::uint32_t> memory);
  /// Aligned to words; nullptr when no gap is large enough.
  void* Allocate(std::size_t bytes);
  static void Free(void* block);

 private:
  std::uint32_t* first_ = nullptr;
};

}  // namespace tinyfog::board
