#include "check_tensor.h"

#include <cmath>
#include <limits>

#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::tflite {
namespace {

constexpr std::int64_t kMaxElements = std::int64_t{1} << 31;

struct Range {
  std::int64_t lowest, highest;
};

template <class Int>
constexpr Range RangeOf() {
  return {std::numeric_limits<Int>::min(), std::numeric_limits<Int>::max()};
}

/// What a zero point of this type may be.
Range ZeroPointRange(TensorType type) {
  switch (type) {
    case TensorType::INT4:
      return {-8, 7};
    case TensorType::INT8:
      return RangeOf<std::int8_t>();
    case TensorType::UINT8:
      return RangeOf<std::uint8_t>();
    case TensorType::INT16:
      return RangeOf<std::int16_t>();
    case TensorType::UINT16:
      return RangeOf<std::uint16_t>();
    case TensorType::UINT32:
      return RangeOf<std::uint32_t>();
    default:
      return RangeOf<std::int32_t>();
  }
}

Outcome<void> CheckShape(const TensorT& tensor) {
  std::int64_t elements = 1;
  for (const std::int32_t dimension : tensor.shape) {
    if (dimension < 0) {
      return InvalidArgument("its shape has the negative entry " + std::to_string(dimension));
    }
    // A zero must not hide that the other entries' product overflows.
    elements *= std::max(dimension, 1);
    if (elements >= kMaxElements) {
      return InvalidArgument("its shape has 2^31 elements or more");
    }
  }
  const auto& signature = tensor.shape_signature;
  if (!signature.empty() && signature.size() != tensor.shape.size()) {
    return InvalidArgument("its shape has " + std::to_string(tensor.shape.size()) +
                           " entries, its shape signature " + std::to_string(signature.size()));
  }
  for (const std::int32_t dimension : signature) {
    if (dimension < -1) return InvalidArgument("its shape signature has an entry below -1");
  }
  return {};
}

Outcome<void> CheckData(const ModelT& model, const TensorT& tensor) {
  if (tensor.buffer >= model.buffers.size()) {
    return InvalidArgument("its buffer " + std::to_string(tensor.buffer) + " is not one of the " +
                           std::to_string(model.buffers.size()) + " buffers");
  }
  const std::size_t size = ConstantBytes(model, tensor).size();
  if (size == 0 || ElementBits(tensor.type) == 0) return {};
  if (size != ByteSize(tensor)) {
    return InvalidArgument("its buffer " + std::to_string(tensor.buffer) + " has " +
                           std::to_string(size) + " bytes, shape and type need " +
                           std::to_string(ByteSize(tensor)));
  }
  return {};
}

Outcome<void> CheckScaleCount(const TensorT& tensor, const QuantizationParametersT& q) {
  if (q.zero_point.size() != q.scale.size()) {
    return InvalidArgument("it has " + std::to_string(q.scale.size()) + " scales and " +
                           std::to_string(q.zero_point.size()) + " zero points");
  }
  if (q.scale.size() == 1) return {};
  const auto rank = static_cast<std::int32_t>(tensor.shape.size());
  if (q.quantized_dimension < 0 || q.quantized_dimension >= rank) {
    return InvalidArgument("its quantised dimension " + std::to_string(q.quantized_dimension) +
                           " is not one of its " + std::to_string(rank) + " dimensions");
  }
  const std::int32_t channels = tensor.shape[static_cast<std::size_t>(q.quantized_dimension)];
  if (q.scale.size() != static_cast<std::size_t>(channels)) {
    return InvalidArgument("it has " + std::to_string(q.scale.size()) + " scales for " +
                           std::to_string(channels) + " channels");
  }
  return {};
}

Outcome<void> CheckQuantization(const TensorT& tensor) {
  if (!tensor.quantization) return {};
  const QuantizationParametersT& q = *tensor.quantization;
  if (q.details.type != QuantizationDetails::NONE) {
    return Error{Status::kUnimplemented, "custom and blockwise quantisation are not supported"};
  }
  if (q.scale.empty()) return {};
  TINYFOG_TRY(CheckScaleCount(tensor, q));
  for (const float scale : q.scale) {
    if (!(std::isfinite(scale) && scale > 0)) {
      return InvalidArgument("its scale " + std::to_string(scale) + " is not a positive number");
    }
  }
  const Range range = ZeroPointRange(tensor.type);
  for (const std::int64_t zero_point : q.zero_point) {
    if (zero_point < range.lowest || zero_point > range.highest) {
      return InvalidArgument("its zero point " + std::to_string(zero_point) +
                             " is not a value of " + TypeName(tensor.type));
    }
  }
  return {};
}

}  // namespace

Outcome<void> CheckTensor(const ModelT& model, const TensorT& tensor) {
  if (tensor.type < TensorType::MIN || tensor.type > TensorType::MAX) {
    return Error{Status::kUnimplemented, "its type is newer than this reader knows"};
  }
  if (tensor.sparsity) {
    return Error{Status::kUnimplemented,
                 "sparse tensors are not supported: convert without sparsity"};
  }
  for (const auto& variant : tensor.variant_tensors) {
    if (!variant) return InvalidArgument("it has an empty variant type");
  }
  TINYFOG_TRY(CheckShape(tensor));
  TINYFOG_TRY(CheckData(model, tensor));
  return CheckQuantization(tensor);
}

}  // namespace tinyfog::tflite
