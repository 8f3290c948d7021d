#include "tensor_contents.h"

#include <bit>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

namespace tinyfog::rpc {
namespace {

using inference::DataType;

static_assert(std::endian::native == std::endian::little,
              "tensor bytes are little-endian: big-endian machines need a swap here");

/// Field name and number of elements in it, for each field of the message.
struct FieldUse {
  const char* name;
  int elements;
};

const char* FieldOf(DataType type) {
  switch (type) {
    case DataType::kBool:
      return "bool_contents";
    case DataType::kInt8:
    case DataType::kInt16:
    case DataType::kInt32:
      return "int_contents";
    case DataType::kInt64:
      return "int64_contents";
    case DataType::kUint8:
    case DataType::kUint16:
    case DataType::kUint32:
      return "uint_contents";
    case DataType::kUint64:
      return "uint64_contents";
    case DataType::kFp32:
      return "fp32_contents";
    case DataType::kFp64:
      return "fp64_contents";
    case DataType::kFp16:
      break;
  }
  return nullptr;
}

Outcome<void> CheckFields(const ::inference::InferTensorContents& c, DataType type,
                          const char* wanted) {
  const FieldUse uses[] = {
      {"bool_contents", c.bool_contents_size()},     {"int_contents", c.int_contents_size()},
      {"int64_contents", c.int64_contents_size()},   {"uint_contents", c.uint_contents_size()},
      {"uint64_contents", c.uint64_contents_size()}, {"fp32_contents", c.fp32_contents_size()},
      {"fp64_contents", c.fp64_contents_size()},     {"bytes_contents", c.bytes_contents_size()}};
  for (const FieldUse& use : uses) {
    if (use.elements != 0 && std::strcmp(use.name, wanted) != 0) {
      return InvalidArgument(std::string("elements of datatype ") + DataTypeName(type) +
                             " belong into " + wanted + ", not " + use.name);
    }
  }
  return {};
}

template <class T, class Field>
Outcome<std::vector<std::uint8_t>> Copy(const Field& elements) {
  static_assert(sizeof(T) == sizeof(elements[0]));
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(elements.size()) * sizeof(T));
  if (!bytes.empty()) std::memcpy(bytes.data(), elements.data(), bytes.size());
  return bytes;
}

template <class T, class Field>
Outcome<std::vector<std::uint8_t>> Narrow(const Field& elements, DataType type) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(static_cast<std::size_t>(elements.size()) * sizeof(T));
  for (const auto element : elements) {
    if (!std::in_range<T>(element)) {
      return InvalidArgument("element " + std::to_string(bytes.size() / sizeof(T)) + " is " +
                             std::to_string(element) + ", which does not fit " +
                             DataTypeName(type));
    }
    const T value = static_cast<T>(element);
    std::uint8_t raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    bytes.insert(bytes.end(), raw, raw + sizeof(T));
  }
  return bytes;
}

}  // namespace

Outcome<std::vector<std::uint8_t>> PackContents(const ::inference::InferTensorContents& contents,
                                                DataType type) {
  const char* field = FieldOf(type);
  if (field == nullptr) {
    return InvalidArgument(std::string("datatype ") + DataTypeName(type) +
                           " has no typed contents: send it in raw_input_contents");
  }
  TINYFOG_TRY(CheckFields(contents, type, field));
  switch (type) {
    case DataType::kInt8:
      return Narrow<std::int8_t>(contents.int_contents(), type);
    case DataType::kInt16:
      return Narrow<std::int16_t>(contents.int_contents(), type);
    case DataType::kInt32:
      return Copy<std::int32_t>(contents.int_contents());
    case DataType::kInt64:
      return Copy<std::int64_t>(contents.int64_contents());
    case DataType::kUint8:
      return Narrow<std::uint8_t>(contents.uint_contents(), type);
    case DataType::kUint16:
      return Narrow<std::uint16_t>(contents.uint_contents(), type);
    case DataType::kUint32:
      return Copy<std::uint32_t>(contents.uint_contents());
    case DataType::kUint64:
      return Copy<std::uint64_t>(contents.uint64_contents());
    case DataType::kFp32:
      return Copy<float>(contents.fp32_contents());
    case DataType::kFp64:
      return Copy<double>(contents.fp64_contents());
    default:
      return Copy<bool>(contents.bool_contents());
  }
}

}  // namespace tinyfog::rpc
