#include "tinyfog/wire/provisioning.h"

#include <cstddef>

#include "tinyfog/base/crc32.h"

namespace tinyfog::wire {
namespace {

constexpr std::uint32_t kKeyMagic = 0x54465031;      // "TFP1"
constexpr std::uint32_t kRecordsMagic = 0x5446504E;  // "TFPN"
constexpr std::size_t kHeadBytes = 12;
constexpr std::size_t kNameBytes = 64;

// Kept in flash: never renumber.
enum class Tag : std::uint16_t {
  kNode = 1,
  kSite = 2,
  kNetwork = 3,  // address, netmask, router
  kBroker = 4,   // address, port
  kBrokerName = 5,
  kAuthority = 6,
  kCertificate = 7,
  kKey = 8,
  kPskIdentity = 9,
  kPsk = 10,
};

bool IsName(std::string_view text, bool colon) {
  if (text.empty() || text.size() > kNameBytes) return false;
  for (const char c : text) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_other = c == '_' || c == '.' || c == '-' || (c == ':' && colon);
    if (!is_letter && !is_other && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

bool IsValid(const Provisioning& p) {
  if (!IsName(p.node, true) || !IsName(p.site, false) || p.port == 0) return false;
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

Ip4 TakeIp4(Reader& reader) {
  Ip4 address;
  for (std::uint8_t& byte : address) byte = reader.U8();
  return address;
}

// False when the value has not the size that the tag wants.
bool Take(Tag tag, Bytes value, Provisioning& p) {
  Reader reader(value);
  switch (tag) {
    case Tag::kNode:
      p.node = AsText(value);
      return true;
    case Tag::kSite:
      p.site = AsText(value);
      return true;
    case Tag::kNetwork:
      p.address = TakeIp4(reader);
      p.netmask = TakeIp4(reader);
      p.router = TakeIp4(reader);
      return reader.ok() && reader.left().empty();
    case Tag::kBroker:
      p.broker = TakeIp4(reader);
      p.port = reader.U16();
      return reader.ok() && reader.left().empty();
    case Tag::kBrokerName:
      p.broker_name = AsText(value);
      return true;
    case Tag::kAuthority:
      p.authority = value;
      return true;
    case Tag::kCertificate:
      p.certificate = value;
      return true;
    case Tag::kKey:
      p.key = value;
      return true;
    case Tag::kPskIdentity:
      p.psk_identity = AsText(value);
      return true;
    case Tag::kPsk:
      p.psk = value;
      return true;
  }
  return true;
}

void Put(Writer& writer, Tag tag, Bytes value) {
  if (value.empty()) return;
  writer.U16(static_cast<std::uint16_t>(tag));
  writer.Block(value);
}

void PutRecords(Writer& writer, const Provisioning& p) {
  Put(writer, Tag::kNode, AsBytes(p.node));
  Put(writer, Tag::kSite, AsBytes(p.site));
  std::array<std::uint8_t, 12> network;
  Writer addresses(network);
  for (const Ip4* address : {&p.address, &p.netmask, &p.router}) addresses.Put(*address);
  Put(writer, Tag::kNetwork, network);
  std::array<std::uint8_t, 6> broker;
  Writer endpoint(broker);
  endpoint.Put(p.broker);
  endpoint.U16(p.port);
  Put(writer, Tag::kBroker, broker);
  Put(writer, Tag::kBrokerName, AsBytes(p.broker_name));
  Put(writer, Tag::kAuthority, p.authority);
  Put(writer, Tag::kCertificate, p.certificate);
  Put(writer, Tag::kKey, p.key);
  Put(writer, Tag::kPskIdentity, AsBytes(p.psk_identity));
  Put(writer, Tag::kPsk, p.psk);
}

}  // namespace

Result<TrustedKey> ReadTrustedKey(Bytes unit) {
  Reader reader(unit);
  if (reader.U32() != kKeyMagic) return Status::kNotFound;
  const Bytes point = reader.Take(sizeof(TrustedKey));
  const Bytes crc = reader.Take(4);
  if (!reader.ok()) return Status::kNotFound;
  const std::uint32_t expected = Crc32(point);
  TrustedKey key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = point[i];
  for (std::size_t i = 0; i < 4; ++i) {
    if (crc[i] != static_cast<std::uint8_t>(expected >> 8 * i)) return Status::kDataLoss;
  }
  return key;
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

Result<Provisioning> ReadProvisioning(Bytes area) {
  Reader head(area);
  if (head.U32() != kRecordsMagic) return Status::kNotFound;
  const std::uint32_t bytes = head.U32();
  const std::uint32_t crc = head.U32();
  if (!head.ok() || bytes > head.left().size()) return Status::kDataLoss;
  Reader records(head.left().first(bytes));
  if (Crc32(records.left()) != crc) return Status::kDataLoss;
  Provisioning provisioning;
  while (!records.left().empty()) {
    const auto tag = static_cast<Tag>(records.U16());
    const Bytes value = records.Block();
    if (!records.ok() || !Take(tag, value, provisioning)) return Status::kInvalidArgument;
  }
  if (!IsValid(provisioning)) return Status::kInvalidArgument;
  return provisioning;
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
