#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "tinyfog/wire/firmware_image.h"

namespace tinyfog::boot {

/// A point of P-256: x and y of 32 bytes each, big-endian.
using PublicKey = std::array<std::uint8_t, 64>;

/// SHA-256 of the key as DER SubjectPublicKeyInfo: how what is signed names its signer.
wire::Sha256 KeyHash(const PublicKey& key);

/// SHA-256 of bytes that come in pieces.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;
  void Add(std::span<const std::uint8_t> bytes);
  /// Once, after all pieces.
  wire::Sha256 Finish();

 private:
  alignas(8) std::uint8_t context_[112];
};

/// Checks ECDSA signatures over P-256.
class SignatureCheck {
 public:
  virtual bool IsGood(const PublicKey& key, const wire::Sha256& digest,
                      const wire::EcdsaSignature& signature) = 0;

 protected:
  ~SignatureCheck() = default;
};

/// The real one. A board calls UseCryptoMemory (crypto_memory.h) first.
class EcdsaCheck final : public SignatureCheck {
 public:
  bool IsGood(const PublicKey& key, const wire::Sha256& digest,
              const wire::EcdsaSignature& signature) override;
};

/// Whom a node believes, and what it is. The text outlives whoever uses it.
struct Trust {
  PublicKey key;
  std::string_view hardware_id;
  SignatureCheck* signatures;
};

}  // namespace tinyfog::boot
