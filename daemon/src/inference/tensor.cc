#include "tinyfog/inference/tensor.h"

#include <array>

namespace tinyfog::inference {
namespace {

struct TypeInfo {
  const char* name;
  std::size_t size;
};

// In the order of DataType.
constexpr std::array<TypeInfo, 12> kTypes{{
    {"BOOL", 1},
    {"UINT8", 1},
    {"UINT16", 2},
    {"UINT32", 4},
    {"UINT64", 8},
    {"INT8", 1},
    {"INT16", 2},
    {"INT32", 4},
    {"INT64", 8},
    {"FP16", 2},
    {"FP32", 4},
    {"FP64", 8},
}};
static_assert(kTypes.size() == static_cast<std::size_t>(DataType::kFp64) + 1);

constexpr std::int64_t kMaxElements = std::int64_t{1} << 31;

}  // namespace

std::size_t ElementSize(DataType type) { return kTypes[static_cast<std::size_t>(type)].size; }

const char* DataTypeName(DataType type) { return kTypes[static_cast<std::size_t>(type)].name; }

std::optional<DataType> ParseDataType(std::string_view name) {
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    if (name == kTypes[i].name) return static_cast<DataType>(i);
  }
  return std::nullopt;
}

Outcome<std::size_t> ElementCount(const std::vector<std::int64_t>& shape) {
  std::int64_t count = 1;
  bool empty = false;
  for (const std::int64_t dimension : shape) {
    if (dimension < 0) {
      return InvalidArgument("a dimension of " + std::to_string(dimension) + " is negative");
    }
    if (dimension == 0) empty = true;
    // A zero elsewhere must not hide dimensions whose product does not fit.
    const std::int64_t factor = dimension == 0 ? 1 : dimension;
    if (factor > kMaxElements / count) return InvalidArgument("more than 2^31 elements");
    count *= factor;
  }
  return empty ? std::size_t{0} : static_cast<std::size_t>(count);
}

std::size_t TensorSpec::ByteSize() const {
  const auto count = ElementCount(shape);
  return count.ok() ? *count * ElementSize(type) : 0;
}

}  // namespace tinyfog::inference
