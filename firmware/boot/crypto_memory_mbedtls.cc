#include <mbedtls/memory_buffer_alloc.h>

#include "tinyfog/boot/crypto_memory.h"

namespace tinyfog::boot {

void UseCryptoMemory(std::span<std::uint8_t> memory) {
  mbedtls_memory_buffer_alloc_init(memory.data(), memory.size());
}

}  // namespace tinyfog::boot
