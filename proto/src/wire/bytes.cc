#include "tinyfog/wire/bytes.h"

#include <algorithm>

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

std::uint32_t Reader::Number(std::size_t bytes) {
  std::uint32_t value = 0;
  for (const std::uint8_t byte : Take(bytes)) value = value << 8 | byte;
  return value;
}

std::uint8_t Reader::U8() { return static_cast<std::uint8_t>(Number(1)); }

std::uint16_t Reader::U16() { return static_cast<std::uint16_t>(Number(2)); }

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
  if (!ok_ || bytes.size() > room_ - size_) {
    ok_ = false;
    return;
  }
  if (to_ != nullptr) std::copy(bytes.begin(), bytes.end(), to_ + size_);
  size_ += bytes.size();
}

void Writer::Number(std::uint32_t value, std::size_t bytes) {
  std::uint8_t big_endian[4];
  for (std::size_t i = bytes; i-- > 0; value >>= 8)
    big_endian[i] = static_cast<std::uint8_t>(value);
  Put({big_endian, bytes});
}

void Writer::Variable(std::uint32_t value) {
  if (value >= 1u << 28) ok_ = false;
  for (; value >= 0x80; value >>= 7) U8(static_cast<std::uint8_t>(value | 0x80));
  U8(static_cast<std::uint8_t>(value));
}

void Writer::PutText(std::string_view text) { Put(AsBytes(text)); }

void Writer::Block(Bytes bytes) {
  if (bytes.size() > 0xFFFF) ok_ = false;
  U16(static_cast<std::uint16_t>(bytes.size()));
  Put(bytes);
}

}  // namespace tinyfog::wire
