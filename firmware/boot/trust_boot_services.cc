#include "tinyfog/boot/crypto_memory.h"
#include "tinyfog/boot/services.h"

// SHA-256 and ECDSA of the bootloader.
extern "C" const tinyfog::boot::Services _boot_services;  // slot_a.ld says where

namespace tinyfog::boot {
namespace {

std::span<std::uint8_t> g_memory;

}  // namespace

static_assert(sizeof(Hasher) == kSha256ContextBytes);

bool HasServices() {
  return _boot_services.magic == kServicesMagic && _boot_services.entries >= kServiceEntries;
}

void UseCryptoMemory(std::span<std::uint8_t> memory) { g_memory = memory; }

Hasher::Hasher() { _boot_services.sha256_begin(context_); }

Hasher::~Hasher() = default;

void Hasher::Add(std::span<const std::uint8_t> bytes) {
  _boot_services.sha256_add(context_, bytes.data(), bytes.size());
}

wire::Sha256 Hasher::Finish() {
  wire::Sha256 digest;
  _boot_services.sha256_finish(context_, digest.data());
  return digest;
}

bool EcdsaCheck::IsGood(const PublicKey& key, const wire::Sha256& digest,
                        const wire::EcdsaSignature& signature) {
  return _boot_services.is_good_p256(key.data(), digest.data(), signature.data(), g_memory.data(),
                                     g_memory.size()) != 0;
}

}  // namespace tinyfog::boot
