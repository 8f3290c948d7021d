#include "tinyfog/boot/image.h"

#include <algorithm>

namespace tinyfog::boot {
namespace {

// SubjectPublicKeyInfo of a P-256 point, up to x and y. Source: RFC 5480, section 2.
constexpr std::uint8_t kKeyPrefix[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                       0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                       0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};

bool HashFlash(hal::Flash& flash, std::uint32_t offset, std::uint32_t bytes, wire::Sha256& hash) {
  Hasher hasher;
  std::uint8_t buffer[256];
  while (bytes > 0) {
    const std::span piece(buffer, std::min<std::uint32_t>(bytes, sizeof buffer));
    if (flash.Read(offset, piece) != Status::kOk) return false;
    hasher.Add(piece);
    offset += static_cast<std::uint32_t>(piece.size());
    bytes -= static_cast<std::uint32_t>(piece.size());
  }
  hash = hasher.Finish();
  return true;
}

}  // namespace

wire::Sha256 KeyHash(const PublicKey& key) {
  Hasher hasher;
  hasher.Add(kKeyPrefix);
  hasher.Add(key);
  return hasher.Finish();
}

const char* RefusalName(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone:
      return "none";
    case Refusal::kNoImage:
      return "no image";
    case Refusal::kMalformed:
      return "malformed";
    case Refusal::kTruncated:
      return "truncated";
    case Refusal::kWrongHardware:
      return "wrong hardware";
    case Refusal::kDowngrade:
      return "downgrade";
    case Refusal::kWrongDigest:
      return "wrong digest";
    case Refusal::kUnknownKey:
      return "unknown key";
    case Refusal::kWrongSignature:
      return "wrong signature";
    case Refusal::kFlash:
      return "flash";
  }
  return "unknown";
}

Refusal CheckClaims(const wire::ImageTlvs& tlvs, const Trust& trust, std::uint32_t counter) {
  if (tlvs.HardwareId() != trust.hardware_id) return Refusal::kWrongHardware;
  return tlvs.security_counter < counter ? Refusal::kDowngrade : Refusal::kNone;
}

Refusal CheckSignature(const wire::ImageTlvs& tlvs, const Trust& trust) {
  if (KeyHash(trust.key) != tlvs.key_hash) return Refusal::kUnknownKey;
  const bool good = trust.signatures->IsGood(trust.key, tlvs.digest, tlvs.signature);
  return good ? Refusal::kNone : Refusal::kWrongSignature;
}

CheckedImage CheckImage(hal::Flash& flash, std::uint32_t offset, std::uint32_t limit,
                        const Trust& trust, std::uint32_t counter) {
  CheckedImage image = ReadImage(flash, offset, limit);
  if (!image.ok()) return image;
  wire::Sha256 digest;
  image.refusal = CheckClaims(image.tlvs, trust, counter);
  if (!image.ok()) return image;
  if (!HashFlash(flash, offset, image.header.HashedBytes(), digest)) {
    image.refusal = Refusal::kFlash;
  } else if (digest != image.tlvs.digest) {
    image.refusal = Refusal::kWrongDigest;
  } else {
    image.refusal = CheckSignature(image.tlvs, trust);
  }
  return image;
}

}  // namespace tinyfog::boot
