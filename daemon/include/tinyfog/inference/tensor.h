#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tinyfog/host/error.h"

namespace tinyfog::inference {

/// Element types that models and requests may have; names and sizes follow the Open Inference
/// Protocol v2.
enum class DataType : std::uint8_t {
  kBool,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kFp16,
  kFp32,
  kFp64,
};

/// Bytes of one element.
std::size_t ElementSize(DataType type);

/// The protocol's name, e.g. "INT8", "FP32".
const char* DataTypeName(DataType type);

/// The inverse of DataTypeName. Nothing for unknown names, "BYTES" (strings) among them.
std::optional<DataType> ParseDataType(std::string_view name);

/// Number of elements of a shape. Errors: kInvalidArgument for a negative dimension or a product
/// above 2^31.
Outcome<std::size_t> ElementCount(const std::vector<std::int64_t>& shape);

/// real = scale * (stored - zero_point), for a tensor with one scale.
struct Quantization {
  float scale = 0;
  std::int32_t zero_point = 0;
};

/// One input or output of a model. `shape` is that of a single inference as the model file has it;
/// where the model can be batched, dimension 0 is 1 and a request may have 1..max_batch there.
struct TensorSpec {
  std::string name;
  DataType type = DataType::kFp32;
  std::vector<std::int64_t> shape;
  std::optional<Quantization> quantization;

  std::size_t ByteSize() const;  ///< of a single inference
};

/// Bytes of capacity behind those of a request's tensor: kernels read inputs in whole vectors. A
/// server makes room where there is less.
inline constexpr std::size_t kReadableBehind = 16;

/// A tensor's value in a request or answer: elements in row-major order, little-endian.
struct Tensor {
  std::string name;
  DataType type = DataType::kFp32;
  std::vector<std::int64_t> shape;
  std::vector<std::uint8_t> bytes;
};

}  // namespace tinyfog::inference
