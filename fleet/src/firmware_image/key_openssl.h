#pragma once

#include <openssl/evp.h>

#include "tinyfog/firmware_image/firmware_image.h"

namespace tinyfog::firmware_image {

struct Key::Holder {
  Holder(EVP_PKEY* k, bool is_private_key) : key(k), is_private(is_private_key) {}
  ~Holder() { EVP_PKEY_free(key); }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  EVP_PKEY* key;
  bool is_private;
};

using Bytes = std::span<const std::uint8_t>;

wire::Sha256 Digest(Bytes bytes);
/// SHA-256 of the public key as DER SubjectPublicKeyInfo.
wire::Sha256 KeyHash(const Key& key);
/// The signature as DER. Errors: kFailedPrecondition of a public key; kInternal.
Outcome<std::vector<std::uint8_t>> SignDigest(const Key& key, const wire::Sha256& digest);
bool IsSigned(const Key& key, const wire::Sha256& digest, const wire::EcdsaSignature& signature);

}  // namespace tinyfog::firmware_image
