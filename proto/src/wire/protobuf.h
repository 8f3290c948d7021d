#pragma once

#include <cstdint>
#include <span>

#include "field.h"
#include "tinyfog/wire/bytes.h"

/// Protobuf's wire format without heap and without generated code. Source: protobuf.dev,
/// "Encoding".
namespace tinyfog::wire {

/// One field of a message. Of strings, bytes and messages the value is bytes in the message read;
/// of varints and fixed numbers a number.
struct ProtoField {
  std::uint32_t number = 0;
  bool is_bytes = false;
  FieldValue value;
};

/// Goes through the fields of one message:
///
///     ProtoReader reader(bytes);
///     for (ProtoField f; reader.Next(f);) { ... }
///     if (!reader.ok()) { malformed }
class ProtoReader {
 public:
  explicit ProtoReader(Bytes message) : reader_(message) {}

  /// False at the end and at what is malformed. Groups are malformed here.
  bool Next(ProtoField& field);
  bool ok() const { return reader_.ok(); }

 private:
  bool Varint(std::uint64_t& value);

  Reader reader_;
};

/// Writes a message into a buffer of the caller. Zeros, empty texts and empty bytes are left out,
/// as proto3 has it. What does not fit makes ok() false for good.
class ProtoWriter {
 public:
  explicit ProtoWriter(std::span<std::uint8_t> buffer) : buffer_(buffer) {}

  void U64(std::uint32_t number, std::uint64_t value);
  void Data(std::uint32_t number, Bytes bytes);
  /// A message as a field: everything until the matching End is in it. At most 16383 bytes.
  std::size_t Begin(std::uint32_t number);
  void End(std::size_t begin);

  bool ok() const { return ok_; }
  Bytes written() const { return buffer_.first(size_); }

 private:
  void Varint(std::uint64_t value);
  void Byte(std::uint8_t byte);

  std::span<std::uint8_t> buffer_;
  std::size_t size_ = 0;
  bool ok_ = true;
};

}  // namespace tinyfog::wire
