#include "operator_view.h"

#include <cstring>

#include "validate.h"

namespace tinyfog::inference {

std::int64_t Elements(const Shape& shape) {
  std::int64_t count = 1;
  for (const auto dimension : shape) count *= dimension;
  return count;
}

const tflite::TensorT& OperatorView::Input(std::size_t i) const {
  return *graph_.tensors[static_cast<std::size_t>(op_.inputs[i])];
}

const tflite::TensorT& OperatorView::Output(std::size_t i) const {
  return *graph_.tensors[static_cast<std::size_t>(op_.outputs[i])];
}

bool OperatorView::IsConstant(std::size_t i) const {
  return HasInput(i) && !tflite::ConstantBytes(model_, Input(i)).empty();
}

Error OperatorView::Fail(const std::string& text) const {
  return InvalidArgument(tflite::OperatorText(model_, graph_, index_) + ": " + text);
}

Outcome<std::vector<std::int64_t>> OperatorView::Ints(std::size_t i) const {
  const auto fail = [&] {
    return Fail("input " + std::to_string(i) + " must be an INT32 constant");
  };
  if (!IsConstant(i) || Input(i).type != tflite::TensorType::INT32) return fail();
  const auto bytes = tflite::ConstantBytes(model_, Input(i));
  // All such constants are about dimensions.
  if (bytes.size() > 64 * sizeof(std::int32_t)) return fail();
  std::vector<std::int64_t> values;
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    std::int32_t value = 0;
    std::memcpy(&value, bytes.data() + at, 4);
    values.push_back(value);
  }
  return values;
}

Outcome<void> OperatorView::ExpectOutput(const Shape& shape, std::size_t i) const {
  if (OutputShape(i) == shape) return {};
  return Fail("output " + std::to_string(i) + " has shape " + ShapeText(OutputShape(i)) +
              ", by its inputs and options it is " + ShapeText(shape));
}

Outcome<std::size_t> OperatorView::Axis(std::int64_t axis, std::size_t rank) const {
  const auto signed_rank = static_cast<std::int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank) {
    return Fail("axis " + std::to_string(axis) + " is not in a shape of rank " +
                std::to_string(rank));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
}

}  // namespace tinyfog::inference
