#pragma once

#include <array>
#include <cstdint>

#include "tinyfog/base/status.h"
#include "tinyfog/wire/bytes.h"

/// Firmware images in MCUboot's format, all numbers little-endian:
///
///     header | body | protected TLVs | TLVs
///
///     header, 32 bytes             TLV area                        TLV
///      0 u32 magic 0x96f3b83d      0 u16 0x6908 protected,         0 u16 type
///      4 u32 load address                0x6907 not protected      2 u16 length
///      8 u16 header size           2 u16 bytes of the area         4 the value
///     10 u16 bytes of the                with these four
///            protected TLVs
///     12 u32 body size
///     16 u32 flags
///     20 version: u8 major, u8 minor, u16 revision, u32 build
///     28 u32 0
///
/// The digest covers everything before the unprotected TLVs. Source: MCUboot, docs/design.md.
namespace tinyfog::wire {

inline constexpr std::uint32_t kImageMagic = 0x96f3b83d;
inline constexpr std::uint32_t kImageHeaderBytes = 32;
inline constexpr std::uint16_t kImageTlvMagic = 0x6907;
inline constexpr std::uint16_t kImageProtectedTlvMagic = 0x6908;
/// More bytes of both TLV areas together are refused.
inline constexpr std::uint32_t kImageTlvBytes = 1024;
inline constexpr std::uint32_t kHardwareIdBytes = 32;

/// Types of TLVs that are read; others are passed over.
enum class ImageTlv : std::uint16_t {
  kKeyHash = 0x01,          ///< SHA-256 of the public key as DER SubjectPublicKeyInfo
  kSha256 = 0x10,           ///< the digest
  kEcdsaSignature = 0x22,   ///< of the digest by ECDSA over P-256: DER
  kSecurityCounter = 0x50,  ///< u32, protected
  kHardwareId = 0xA0,       ///< text of 1 to 32 bytes, protected; in the range for vendors
};

struct ImageVersion {
  std::uint8_t major = 0, minor = 0;
  std::uint16_t revision = 0;
  std::uint32_t build = 0;
  friend bool operator==(const ImageVersion&, const ImageVersion&) = default;
};

struct ImageHeader {
  std::uint32_t header_bytes = 0;
  std::uint32_t body_bytes = 0;
  std::uint32_t protected_tlv_bytes = 0;
  ImageVersion version;

  /// Where the TLVs begin, protected ones first.
  std::uint32_t TlvOffset() const { return header_bytes + body_bytes; }
  /// What the digest covers.
  std::uint32_t HashedBytes() const { return TlvOffset() + protected_tlv_bytes; }
};

using Sha256 = std::array<std::uint8_t, 32>;
/// r and s of 32 bytes each, big-endian.
using EcdsaSignature = std::array<std::uint8_t, 64>;

/// The bootloader's services (tinyfog/boot/services.h) keep the order of the members.
struct ImageTlvs {
  std::uint32_t security_counter = 0;
  std::uint8_t hardware_id_bytes = 0;
  std::array<char, kHardwareIdBytes> hardware_id{};
  Sha256 digest{};
  Sha256 key_hash{};
  EcdsaSignature signature{};
  std::uint32_t bytes = 0;  ///< both areas

  std::string_view HardwareId() const { return {hardware_id.data(), hardware_id_bytes}; }
};

/// Reads the header at the start of `bytes`. `limit`: bytes that the image may take.
/// Errors: kNotFound without the magic; kInvalidArgument when encrypted, compressed, for RAM or
/// with sizes that contradict; kOutOfRange when it ends behind `limit` or `bytes`.
Status ParseImageHeader(Bytes bytes, std::uint32_t limit, ImageHeader& header);

/// Reads both TLV areas from `bytes`, which begins at TlvOffset() and may go on behind them.
/// Errors: kOutOfRange when an area ends behind `bytes` or is larger than kImageTlvBytes;
/// kInvalidArgument when malformed, or one of the types above is missing, there twice or in the
/// wrong area; then the content of `tlvs` means nothing.
Status ParseImageTlvs(const ImageHeader& header, Bytes bytes, ImageTlvs& tlvs);

}  // namespace tinyfog::wire
