#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "tinyfog/wire/bytes.h"
#include "tinyfog/wire/firmware_image.h"

/// Members of structs as data: a codec has a table of them and one loop, instead of code for each.
namespace tinyfog::wire {

/// What a member of a struct is, and where it lies in it.
struct Field {
  enum Kind : std::uint8_t { kU8, kU16, kU32, kU64, kS32, kHash, kText, kBytes, kOther };

  std::uint8_t kind;  ///< from kOther on: what the codec makes of it
  std::uint8_t offset;
};

/// bool and enumerations of a byte are kU8.
template <class Member>
constexpr Field::Kind KindOf() {
  if constexpr (std::is_same_v<Member, std::string_view>) return Field::kText;
  if constexpr (std::is_same_v<Member, Bytes>) return Field::kBytes;
  if constexpr (std::is_same_v<Member, Sha256>) return Field::kHash;
  if constexpr (std::is_same_v<Member, std::int32_t>) return Field::kS32;
  if constexpr (std::is_same_v<Member, std::uint64_t>) return Field::kU64;
  if constexpr (std::is_same_v<Member, std::uint32_t>) return Field::kU32;
  if constexpr (std::is_same_v<Member, std::uint16_t>) return Field::kU16;
  if constexpr (sizeof(Member) == 1) return Field::kU8;
}

/// The Field of `member`, of the kind that its type has.
#define TINYFOG_FIELD(type, member)                                           \
  ::tinyfog::wire::Field {                                                    \
    ::tinyfog::wire::KindOf<decltype(type::member)>(), offsetof(type, member) \
  }

/// The member of `object`, which must be of the table's struct.
inline const void* MemberOf(const void* object, const Field& field) {
  return static_cast<const std::byte*>(object) + field.offset;
}
inline void* MemberOf(void* object, const Field& field) {
  return static_cast<std::byte*>(object) + field.offset;
}

/// A number, or text, bytes or hash; the other is 0 or empty.
struct FieldValue {
  std::uint64_t number = 0;
  Bytes bytes;
};
/// kS32: as Protobuf's sint32 has it, small for small negative numbers too. Nothing from kOther on.
FieldValue ValueOf(const void* object, const Field& field);
/// False when a number is beyond the member's range or a hash has not its length. Not kS32, nor
/// from kOther on.
bool Assign(void* object, const Field& field, const FieldValue& value);

/// A value in our own formats and MQTT's: numbers up to kU32 big-endian, a hash as it is, text and
/// bytes behind their length. Not kU64, kS32, nor from kOther on.
FieldValue TakeValue(Reader& reader, const Field& field);
void PutValue(Writer& writer, const Field& field, const FieldValue& value);

}  // namespace tinyfog::wire
