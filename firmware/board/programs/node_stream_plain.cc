#include "node_parts.h"
#include "tinyfog/boot/crypto_memory.h"

namespace tinyfog::board {

hal::Stream* SecureStream(hal::Stream& tcp, const wire::Provisioning& provisioning, const Seed&) {
  static std::uint8_t memory[boot::kSignatureMemoryBytes];
  boot::UseCryptoMemory(memory);
  return provisioning.has_tls() ? nullptr : &tcp;
}

}  // namespace tinyfog::board
