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

/// The value of a number; 0 of other members. kS32: as Protobuf's sint32 has it, small for small
/// negative numbers too.
std::uint64_t NumberIn(const void* object, const Field& field);
/// The value of a text, bytes or hash; empty of other members.
Bytes BytesIn(const void* object, const Field& field);
/// Sets a number to `number`, other members to `bytes`. False when that is beyond the member's
/// range or not as long as a hash, or the member is none of both.
bool Assign(void* object, const Field& field, std::uint64_t number, Bytes bytes);

}  // namespace tinyfog::wire
