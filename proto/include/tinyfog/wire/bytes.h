#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tinyfog::wire {

using Bytes = std::span<const std::uint8_t>;

inline Bytes AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view AsText(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Reads big-endian numbers and byte strings. Behind the end every read gives zero or nothing and
/// ok() stays false: check it once at the end. What it returns points into the bytes read.
class Reader {
 public:
  explicit Reader(Bytes bytes) : left_(bytes) {}

  bool ok() const { return ok_; }
  Bytes left() const { return left_; }
  std::uint8_t U8();
  std::uint16_t U16();
  std::uint32_t U32();
  /// MQTT's variable byte integer: seven bits a byte, at most four bytes.
  std::uint32_t Variable();
  Bytes Take(std::size_t count);
  /// A 16-bit length and as many bytes.
  Bytes Block() { return Take(U16()); }
  std::string_view Text() { return AsText(Block()); }
  /// As when more is read than there is: for what is malformed in another way. False.
  bool Fail();

 private:
  Bytes left_;
  bool ok_ = true;
};

/// Writes into a buffer of the caller. What does not fit is not written and ok() stays false.
class Writer {
 public:
  explicit Writer(std::span<std::uint8_t> buffer) : buffer_(buffer) {}

  bool ok() const { return ok_; }
  std::size_t size() const { return size_; }
  Bytes written() const { return buffer_.first(size_); }
  void U8(std::uint8_t value);
  void U16(std::uint16_t value);
  void U32(std::uint32_t value);
  void Variable(std::uint32_t value);
  void Put(Bytes bytes);
  /// A 16-bit length and the bytes; more than 65535 do not fit.
  void Block(Bytes bytes);
  void Text(std::string_view text) { Block(AsBytes(text)); }

 private:
  std::span<std::uint8_t> buffer_;
  std::size_t size_ = 0;
  bool ok_ = true;
};

/// Bytes that Writer::Variable takes for `value` (below 2^28).
constexpr std::uint32_t VariableBytes(std::uint32_t value) {
  return value < 1u << 7 ? 1 : value < 1u << 14 ? 2 : value < 1u << 21 ? 3 : 4;
}

}  // namespace tinyfog::wire
