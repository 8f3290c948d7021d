#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tinyfog/host/error.h"
#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::inference {

using Shape = std::vector<std::int64_t>;

/// One operator of a model that has passed tflite::Check, with what the checks ask about it.
/// Borrowed; cheap to copy.
class OperatorView {
 public:
  OperatorView(const tflite::ModelT& model, const tflite::SubGraphT& graph, std::size_t index)
      : model_(model), graph_(graph), op_(*graph.operators[index]), index_(index) {}

  tflite::BuiltinOperator kind() const { return tflite::OperatorOf(model_, op_); }
  const tflite::OperatorT& op() const { return op_; }
  std::size_t inputs() const { return op_.inputs.size(); }
  std::size_t outputs() const { return op_.outputs.size(); }
  bool HasInput(std::size_t i) const { return i < inputs() && op_.inputs[i] >= 0; }
  /// Preconditions: HasInput(i); i < outputs().
  const tflite::TensorT& Input(std::size_t i) const;
  const tflite::TensorT& Output(std::size_t i = 0) const;
  Shape InputShape(std::size_t i = 0) const { return ShapeOf(Input(i)); }
  Shape OutputShape(std::size_t i = 0) const { return ShapeOf(Output(i)); }
  static Shape ShapeOf(const tflite::TensorT& tensor) {
    return {tensor.shape.begin(), tensor.shape.end()};
  }
  bool IsConstant(std::size_t i) const;
  /// The bytes of constant input `i`.
  std::span<const std::uint8_t> Constant(std::size_t i) const {
    return tflite::ConstantBytes(model_, Input(i));
  }

  /// The values of an INT32 constant input. Errors: kInvalidArgument when it is none.
  Outcome<std::vector<std::int64_t>> Ints(std::size_t i) const;
  /// kInvalidArgument with the operator's name in front of `text`.
  Error Fail(const std::string& text) const;
  /// Output `i` must have this shape.
  Outcome<void> ExpectOutput(const Shape& shape, std::size_t i = 0) const;
  /// `axis`, which may count from the end, as 0..rank-1.
  Outcome<std::size_t> Axis(std::int64_t axis, std::size_t rank) const;

 private:
  const tflite::ModelT& model_;
  const tflite::SubGraphT& graph_;
  const tflite::OperatorT& op_;
  const std::size_t index_;
};

/// Number of elements; shapes are those of checked models.
std::int64_t Elements(const Shape& shape);

using OperatorCheck = Outcome<void> (*)(const OperatorView&);

// Convolutions, pooling, resizing and fully connected: check_spatial.cc.
Outcome<void> CheckConv(const OperatorView& op);
Outcome<void> CheckDepthwise(const OperatorView& op);
Outcome<void> CheckTransposeConv(const OperatorView& op);
Outcome<void> CheckPool(const OperatorView& op);
Outcome<void> CheckFullyConnected(const OperatorView& op);
Outcome<void> CheckResize(const OperatorView& op);
Outcome<void> CheckSpaceToBatch(const OperatorView& op);
Outcome<void> CheckBatchToSpace(const OperatorView& op);

// Element by element, and reductions: check_elementwise.cc.
Outcome<void> CheckUnary(const OperatorView& op);
Outcome<void> CheckBinary(const OperatorView& op);
Outcome<void> CheckMean(const OperatorView& op);

// Operators whose options or inputs could make a NaN: check_finite.cc.
Outcome<void> CheckDiv(const OperatorView& op);
Outcome<void> CheckSoftmax(const OperatorView& op);
Outcome<void> CheckLeakyRelu(const OperatorView& op);

// What only moves data: check_movement.cc.
Outcome<void> CheckReshape(const OperatorView& op);
Outcome<void> CheckSqueeze(const OperatorView& op);
Outcome<void> CheckConcatenation(const OperatorView& op);
Outcome<void> CheckPad(const OperatorView& op);
Outcome<void> CheckSlice(const OperatorView& op);
Outcome<void> CheckStridedSlice(const OperatorView& op);
Outcome<void> CheckSplit(const OperatorView& op);
Outcome<void> CheckSplitV(const OperatorView& op);
Outcome<void> CheckTranspose(const OperatorView& op);
Outcome<void> CheckPack(const OperatorView& op);
Outcome<void> CheckUnpack(const OperatorView& op);

}  // namespace tinyfog::inference
