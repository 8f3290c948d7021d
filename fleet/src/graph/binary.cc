#include "binary.h"

#include <algorithm>

#include "range.h"
#include "tinyfog/graph/scale.h"

namespace tinyfog::graph {
namespace {

struct Operands {
  const Tensor& a;
  const Tensor& b;
  const Tensor& output;
};

int Int(double value) { return static_cast<int>(value); }

std::int32_t Finish(std::int32_t raw, nn::Scale scale, std::int32_t zero_point, Clamp clamp) {
  return std::clamp(nn::Rescale(raw, scale) + zero_point, clamp.min,
                    std::max(clamp.min, clamp.max));
}

bool IsQuantised(const Tensor& tensor) {
  const std::int32_t zero_point = tensor.quantization.zero_point();
  return tensor.type == nn::Type::kInt8 && tensor.quantization.scale() > 0 && zero_point >= -128 &&
         zero_point <= 127;
}

std::optional<BinaryFunction> SumOf(const Operands& o, bool subtract, Clamp clamp) {
  const SumScales s = SumScalesOf(o.a.quantization.scale(), o.b.quantization.scale(),
                                  o.output.quantization.scale(), kSumShiftInt8);
  if (s.output.shift > 0) return std::nullopt;
  const std::int32_t a_zero = o.a.quantization.zero_point();
  const std::int32_t b_zero = o.b.quantization.zero_point();
  const std::int32_t zero = o.output.quantization.zero_point();
  return [=](double a, double b) {
    const std::int32_t x = nn::Rescale(nn::ShiftLeft(Int(a) - a_zero, kSumShiftInt8), s.a);
    const std::int32_t y = nn::Rescale(nn::ShiftLeft(Int(b) - b_zero, kSumShiftInt8), s.b);
    return Finish(subtract ? x - y : x + y, s.output, zero, clamp);
  };
}

std::optional<BinaryFunction> ProductOf(const Operands& o, Clamp clamp) {
  const nn::Scale scale = ProductScaleOf(o.a.quantization.scale(), o.b.quantization.scale(),
                                         o.output.quantization.scale());
  constexpr int kMostShift = 14;  // products of operands have 17 bits
  if (scale.shift > kMostShift) return std::nullopt;
  const std::int32_t a_zero = o.a.quantization.zero_point();
  const std::int32_t b_zero = o.b.quantization.zero_point();
  const std::int32_t zero = o.output.quantization.zero_point();
  return [=](double a, double b) {
    return Finish((Int(a) - a_zero) * (Int(b) - b_zero), scale, zero, clamp);
  };
}

BinaryFunction LargerOf() {
  return [](double a, double b) { return std::max(a, b); };
}
BinaryFunction SmallerOf() {
  return [](double a, double b) { return std::min(a, b); };
}

// Two floats' exact sum and product, once rounded by a double, round to what a float's operation
// gives; what overflows is clamped.
template <class Operation>
BinaryFunction FloatOf(Operation operation, const Range& bounds) {
  return [=](double a, double b) {
    return static_cast<double>(static_cast<float>(Clamped(operation(a, b), bounds)));
  };
}

std::optional<BinaryFunction> FloatBinaryOf(const Node& node, const Tensor& output) {
  const Range bounds = BoundsOf(node.attributes.activation, output);
  switch (node.op) {
    case Op::kAdd:
      return FloatOf(std::plus<double>(), bounds);
    case Op::kSub:
      return FloatOf(std::minus<double>(), bounds);
    case Op::kMul:
      return FloatOf(std::multiplies<double>(), bounds);
    case Op::kMaximum:
      return LargerOf();
    case Op::kMinimum:
      return SmallerOf();
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<BinaryFunction> BinaryOf(const Graph& graph, const Node& node) {
  const auto tensor = [&](int t) -> const Tensor& {
    return graph.tensors[static_cast<std::size_t>(t)];
  };
  if (node.inputs.size() < 2 || node.inputs[0] < 0 || node.inputs[1] < 0) return std::nullopt;
  const Operands o = {tensor(node.inputs[0]), tensor(node.inputs[1]), tensor(node.outputs[0])};
  if (o.a.type == nn::Type::kFloat32 && o.b.type == o.a.type && o.output.type == o.a.type) {
    return FloatBinaryOf(node, o.output);
  }
  if (!IsQuantised(o.a) || !IsQuantised(o.b) || !IsQuantised(o.output)) return std::nullopt;
  const Clamp clamp = ClampOf(node.attributes.activation, o.output);
  switch (node.op) {
    case Op::kAdd:
      return SumOf(o, false, clamp);
    case Op::kSub:
      return SumOf(o, true, clamp);
    case Op::kMul:
      return ProductOf(o, clamp);
    case Op::kMaximum:
      return LargerOf();
    case Op::kMinimum:
      return SmallerOf();
    default:
      return std::nullopt;
  }
}

}  // namespace tinyfog::graph
