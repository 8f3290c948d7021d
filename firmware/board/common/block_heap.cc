#include "block_heap.h"

namespace tinyfog::board {
namespace {

// Memory is a row of blocks. The first word of each is twice its length in words, this one
// included, and one more when it is taken. A word of 0 ends the row.
using Word = std::uint32_t;
constexpr Word kTaken = 1;

bool IsTaken(const Word* block) { return (*block & kTaken) != 0; }
Word* Behind(Word* block) { return block + *block / 2; }

}  // namespace

void BlockHeap::Start(std::span<Word> memory) {
  first_ = memory.data();
  memory.front() = 2 * (memory.size() - 1);
  memory.back() = 0;
}

void* BlockHeap::Allocate(std::size_t bytes) {
  const Word length = 2 * ((bytes + sizeof(Word) - 1) / sizeof(Word) + 1);
  for (Word* block = first_; *block != 0; block = Behind(block)) {
    if (IsTaken(block)) continue;
    while (!IsTaken(Behind(block)) && *Behind(block) != 0) *block += *Behind(block);
    if (*block < length) continue;
    const Word rest = *block - length;
    *block = length;
    if (rest > 0) *Behind(block) = rest;
    *block |= kTaken;
    return block + 1;
  }
  return nullptr;
}

void BlockHeap::Free(void* block) {
  if (block != nullptr) static_cast<Word*>(block)[-1] &= ~kTaken;
}

}  // namespace tinyfog::board
