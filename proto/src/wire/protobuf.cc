#include "protobuf.h"

namespace tinyfog::wire {
namespace {

enum WireType : std::uint32_t { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2, kFixed32 = 5 };
constexpr std::uint64_t kLeastTag = 1 << 3;  // of field 1
constexpr std::uint64_t kLargestTag = 0xFFFFFFFF;
constexpr std::size_t kNestedLengthBytes = 2;

}  // namespace

bool ProtoReader::Varint(std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift <= 63; shift += 7) {
    const std::uint8_t byte = reader_.U8();
    if (shift == 63 && byte > 1) break;
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return reader_.ok();
  }
  return reader_.Fail();
}

bool ProtoReader::Next(ProtoField& field) {
  std::uint64_t tag = 0;
  if (reader_.left().empty() || !Varint(tag)) return false;
  if (tag < kLeastTag || tag > kLargestTag) return reader_.Fail();
  field = {};
  field.number = static_cast<std::uint32_t>(tag) >> 3;
  const std::uint32_t type = static_cast<std::uint32_t>(tag) & 7;
  std::uint64_t& number = field.value.number;
  if (type == kFixed64 || type == kFixed32) {
    const Bytes little_endian = reader_.Take(type == kFixed64 ? 8 : 4);
    for (std::size_t i = little_endian.size(); i-- > 0;) number = number << 8 | little_endian[i];
  } else if (type == kVarint || type == kLengthDelimited) {
    Varint(number);
  } else {
    return reader_.Fail();
  }
  if (type == kLengthDelimited) {
    if (number > reader_.left().size()) return reader_.Fail();
    field.is_bytes = true;
    field.value.bytes = reader_.Take(static_cast<std::size_t>(number));
    number = 0;
  }
  return reader_.ok();
}

void ProtoWriter::Byte(std::uint8_t byte) {
  if (size_ == buffer_.size()) ok_ = false;
  if (ok_) buffer_[size_++] = byte;
}

void ProtoWriter::Varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) Byte(static_cast<std::uint8_t>(value | 0x80));
  Byte(static_cast<std::uint8_t>(value));
}

void ProtoWriter::U64(std::uint32_t number, std::uint64_t value) {
  if (value == 0) return;
  Varint(number << 3 | kVarint);
  Varint(value);
}

void ProtoWriter::Data(std::uint32_t number, Bytes bytes) {
  if (bytes.empty()) return;
  Varint(number << 3 | kLengthDelimited);
  Varint(bytes.size());
  for (const std::uint8_t byte : bytes) Byte(byte);
}

std::size_t ProtoWriter::Begin(std::uint32_t number) {
  Varint(number << 3 | kLengthDelimited);
  for (std::size_t i = 0; i < kNestedLengthBytes; ++i) Byte(0);
  return size_;
}

void ProtoWriter::End(std::size_t begin) {
  if (!ok_) return;
  // The length was not known when its place was left: a varint may have leading zeros.
  const std::size_t length = size_ - begin;
  if (length >= 1u << 14) {
    ok_ = false;
    return;
  }
  buffer_[begin - 2] = static_cast<std::uint8_t>(length | 0x80);
  buffer_[begin - 1] = static_cast<std::uint8_t>(length >> 7);
}

}  // namespace tinyfog::wire
