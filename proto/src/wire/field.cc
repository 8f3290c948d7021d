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

std::size_t NumberBytes(const Field& field) { return std::size_t{1} << field.kind; }
static_assert(Field::kU8 == 0 && Field::kU16 == 1 && Field::kU32 == 2);

}  // namespace

FieldValue ValueOf(const void* object, const Field& field) {
  const void* const member = MemberOf(object, field);
  FieldValue value;
  switch (field.kind) {
    case Field::kU8:
      value.number = As<std::uint8_t>(member);
      break;
    case Field::kU16:
      value.number = As<std::uint16_t>(member);
      break;
    case Field::kU32:
      value.number = As<std::uint32_t>(member);
      break;
    case Field::kU64:
      value.number = As<std::uint64_t>(member);
      break;
    case Field::kS32:
      value.number = Zigzag(As<std::int32_t>(member));
      break;
    case Field::kHash:
      value.bytes = As<Sha256>(member);
      break;
    case Field::kText:
      value.bytes = AsBytes(As<std::string_view>(member));
      break;
    case Field::kBytes:
      value.bytes = As<Bytes>(member);
      break;
    default:
      break;
  }
  return value;
}

bool Assign(void* object, const Field& field, const FieldValue& value) {
  void* const member = MemberOf(object, field);
  switch (field.kind) {
    case Field::kU8:
      return Set<std::uint8_t>(member, value.number);
    case Field::kU16:
      return Set<std::uint16_t>(member, value.number);
    case Field::kU32:
      return Set<std::uint32_t>(member, value.number);
    case Field::kU64:
      return Set<std::uint64_t>(member, value.number);
    case Field::kHash:
      if (value.bytes.size() != sizeof(Sha256)) return false;
      std::copy(value.bytes.begin(), value.bytes.end(), static_cast<Sha256*>(member)->begin());
      return true;
    case Field::kText:
      *static_cast<std::string_view*>(member) = AsText(value.bytes);
      return true;
    case Field::kBytes:
      *static_cast<Bytes*>(member) = value.bytes;
      return true;
    default:
      return false;
  }
}

FieldValue TakeValue(Reader& reader, const Field& field) {
  FieldValue value;
  if (field.kind <= Field::kU32) {
    value.number = reader.Number(NumberBytes(field));
  } else {
    value.bytes = reader.Take(field.kind == Field::kHash ? sizeof(Sha256) : reader.U16());
  }
  return value;
}

void PutValue(Writer& writer, const Field& field, const FieldValue& value) {
  if (field.kind <= Field::kU32) {
    writer.Number(static_cast<std::uint32_t>(value.number), NumberBytes(field));
  } else if (field.kind == Field::kHash) {
    writer.Put(value.bytes);
  } else {
    writer.Block(value.bytes);
  }
}

}  // namespace tinyfog::wire
