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
  std::uint32_t Number(std::size_t bytes);  ///< of at most 4 bytes
  std::uint8_t U8();
  std::uint16_t U16();
  std::uint32_t U32() { return Number(4); }
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
  explicit Writer(std::span<std::uint8_t> buffer) : to_(buffer.data()), room_(buffer.size()) {}
  /// Only counts: size() is what would have been written.
  Writer() = default;

  bool ok() const { return ok_; }
  std::size_t size() const { return size_; }
  Bytes written() const { return {to_, size_}; }
  void Number(std::uint32_t value, std::size_t bytes);  ///< its lowest bytes
  void U8(std::uint8_t value) { Number(value, 1); }
  void U16(std::uint16_t value) { Number(value, 2); }
  void U32(std::uint32_t value) { Number(value, 4); }
  void Variable(std::uint32_t value);
  void Put(Bytes bytes);
  void PutText(std::string_view text);
  /// A 16-bit length and the bytes; more than 65535 do not fit.
  void Block(Bytes bytes);
  void Text(std::string_view text) { Block(AsBytes(text)); }

 private:
  std::uint8_t* to_ = nullptr;
  std::size_t room_ = ~std::size_t{0};
  std::size_t size_ = 0;
  bool ok_ = true;
};

}  // namespace tinyfog::wire
