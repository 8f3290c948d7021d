#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tinyfog/firmware_image/firmware_image.h"

/// ECDSA over P-256 and SHA-256, as firmware images and model packages are signed.
namespace tinyfog::firmware_image {

wire::Sha256 Digest(std::span<const std::uint8_t> bytes);
/// SHA-256 of the public key as DER SubjectPublicKeyInfo.
wire::Sha256 KeyHash(const Key& key);
/// Errors: kFailedPrecondition of a public key; kInternal.
Outcome<wire::EcdsaSignature> SignDigest(const Key& key, const wire::Sha256& digest);
bool IsSigned(const Key& key, const wire::Sha256& digest, const wire::EcdsaSignature& signature);
/// As firmware images have it.
std::vector<std::uint8_t> SignatureAsDer(const wire::EcdsaSignature& signature);

}  // namespace tinyfog::firmware_image
