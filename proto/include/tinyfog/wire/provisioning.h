#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "tinyfog/base/status.h"
#include "tinyfog/wire/bytes.h"

/// What provisioning writes into a node's flash, once, before it starts for the first time:
///
///     0x000000 trusted key            magic "TFP1" | x, y of the point | u32 CRC-32 of the point
///     0x001000 records                magic "TFPN" | u32 bytes of the records | u32 CRC-32 of them
///     |
///                                     records: u16 tag | u16 length | value
///     0x010000 the first firmware     a signed image (tinyfog/wire/firmware_image.h)
///     last two units: seed            magic "TFS1" | u32 count | 32 random bytes | u32 CRC-32 of
///     all
///                                     before; with an even count in the first, odd in the second
///
/// Numbers of key and seed are little-endian, those of the records big-endian.
namespace tinyfog::wire {

inline constexpr std::uint32_t kNodeFlashBytes = 16 << 20;
inline constexpr std::uint32_t kTrustedKey = 0;
inline constexpr std::uint32_t kTrustedKeyBytes = 72;
inline constexpr std::uint32_t kProvisioningRecords = 0x1000;
inline constexpr std::uint32_t kProvisioningRecordsBytes = 0xF000;
inline constexpr std::uint32_t kFirmwareSlot = 0x10000;
inline constexpr std::uint32_t kSeedUnitBytes = 4096;
inline constexpr std::uint32_t kSeed = kNodeFlashBytes - 2 * kSeedUnitBytes;

using TrustedKey = std::array<std::uint8_t, 64>;

/// Errors: kNotFound when there is none; kDataLoss when bits differ: do not use `key` then.
Status ReadTrustedKey(Bytes unit, TrustedKey& key);
std::array<std::uint8_t, kTrustedKeyBytes> WriteTrustedKey(const TrustedKey& key);

struct SeedRecord {
  std::uint32_t magic = 0x31534654;
  std::uint32_t count = 0;
  std::array<std::uint8_t, 32> seed{};
  std::uint32_t crc = 0;
};
static_assert(sizeof(SeedRecord) == 44);
std::uint32_t SeedCrc(const SeedRecord& record);

using Ip4 = std::array<std::uint8_t, 4>;

/// Who a node is, where its broker is, and how each proves that. Certificates and key are DER.
/// Absent is empty.
struct Provisioning {
  std::string_view node;  ///< also the MQTT client's id; 1 to 64 of [A-Za-z0-9_.:-]
  std::string_view site;  ///< 1 to 64 of [A-Za-z0-9_.-]
  Ip4 address{}, netmask{}, router{};
  Ip4 broker{};
  std::uint16_t port = 0;
  std::string_view broker_name;   ///< that its certificate must name; up to 64 bytes
  Bytes authority;                ///< that must have signed it; makes the connection TLS
  Bytes certificate;              ///< the node's
  Bytes key;                      ///< its private key
  std::string_view psk_identity;  ///< a pre-shared key instead of certificates; up to 64 bytes
  Bytes psk;                      ///< 16 to 32 bytes

  bool has_tls() const { return !authority.empty() || !psk.empty(); }
};

/// Fills a new `provisioning`. `area` begins with the magic; texts and bytes point into it. Records
/// of unknown tags are passed over. Errors: kNotFound when there are no records; kDataLoss when
/// bits differ; kInvalidArgument when something is missing or out of range: do not use
/// `provisioning` then.
Status ReadProvisioning(Bytes area, Provisioning& provisioning);
/// Empty when `provisioning` is not what ReadProvisioning would take, or it does not fit.
Bytes WriteProvisioning(const Provisioning& provisioning, std::span<std::uint8_t> buffer);

}  // namespace tinyfog::wire
