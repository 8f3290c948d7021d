#include "tinyfog/wire/firmware_image.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <iterator>

#include "tinyfog/wire/names.h"

namespace tinyfog::wire {
namespace {

// The header is copied as it is.
static_assert(std::endian::native == std::endian::little);
struct RawHeader {
  std::uint32_t magic;
  std::uint32_t load_address;
  std::uint16_t header_bytes;
  std::uint16_t protected_tlv_bytes;
  std::uint32_t body_bytes;
  std::uint32_t flags;
  ImageVersion version;
  std::uint32_t zero;
};
static_assert(sizeof(RawHeader) == kImageHeaderBytes);

// Flags of images that do not run in place as they are: in RAM (0x20), encrypted (0x04, 0x08),
// compressed (0x400, 0x800), not bootable (0x10), at a fixed address (0x100).
// Source: MCUboot, boot/bootutil/include/bootutil/image.h.
constexpr std::uint32_t kRefusedFlags = 0x20 | 0x04 | 0x08 | 0x400 | 0x800 | 0x10 | 0x100;

constexpr std::uint32_t kInfoBytes = 4;  // of an area or a TLV before its content

constexpr std::uint8_t TypeOf(ImageTlv tlv) { return static_cast<std::uint8_t>(tlv); }
struct Tlv {
  std::uint8_t type;  // ImageTlv
  bool is_protected;
  std::uint8_t bytes;   // of the value; 0: see ReadTlv
  std::uint8_t offset;  // of what it is copied to
};
// Each is there once.
constexpr Tlv kTlvs[] = {
    {TypeOf(ImageTlv::kSecurityCounter), true, 4, offsetof(ImageTlvs, security_counter)},
    {TypeOf(ImageTlv::kHardwareId), true, 0, 0},
    {TypeOf(ImageTlv::kSha256), false, sizeof(Sha256), offsetof(ImageTlvs, digest)},
    {TypeOf(ImageTlv::kKeyHash), false, sizeof(Sha256), offsetof(ImageTlvs, key_hash)},
    {TypeOf(ImageTlv::kEcdsaSignature), false, 0, 0}};
constexpr unsigned kAll = (1u << std::size(kTlvs)) - 1;

const Tlv* TlvOf(std::uint32_t type) {
  for (const Tlv& tlv : kTlvs) {
    if (tlv.type == type) return &tlv;
  }
  return nullptr;
}

// One number of a signature: INTEGER of DER, positive, in the fewest bytes, at most 32. `number` is
// zero before.
bool TakeInteger(Reader& der, std::span<std::uint8_t, 32> number) {
  if (der.U8() != 0x02) return false;
  Bytes value = der.Take(der.U8());
  if (value.empty() || (value[0] & 0x80) != 0) return false;
  if (value[0] == 0 && value.size() > 1) {
    if ((value[1] & 0x80) == 0) return false;
    value = value.subspan(1);
  }
  if (value.size() > number.size()) return false;
  std::copy(value.begin(), value.end(), number.end() - value.size());
  return true;
}

// Zeros behind the signature are allowed: signers may pad it to its greatest length.
bool ParseSignature(Bytes der, EcdsaSignature& signature) {
  Reader whole(der);
  if (whole.U8() != 0x30) return false;
  const std::uint8_t length = whole.U8();
  Reader numbers(whole.Take(length));
  if (!whole.ok() || length > 70) return false;
  for (const std::uint8_t byte : whole.left()) {
    if (byte != 0) return false;
  }
  const std::span<std::uint8_t, 64> both(signature);
  return TakeInteger(numbers, both.first<32>()) && TakeInteger(numbers, both.last<32>()) &&
         numbers.left().empty();
}

bool CopyHardwareId(Bytes value, ImageTlvs& tlvs) {
  if (value.empty() || value.size() > kHardwareIdBytes || !IsPrintable(AsText(value))) return false;
  tlvs.hardware_id_bytes = static_cast<std::uint8_t>(value.size());
  std::copy(value.begin(), value.end(), tlvs.hardware_id.begin());
  return true;
}

bool ReadTlv(const Tlv& tlv, Bytes value, ImageTlvs& tlvs) {
  if (tlv.type == TypeOf(ImageTlv::kHardwareId)) return CopyHardwareId(value, tlvs);
  if (tlv.type == TypeOf(ImageTlv::kEcdsaSignature)) return ParseSignature(value, tlvs.signature);
  if (value.size() != tlv.bytes) return false;
  std::memcpy(reinterpret_cast<std::byte*>(&tlvs) + tlv.offset, value.data(), tlv.bytes);
  return true;
}

std::uint32_t TakeU16(Reader& reader) { return __builtin_bswap16(reader.U16()); }

// Takes one area off the front. `seen`: a bit for each of kTlvs.
Status ParseArea(Reader& areas, bool is_protected, ImageTlvs& tlvs, unsigned& seen) {
  if (areas.left().size() < kInfoBytes) return Status::kOutOfRange;
  const std::uint32_t magic = TakeU16(areas);
  const std::uint32_t total = TakeU16(areas);
  if (magic != (is_protected ? kImageProtectedTlvMagic : kImageTlvMagic) || total < kInfoBytes) {
    return Status::kInvalidArgument;
  }
  Reader area(areas.Take(total - kInfoBytes));
  if (!areas.ok() || total > kImageTlvBytes) return Status::kOutOfRange;
  tlvs.bytes += total;
  while (!area.left().empty()) {
    const std::uint32_t type = TakeU16(area);
    const Bytes value = area.Take(TakeU16(area));
    if (!area.ok()) return Status::kInvalidArgument;
    const Tlv* const tlv = TlvOf(type);
    if (tlv == nullptr) continue;  // somebody else's
    const unsigned bit = 1u << (tlv - kTlvs);
    if (tlv->is_protected != is_protected || (seen & bit) != 0 || !ReadTlv(*tlv, value, tlvs)) {
      return Status::kInvalidArgument;
    }
    seen |= bit;
  }
  return Status::kOk;
}

}  // namespace

Status ParseImageHeader(Bytes bytes, std::uint32_t limit, ImageHeader& header) {
  RawHeader raw;
  if (bytes.size() < sizeof raw || limit < sizeof raw) return Status::kOutOfRange;
  std::memcpy(&raw, bytes.data(), sizeof raw);
  if (raw.magic != kImageMagic) return Status::kNotFound;
  if (raw.header_bytes < kImageHeaderBytes || (raw.flags & kRefusedFlags) != 0 ||
      raw.body_bytes == 0) {
    return Status::kInvalidArgument;
  }
  const std::uint32_t others = std::uint32_t{raw.header_bytes} + raw.protected_tlv_bytes;
  if (others > limit || raw.body_bytes > limit - others ||
      raw.protected_tlv_bytes > kImageTlvBytes) {
    return Status::kOutOfRange;
  }
  header = {raw.header_bytes, raw.body_bytes, raw.protected_tlv_bytes, raw.version};
  return Status::kOk;
}

Status ParseImageTlvs(const ImageHeader& header, Bytes bytes, ImageTlvs& tlvs) {
  tlvs = {};
  unsigned seen = 0;
  Reader areas(bytes);
  Status status = Status::kOk;
  if (header.protected_tlv_bytes != 0) {
    status = ParseArea(areas, true, tlvs, seen);
    if (status == Status::kOk && tlvs.bytes != header.protected_tlv_bytes) {
      status = Status::kInvalidArgument;
    }
  }
  if (status == Status::kOk) status = ParseArea(areas, false, tlvs, seen);
  if (status != Status::kOk) return status;
  if (tlvs.bytes > kImageTlvBytes) return Status::kOutOfRange;
  return seen == kAll ? Status::kOk : Status::kInvalidArgument;
}

}  // namespace tinyfog::wire
