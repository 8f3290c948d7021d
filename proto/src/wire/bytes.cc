#include "tinyfog/wire/bytes.h"

namespace tinyfog::wire {

bool Reader::Fail() {
  left_ = {};
  ok_ = false;
  return false;
}

Bytes Reader::Take(std::size_t count) {
  if (count > left_.size()) {
    Fail();
    return {};
  }
  const Bytes taken = left_.first(count);
  left_ = left_.subspan(count);
  return taken;
}

std::uint8_t Reader::U8() {
  const Bytes b = Take(1);
  return b.empty() ? std::uint8_t{0} : b[0];
}

std::uint16_t Reader::U16() {
  const Bytes b = Take(2);
  return b.empty() ? std::uint16_t{0} : static_cast<std::uint16_t>(b[0] << 8 | b[1]);
}

std::uint32_t Reader::U32() {
  const std::uint32_t high = U16();
  return high << 16 | U16();
}

std::uint32_t Reader::Variable() {
  std::uint32_t value = 0;
  for (int shift = 0; shift < 28; shift += 7) {
    const std::uint8_t byte = U8();
    value |= static_cast<std::uint32_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  Fail();
  return 0;
}

void Writer::Put(Bytes bytes) {
  if (!ok_ || bytes.size() > buffer_.size() - size_) {
    ok_ = false;
    return;
  }
  for (const std::uint8_t byte : bytes) buffer_[size_++] = byte;
}

void Writer::U8(std::uint8_t value) { Put({&value, 1}); }

void Writer::U16(std::uint16_t value) {
  const std::uint8_t bytes[] = {static_cast<std::uint8_t>(value >> 8),
                                static_cast<std::uint8_t>(value)};
  Put(bytes);
}

void Writer::U32(std::uint32_t value) {
  U16(static_cast<std::uint16_t>(value >> 16));
  U16(static_cast<std::uint16_t>(value));
}

void Writer::Variable(std::uint32_t value) {
  if (value >= 1u << 28) ok_ = false;
  while (value >= 0x80) {
    U8(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  U8(static_cast<std::uint8_t>(value));
}

void Writer::Block(Bytes bytes) {
  if (bytes.size() > 0xFFFF) ok_ = false;
  U16(static_cast<std::uint16_t>(bytes.size()));
  Put(bytes);
}

}  // namespace tinyfog::wire
