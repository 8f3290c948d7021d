#include "field.h"

#include <algorithm>
#include <limits>

namespace tinyfog::wire {
namespace {

template <class Member>
const Member& As(const void* member) {
  return *static_cast<const Member*>(member);
}

std::uint32_t Zigzag(std::int32_t number) {
  return static_cast<std::uint32_t>(number) << 1 ^ static_cast<std::uint32_t>(number >> 31);
}

template <class Member>
bool Set(void* member, std::uint64_t number) {
  *static_cast<Member*>(member) = static_cast<Member>(number);
  return number <= std::numeric_limits<Member>::max();
}

}  // namespace

std::uint64_t NumberIn(const void* object, const Field& field) {
  const void* const member = MemberOf(object, field);
  switch (field.kind) {
    case Field::kU8:
      return As<std::uint8_t>(member);
    case Field::kU16:
      return As<std::uint16_t>(member);
    case Field::kU32:
      return As<std::uint32_t>(member);
    case Field::kU64:
      return As<std::uint64_t>(member);
    case Field::kS32:
      return Zigzag(As<std::int32_t>(member));
    default:
      return 0;
  }
}

Bytes BytesIn(const void* object, const Field& field) {
  const void* const member = MemberOf(object, field);
  switch (field.kind) {
    case Field::kHash:
      return As<Sha256>(member);
    case Field::kText:
      return AsBytes(As<std::string_view>(member));
    case Field::kBytes:
      return As<Bytes>(member);
    default:
      return {};
  }
}

bool Assign(void* object, const Field& field, std::uint64_t number, Bytes bytes) {
  void* const member = MemberOf(object, field);
  switch (field.kind) {
    case Field::kU8:
      return Set<std::uint8_t>(member, number);
    case Field::kU16:
      return Set<std::uint16_t>(member, number);
    case Field::kU32:
      return Set<std::uint32_t>(member, number);
    case Field::kU64:
      return Set<std::uint64_t>(member, number);
    case Field::kHash:
      if (bytes.size() != sizeof(Sha256)) return false;
      std::copy(bytes.begin(), bytes.end(), static_cast<Sha256*>(member)->begin());
      return true;
    case Field::kText:
      *static_cast<std::string_view*>(member) = AsText(bytes);
      return true;
    case Field::kBytes:
      *static_cast<Bytes*>(member) = bytes;
      return true;
    default:
      return false;
  }
}

}  // namespace tinyfog::wire
