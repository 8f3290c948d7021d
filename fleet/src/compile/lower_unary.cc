#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

#include "function_table.h"
#include "lower.h"
#include "scale.h"
#include "tinyfog/nn/kernels/move.h"
#include "tinyfog/nn/kernels/unary.h"

namespace tinyfog::compile {
namespace {

using graph::Op;

bool Is8Bit(nn::Type type) {
  return type == nn::Type::kInt8 || type == nn::Type::kUint8 || type == nn::Type::kBool;
}

template <class P>
void Finish(Context& context, StepWriter<P>& step) {
  step.params.count = static_cast<std::uint32_t>(context.Out().elements());
  step.Use(step.params.input, context.InTensor(0));
  step.Use(step.params.output, context.OutTensor());
  if (context.In(0).bytes() == context.Out().bytes()) {
    step.AllowInPlace(context.InTensor(0), context.OutTensor());
  }
  step.Finish();
}

// One step that looks up each value of an 8-bit input.
void EmitTable(Context& context, const std::function<std::int32_t(std::int32_t)>& function) {
  const bool is_signed = context.In(0).type == nn::Type::kInt8;
  std::vector<std::uint8_t> table(256);
  for (std::int32_t i = 0; i < 256; ++i) {
    table[static_cast<std::size_t>(i)] =
        static_cast<std::uint8_t>(function(is_signed ? i - 128 : i));
  }
  StepWriter<nn::Lookup8Params> step(context, nn::Opcode::kLookup8);
  step.params.table = context.AddConstant(table, 1);
  step.params.flip = is_signed ? 0x80 : 0;
  Finish(context, step);
}

// A piecewise linear function, in quantised values.
struct Pieces {
  nn::Scale positive;
  nn::Scale negative;
  bool absolute = false;
  Clamp clamp;
};

void EmitPieces(Context& context, const Pieces& f) {
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& output = context.Out();
  const std::int32_t from = input.quantization.zero_point();
  const std::int32_t to = output.quantization.zero_point();
  if (Is8Bit(input.type) && Is8Bit(output.type)) {
    EmitTable(context, [&](std::int32_t x) {
      std::int32_t value = x - from;
      if (f.absolute) value = std::abs(value);
      value = nn::Rescale(value, value < 0 ? f.negative : f.positive);
      return std::clamp(value + to, f.clamp.min, f.clamp.max);
    });
    return;
  }
  StepWriter<nn::RequantizeParams> step(context, nn::Opcode::kRequantize);
  nn::RequantizeParams& p = step.params;
  p.zero_point = from;
  p.output_offset = to;
  p.multiplier = f.positive.multiplier;
  p.shift = f.positive.shift;
  p.negative_multiplier = f.negative.multiplier;
  p.negative_shift = f.negative.shift;
  p.clamp_min = f.clamp.min;
  p.clamp_max = f.clamp.max;
  p.input_type = static_cast<std::uint8_t>(input.type);
  p.output_type = static_cast<std::uint8_t>(output.type);
  p.absolute = f.absolute;
  Finish(context, step);
}

bool IsPiecewiseLinear(Op op) {
  return op == Op::kAbs || op == Op::kLeakyRelu || op == Op::kNeg ||
         graph::ActivationOf(op) != graph::Activation::kNone;
}

Outcome<void> EmitQuantisedPieces(Context& context) {
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& output = context.Out();
  const Op op = context.node().op;
  Pieces f;
  f.positive = f.negative = graph::RescaleOf(op, input, output);
  f.absolute = op == Op::kAbs;
  if (op == Op::kLeakyRelu) {
    f.negative = ScaleOf(double{input.quantization.scale() * context.attributes().alpha /
                                output.quantization.scale()});
  }
  if (op == Op::kNeg) return context.Unsupported("supported is FLOAT32");
  f.clamp = ClampOf(graph::ActivationOf(op), output);
  EmitPieces(context, f);
  return {};
}

Outcome<void> EmitFloat(Context& context) {
  constexpr std::pair<Op, nn::UnaryOp> kOps[] = {{Op::kAbs, nn::UnaryOp::kAbs},
                                                 {Op::kNeg, nn::UnaryOp::kNeg},
                                                 {Op::kElu, nn::UnaryOp::kElu},
                                                 {Op::kHardSwish, nn::UnaryOp::kHardSwish},
                                                 {Op::kLogistic, nn::UnaryOp::kLogistic},
                                                 {Op::kTanh, nn::UnaryOp::kTanh},
                                                 {Op::kExp, nn::UnaryOp::kExp},
                                                 {Op::kLog, nn::UnaryOp::kLog},
                                                 {Op::kSqrt, nn::UnaryOp::kSqrt},
                                                 {Op::kRsqrt, nn::UnaryOp::kRsqrt},
                                                 {Op::kSquare, nn::UnaryOp::kSquare},
                                                 {Op::kSin, nn::UnaryOp::kSin},
                                                 {Op::kCos, nn::UnaryOp::kCos},
                                                 {Op::kCeil, nn::UnaryOp::kCeil},
                                                 {Op::kFloor, nn::UnaryOp::kFloor},
                                                 {Op::kRound, nn::UnaryOp::kRound},
                                                 {Op::kLeakyRelu, nn::UnaryOp::kLeakyRelu}};
  StepWriter<nn::UnaryFloatParams> step(context, nn::Opcode::kUnaryFloat);
  step.params.op = nn::UnaryOp::kClamp;
  step.params.a = context.attributes().alpha;
  for (const auto& [op, kernel] : kOps) {
    if (op == context.node().op) step.params.op = kernel;
  }
  if (step.params.op == nn::UnaryOp::kClamp) {
    const Clamp clamp = ClampOf(graph::ActivationOf(context.node().op), context.Out());
    step.params.a = std::bit_cast<float>(clamp.min);
    step.params.b = std::bit_cast<float>(clamp.max);
  }
  Finish(context, step);
  return {};
}

// LOGISTIC and TANH of int16. Source: TFLM logistic_common.cc, tanh.cc.
Outcome<void> EmitSigmoid16(Context& context) {
  const bool is_tanh = context.node().op == Op::kTanh;
  const double scale = context.In(0).quantization.scale();
  int exponent = 0;
  const bool is_power_of_two = std::frexp(scale, &exponent) == 0.5;
  const int shift = 12 + exponent - 1;
  StepWriter<nn::Lookup16Params> step(context, nn::Opcode::kLookup16);
  nn::Lookup16Params& p = step.params;
  if (is_power_of_two && (shift == 0 || (is_tanh && shift == 1))) {
    p.multiplier = 3 << shift;
  } else {
    double multiplier = scale * 4096.0 * 3.0;
    for (; multiplier <= 32767.0 / 2.0 && p.shift <= 30; ++p.shift) multiplier *= 2;
    p.multiplier = static_cast<std::int16_t>(std::min(multiplier, 32767.0));
  }
  p.table = context.AddConstants(SigmoidTable16());
  p.tanh = is_tanh;
  Finish(context, step);
  return {};
}

}  // namespace

Outcome<void> LowerUnary(Context& context) {
  TINYFOG_TRY(context.Expect(1));
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& output = context.Out();
  const Op op = context.node().op;
  if (input.type != output.type || input.elements() != output.elements()) {
    return context.Invalid("input and output must have the same type and size");
  }
  if (input.type == nn::Type::kBool && op == Op::kLogicalNot) {
    EmitTable(context, [](std::int32_t x) { return x == 0; });
    return {};
  }
  if (input.type == nn::Type::kFloat32 && op != Op::kLogicalNot) return EmitFloat(context);
  const bool is_quantised = !input.quantization.empty() && !output.quantization.empty();
  if (is_quantised && (input.type == nn::Type::kInt8 || input.type == nn::Type::kInt16) &&
      IsPiecewiseLinear(op)) {
    return EmitQuantisedPieces(context);
  }
  if (is_quantised && input.type == nn::Type::kInt8) {
    const auto table = FunctionTable(op, input, output);
    if (table) {
      EmitTable(context,
                [&](std::int32_t x) { return (*table)[static_cast<std::size_t>(x + 128)]; });
      return {};
    }
  }
  if (is_quantised && input.type == nn::Type::kInt16 && (op == Op::kLogistic || op == Op::kTanh)) {
    return EmitSigmoid16(context);
  }
  return context.Unsupported("type " + std::string(graph::TypeName(input.type)) +
                             " is not supported; supported are FLOAT32 and, for activations, INT8");
}

Outcome<void> LowerQuantize(Context& context) {
  TINYFOG_TRY(context.Expect(1));
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& output = context.Out();
  if (output.quantization.empty() || input.elements() != output.elements()) {
    return context.Invalid("the output is not quantised or has another size than the input");
  }
  if (output.type == nn::Type::kFloat32 || output.type == nn::Type::kInt64) {
    return context.Unsupported("supported outputs are INT8, UINT8, INT16 and INT32");
  }
  if (input.type == nn::Type::kFloat32) {
    StepWriter<nn::QuantizeParams> step(context, nn::Opcode::kQuantizeFloat);
    step.params.scale = output.quantization.scale();
    step.params.zero_point = output.quantization.zero_point();
    step.params.type = static_cast<std::uint32_t>(output.type);
    Finish(context, step);
    return {};
  }
  if (input.quantization.empty() || input.type == nn::Type::kInt64) {
    return context.Unsupported("supported inputs are FLOAT32, INT8, UINT8, INT16 and INT32");
  }
  Pieces f;
  f.positive = f.negative = graph::RescaleOf(Op::kQuantize, input, output);
  f.clamp = {LowestOf(output.type), HighestOf(output.type)};
  EmitPieces(context, f);
  return {};
}

Outcome<void> LowerDequantize(Context& context) {
  TINYFOG_TRY(context.Expect(1));
  const graph::Tensor& input = context.In(0);
  if (input.quantization.empty() || context.Out().type != nn::Type::kFloat32 ||
      input.type == nn::Type::kFloat32 || input.type == nn::Type::kInt64 || input.four_bit) {
    return context.Unsupported("supported inputs are INT8, UINT8, INT16 and INT32");
  }
  StepWriter<nn::QuantizeParams> step(context, nn::Opcode::kDequantize);
  step.params.scale = input.quantization.scale();
  step.params.zero_point = input.quantization.zero_point();
  step.params.type = static_cast<std::uint32_t>(input.type);
  Finish(context, step);
  return {};
}

Outcome<void> LowerCast(Context& context) {
  TINYFOG_TRY(context.Expect(1));
  if (context.In(0).type == nn::Type::kInt64 || context.Out().type == nn::Type::kInt64) {
    return context.Unsupported("INT64 is not supported");
  }
  StepWriter<nn::CastParams> step(context, nn::Opcode::kCast);
  step.params.input_type = static_cast<std::uint8_t>(context.In(0).type);
  step.params.output_type = static_cast<std::uint8_t>(context.Out().type);
  Finish(context, step);
  return {};
}

}  // namespace tinyfog::compile
