#include <cstring>

#include "mbedtls_boot_config.h"
#include "tinyfog/boot/crypto_memory.h"

// What mbedTLS takes from a heap elsewhere. The bootloader does this work for the firmware as well,
// when all of its RAM is the firmware's: the one variable is a word that no image uses (see
// bootloader.ld), it is set anew for each signature, and it leads to data only.
namespace tinyfog::boot {
namespace {

// Memory is a row of blocks. The first word of each is its length in words, this one included; the
// top bit says that it is taken. A word of 0 ends the row.
using Word = std::uint32_t;
constexpr Word kTaken = Word{1} << 31;

[[gnu::section(".lent")]] Word* g_lent;

bool IsFree(const Word* block) { return *block != 0 && (*block & kTaken) == 0; }
Word* Behind(Word* block) { return block + (*block & ~kTaken); }

// The first free block of at least `words`, its free neighbours joined to it.
Word* FindFree(Word words) {
  for (Word* block = g_lent; *block != 0; block = Behind(block)) {
    if (!IsFree(block)) continue;
    while (IsFree(Behind(block))) *block += *Behind(block);
    if (*block >= words) return block;
  }
  return nullptr;
}

}  // namespace

void UseCryptoMemory(std::span<std::uint8_t> memory) {
  const auto begin = (reinterpret_cast<std::uintptr_t>(memory.data()) + 3) & ~std::uintptr_t{3};
  const auto end = reinterpret_cast<std::uintptr_t>(memory.data()) + memory.size();
  g_lent = reinterpret_cast<Word*>(begin);
  const Word words = (end - begin) / sizeof(Word);
  g_lent[0] = words - 1;
  g_lent[words - 1] = 0;
}

}  // namespace tinyfog::boot

extern "C" {

void* tinyfog_boot_calloc(size_t count, size_t bytes) {
  using namespace tinyfog::boot;
  const Word words = (count * bytes + sizeof(Word) - 1) / sizeof(Word) + 1;
  Word* const block = FindFree(words);
  if (block == nullptr) return nullptr;
  if (*block > words) block[words] = *block - words;
  *block = words | kTaken;
  return std::memset(block + 1, 0, (words - 1) * sizeof(Word));
}

void tinyfog_boot_free(void* memory) {
  using namespace tinyfog::boot;
  if (memory != nullptr) static_cast<Word*>(memory)[-1] &= ~kTaken;
}

void mbedtls_platform_zeroize(void* memory, size_t bytes) {
  std::memset(memory, 0, bytes);
  asm volatile("" ::"r"(memory) : "memory");  // which nobody reads again
}
}
