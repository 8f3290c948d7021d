#include "tinyfog/wire/firmware_image.h"

namespace tinyfog::wire {
namespace {

// Flags of images that do not run in place as they are: in RAM (0x20), encrypted (0x04, 0x08),
// compressed (0x400, 0x800), not bootable (0x10), at a fixed address (0x100).
// Source: MCUboot, boot/bootutil/include/bootutil/image.h.
constexpr std::uint32_t kRefusedFlags = 0x20 | 0x04 | 0x08 | 0x400 | 0x800 | 0x10 | 0x100;

std::uint16_t U16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] | bytes[at + 1] << 8);
}
std::uint32_t U32(Bytes bytes, std::size_t at) {
  return U16(bytes, at) | std::uint32_t{U16(bytes, at + 2)} << 16;
}

// One number of a signature: INTEGER of DER, positive, in the fewest bytes, at most 32.
bool TakeInteger(Bytes& der, std::span<std::uint8_t, 32> number) {
  if (der.size() < 2 || der[0] != 0x02) return false;
  std::size_t length = der[1];
  if (length == 0 || length > 33 || length > der.size() - 2) return false;
  Bytes value = der.subspan(2, length);
  der = der.subspan(2 + length);
  if ((value[0] & 0x80) != 0) return false;
  if (value[0] == 0 && length > 1) {
    if ((value[1] & 0x80) == 0) return false;
    value = value.subspan(1);
  }
  if (value.size() > 32) return false;
  for (std::size_t i = 0; i < value.size(); ++i) number[32 - value.size() + i] = value[i];
  return true;
}

// Zeros behind the signature are allowed: signers may pad it to its greatest length.
bool ParseSignature(Bytes der, EcdsaSignature& signature) {
  if (der.size() < 2 || der[0] != 0x30 || der[1] > 70 || der[1] > der.size() - 2) return false;
  for (const std::uint8_t byte : der.subspan(2 + std::size_t{der[1]})) {
    if (byte != 0) return false;
  }
  der = der.subspan(2, der[1]);
  const std::span<std::uint8_t, 64> both(signature);
  return TakeInteger(der, both.first<32>()) && TakeInteger(der, both.last<32>()) && der.empty();
}

bool CopyHash(Bytes value, Sha256& hash) {
  if (value.size() != hash.size()) return false;
  for (std::size_t i = 0; i < hash.size(); ++i) hash[i] = value[i];
  return true;
}

bool CopyHardwareId(Bytes value, ImageTlvs& tlvs) {
  if (value.empty() || value.size() > kHardwareIdBytes) return false;
  tlvs.hardware_id_bytes = static_cast<std::uint8_t>(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] < 0x20 || value[i] > 0x7E) return false;
    tlvs.hardware_id[i] = static_cast<char>(value[i]);
  }
  return true;
}

// What has been seen, one bit each; all five are needed.
enum : unsigned { kCounter = 1, kHardware = 2, kDigest = 4, kKey = 8, kSignature = 16, kAll = 31 };

// The bit of a TLV that was read well; 0 of one to pass over; kAll + 1 of a wrong one.
unsigned ReadTlv(std::uint16_t type, Bytes value, bool is_protected, ImageTlvs& tlvs) {
  const auto checked = [&](bool in_protected, bool good, unsigned bit) {
    return good && in_protected == is_protected ? bit : kAll + 1;
  };
  switch (static_cast<ImageTlv>(type)) {
    case ImageTlv::kSecurityCounter:
      if (value.size() != 4) return kAll + 1;
      tlvs.security_counter = U32(value, 0);
      return checked(true, true, kCounter);
    case ImageTlv::kHardwareId:
      return checked(true, CopyHardwareId(value, tlvs), kHardware);
    case ImageTlv::kSha256:
      return checked(false, CopyHash(value, tlvs.digest), kDigest);
    case ImageTlv::kKeyHash:
      return checked(false, CopyHash(value, tlvs.key_hash), kKey);
    case ImageTlv::kEcdsaSignature:
      return checked(false, ParseSignature(value, tlvs.signature), kSignature);
  }
  return 0;
}

// Reads one area at the front of `bytes` and returns its size.
Result<std::uint32_t> ParseArea(Bytes bytes, bool is_protected, ImageTlvs& tlvs, unsigned& seen) {
  if (bytes.size() < 4) return Unexpected(Status::kOutOfRange);
  if (U16(bytes, 0) != (is_protected ? kImageProtectedTlvMagic : kImageTlvMagic)) {
    return Unexpected(Status::kInvalidArgument);
  }
  const std::uint32_t total = U16(bytes, 2);
  if (total < 4) return Unexpected(Status::kInvalidArgument);
  if (total > bytes.size() || total > kImageTlvBytes) return Unexpected(Status::kOutOfRange);
  Bytes left = bytes.first(total).subspan(4);
  while (!left.empty()) {
    if (left.size() < 4 || U16(left, 2) > left.size() - 4) {
      return Unexpected(Status::kInvalidArgument);
    }
    const std::size_t length = U16(left, 2);
    const unsigned bit = ReadTlv(U16(left, 0), left.subspan(4, length), is_protected, tlvs);
    if (bit > kAll || (seen & bit) != 0) return Unexpected(Status::kInvalidArgument);
    seen |= bit;
    left = left.subspan(4 + length);
  }
  return total;
}

}  // namespace

Result<ImageHeader> ParseImageHeader(Bytes bytes, std::uint32_t limit) {
  if (bytes.size() < kImageHeaderBytes || limit < kImageHeaderBytes) {
    return Unexpected(Status::kOutOfRange);
  }
  if (U32(bytes, 0) != kImageMagic) return Unexpected(Status::kNotFound);
  ImageHeader header;
  header.header_bytes = U16(bytes, 8);
  header.protected_tlv_bytes = U16(bytes, 10);
  header.body_bytes = U32(bytes, 12);
  header.version = {bytes[20], bytes[21], U16(bytes, 22), U32(bytes, 24)};
  if (header.header_bytes < kImageHeaderBytes || (U32(bytes, 16) & kRefusedFlags) != 0 ||
      header.body_bytes == 0) {
    return Unexpected(Status::kInvalidArgument);
  }
  const std::uint64_t end =
      std::uint64_t{header.header_bytes} + header.body_bytes + header.protected_tlv_bytes;
  if (end > limit || header.protected_tlv_bytes > kImageTlvBytes) {
    return Unexpected(Status::kOutOfRange);
  }
  return header;
}

Result<ImageTlvs> ParseImageTlvs(const ImageHeader& header, Bytes bytes) {
  ImageTlvs tlvs;
  unsigned seen = 0;
  if (header.protected_tlv_bytes != 0) {
    TINYFOG_TRY_ASSIGN(tlvs.bytes, ParseArea(bytes, true, tlvs, seen));
    if (tlvs.bytes != header.protected_tlv_bytes) return Unexpected(Status::kInvalidArgument);
  }
  std::uint32_t plain = 0;
  TINYFOG_TRY_ASSIGN(plain, ParseArea(bytes.subspan(tlvs.bytes), false, tlvs, seen));
  tlvs.bytes += plain;
  if (tlvs.bytes > kImageTlvBytes) return Unexpected(Status::kOutOfRange);
  if (seen != kAll) return Unexpected(Status::kInvalidArgument);
  return tlvs;
}

}  // namespace tinyfog::wire
