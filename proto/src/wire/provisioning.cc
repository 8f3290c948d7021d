#include "tinyfog/wire/provisioning.h"

#include <algorithm>
#include <cstddef>

#include "field.h"
#include "tinyfog/base/crc32.h"
#include "tinyfog/wire/names.h"

namespace tinyfog::wire {
namespace {

constexpr std::uint32_t kKeyMagic = 0x54465031;      // "TFP1"
constexpr std::uint32_t kRecordsMagic = 0x5446504E;  // "TFPN"
constexpr std::size_t kHeadBytes = 12;

// Records besides a text or bytes.
enum Kind : std::uint8_t {
  kNetwork = Field::kOther,  // address, netmask, router
  kBroker,                   // address, port
};

// The records: the first one has tag 1, the next one 2. Kept in flash: only append.
constexpr Field kRecords[] = {TINYFOG_FIELD(Provisioning, node),
                              TINYFOG_FIELD(Provisioning, site),
                              {kNetwork, 0},
                              {kBroker, 0},
                              TINYFOG_FIELD(Provisioning, broker_name),
                              TINYFOG_FIELD(Provisioning, authority),
                              TINYFOG_FIELD(Provisioning, certificate),
                              TINYFOG_FIELD(Provisioning, key),
                              TINYFOG_FIELD(Provisioning, psk_identity),
                              TINYFOG_FIELD(Provisioning, psk)};

bool IsValid(const Provisioning& p) {
  if (!IsName(p.node, true) || !IsName(p.site) || p.port == 0) return false;
  if (p.broker_name.size() > kNameBytes || p.psk_identity.size() > kNameBytes) return false;
  if (p.certificate.empty() != p.key.empty()) return false;
  if (!p.psk.empty()) {
    return p.authority.empty() && p.certificate.empty() && !p.psk_identity.empty() &&
           p.psk.size() >= 16 && p.psk.size() <= 32;
  }
  // Without a name any certificate of the authority would pass for the broker's.
  return p.psk_identity.empty() && p.authority.empty() == p.broker_name.empty() &&
         (p.certificate.empty() || !p.authority.empty());
}

void TakeIp4(Reader& reader, Ip4& address) {
  const Bytes bytes = reader.Take(sizeof address);
  std::copy(bytes.begin(), bytes.end(), address.begin());
}

// False when the value has not the size that its record wants.
bool Take(const Field& record, Bytes value, Provisioning& p) {
  if (record.kind < Field::kOther) return Assign(&p, record, {0, value});
  Reader reader(value);
  if (record.kind == kNetwork) {
    TakeIp4(reader, p.address);
    TakeIp4(reader, p.netmask);
    TakeIp4(reader, p.router);
  } else {
    TakeIp4(reader, p.broker);
    p.port = reader.U16();
  }
  return reader.ok() && reader.left().empty();
}

// Empty: the record is left out.
Bytes ValueOf(const Field& record, const Provisioning& p, std::span<std::uint8_t> buffer) {
  if (record.kind < Field::kOther) return wire::ValueOf(&p, record).bytes;
  Writer writer(buffer);
  if (record.kind == kNetwork) {
    for (const Ip4* const address : {&p.address, &p.netmask, &p.router}) writer.Put(*address);
  } else {
    writer.Put(p.broker);
    writer.U16(p.port);
  }
  return writer.written();
}

void PutRecords(Writer& writer, const Provisioning& p) {
  std::uint8_t buffer[3 * sizeof(Ip4)];
  std::uint16_t tag = 0;
  for (const Field& record : kRecords) {
    ++tag;
    const Bytes value = ValueOf(record, p, buffer);
    if (value.empty()) continue;
    writer.U16(tag);
    writer.Block(value);
  }
}

}  // namespace

Status ReadTrustedKey(Bytes unit, TrustedKey& key) {
  Reader reader(unit);
  if (reader.U32() != kKeyMagic) return Status::kNotFound;
  const Bytes point = reader.Take(sizeof(TrustedKey));
  const std::uint32_t crc = reader.U32();
  if (!reader.ok()) return Status::kNotFound;
  std::copy(point.begin(), point.end(), key.begin());
  return __builtin_bswap32(crc) == Crc32(point) ? Status::kOk : Status::kDataLoss;
}

std::array<std::uint8_t, kTrustedKeyBytes> WriteTrustedKey(const TrustedKey& key) {
  std::array<std::uint8_t, kTrustedKeyBytes> unit;
  Writer writer(unit);
  writer.U32(kKeyMagic);
  writer.Put(key);
  const std::uint32_t crc = Crc32(key);
  for (int shift = 0; shift < 32; shift += 8) writer.U8(static_cast<std::uint8_t>(crc >> shift));
  return unit;
}

std::uint32_t SeedCrc(const SeedRecord& record) {
  return Crc32({reinterpret_cast<const std::uint8_t*>(&record), offsetof(SeedRecord, crc)});
}

Status ReadProvisioning(Bytes area, Provisioning& provisioning) {
  Reader reader(area);
  if (reader.U32() != kRecordsMagic) return Status::kNotFound;
  const std::uint32_t bytes = reader.U32();
  const std::uint32_t crc = reader.U32();
  Reader records(reader.Take(bytes));
  if (!reader.ok() || Crc32(records.left()) != crc) return Status::kDataLoss;
  while (!records.left().empty()) {
    const std::size_t i = records.U16() - 1u;
    const Bytes value = records.Block();
    const bool is_known = i < std::size(kRecords);
    if (!records.ok() || (is_known && !Take(kRecords[i], value, provisioning))) {
      return Status::kInvalidArgument;
    }
  }
  return IsValid(provisioning) ? Status::kOk : Status::kInvalidArgument;
}

Bytes WriteProvisioning(const Provisioning& provisioning, std::span<std::uint8_t> buffer) {
  if (!IsValid(provisioning) || buffer.size() < kHeadBytes) return {};
  Writer records(buffer.subspan(kHeadBytes));
  PutRecords(records, provisioning);
  if (!records.ok()) return {};
  Writer head(buffer);
  head.U32(kRecordsMagic);
  head.U32(static_cast<std::uint32_t>(records.size()));
  head.U32(Crc32(records.written()));
  return {buffer.data(), kHeadBytes + records.size()};
}

}  // namespace tinyfog::wire
