#include <algorithm>
#include <array>

#include "lower.h"
#include "lower_dsp.h"
#include "lower_x86.h"
#include "scale.h"
#include "tinyfog/nn/kernels/elementwise.h"

namespace tinyfog::compile {
namespace {

using Strides = std::array<std::uint32_t, 4>;

// A tensor's shape with leading ones, `rank` long.
std::vector<std::uint32_t> Padded(const std::vector<std::int32_t>& shape, std::size_t rank) {
  std::vector<std::uint32_t> padded(rank - shape.size(), 1);
  padded.insert(padded.end(), shape.begin(), shape.end());
  return padded;
}

// Spreads two operands over the output; neighbouring dimensions that behave alike become one.
Outcome<void> Spread(const Context& context, nn::BinaryShape& s) {
  const std::size_t rank = context.Out().shape.size();
  if (context.In(0).shape.size() > rank || context.In(1).shape.size() > rank) {
    return context.Invalid("the operands do not broadcast to the output");
  }
  const auto a = Padded(context.In(0).shape, rank);
  const auto b = Padded(context.In(1).shape, rank);
  const auto out = Padded(context.Out().shape, rank);
  std::fill(std::begin(s.dimensions), std::end(s.dimensions), 1u);
  std::uint32_t a_step = 1;
  std::uint32_t b_step = 1;
  int at = 4;  // the merged dimension in work
  int kind = -1;
  for (std::size_t i = rank; i-- > 0;) {
    if (std::max(a[i], b[i]) != out[i] || (a[i] != out[i] && a[i] != 1) ||
        (b[i] != out[i] && b[i] != 1)) {
      return context.Invalid("the operands do not broadcast to the output");
    }
    if (out[i] == 1) continue;
    const int this_kind = (a[i] != 1 ? 1 : 0) + (b[i] != 1 ? 2 : 0);
    if (this_kind != kind) {
      if (--at < 0) return context.Unsupported("broadcasting over more than 4 groups");
      kind = this_kind;
      s.a_strides[at] = a[i] != 1 ? a_step : 0;
      s.b_strides[at] = b[i] != 1 ? b_step : 0;
    }
    s.dimensions[at] *= out[i];
    a_step *= a[i];
    b_step *= b[i];
  }
  return {};
}

template <class P>
void Finish(Context& context, StepWriter<P>& step) {
  step.Use(step.params.shape.a, context.InTensor(0));
  step.Use(step.params.shape.b, context.InTensor(1));
  step.Use(step.params.shape.output, context.OutTensor());
  for (const std::size_t i : {0, 1}) {
    if (context.In(i).bytes() == context.Out().bytes()) {
      step.AllowInPlace(context.InTensor(i), context.OutTensor());
    }
  }
  step.Finish();
}

bool AreAll(const Context& context, nn::Type type) {
  return context.In(0).type == type && context.In(1).type == type && context.Out().type == type;
}

Outcome<void> EmitRaw(Context& context, nn::Opcode opcode, nn::BinaryOp op) {
  StepWriter<nn::BinaryParams> step(context, opcode);
  TINYFOG_TRY(Spread(context, step.params.shape));
  step.params.op = op;
  const Clamp clamp = ClampOf(context.attributes().activation, context.Out());
  step.params.clamp_min = clamp.min;
  step.params.clamp_max = clamp.max;
  Finish(context, step);
  return {};
}

struct Operands {
  float a;
  float b;
  float output;
};
Outcome<Operands> ScalesOf(const Context& context) {
  const Operands scales = {context.In(0).quantization.scale(), context.In(1).quantization.scale(),
                           context.Out().quantization.scale()};
  if (scales.a <= 0 || scales.b <= 0) return context.Invalid("an operand is not quantised");
  if (scales.output <= 0 && context.Out().type != nn::Type::kBool) {
    return context.Invalid("the output is not quantised");
  }
  return scales;
}

void SetOffsets(const Context& context, nn::QuantisedBinaryParams& p) {
  p.a_offset = -context.In(0).quantization.zero_point();
  p.b_offset = -context.In(1).quantization.zero_point();
  p.output_offset = context.Out().quantization.zero_point();
  const Clamp clamp = ClampOf(context.attributes().activation, context.Out());
  p.clamp_min = clamp.min;
  p.clamp_max = clamp.max;
}

void SetScales(nn::Scale a, nn::Scale b, nn::Scale output, nn::QuantisedBinaryParams& p) {
  p.a_multiplier = a.multiplier;
  p.a_shift = a.shift;
  p.b_multiplier = b.multiplier;
  p.b_shift = b.shift;
  p.output_multiplier = output.multiplier;
  p.output_shift = output.shift;
}

}  // namespace

Outcome<void> LowerAddSub(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  const bool subtract = context.node().op == graph::Op::kSub;
  if (AreAll(context, nn::Type::kFloat32)) {
    return EmitRaw(context, nn::Opcode::kBinaryFloat,
                   subtract ? nn::BinaryOp::kSub : nn::BinaryOp::kAdd);
  }
  if (AreAll(context, nn::Type::kInt32)) {
    return EmitRaw(context, nn::Opcode::kBinaryInt32,
                   subtract ? nn::BinaryOp::kSub : nn::BinaryOp::kAdd);
  }
  const bool wide = AreAll(context, nn::Type::kInt16);
  if (!wide && !AreAll(context, nn::Type::kInt8)) {
    return context.Unsupported("supported are INT8, INT16, INT32 and FLOAT32");
  }
  TINYFOG_TRY_ASSIGN(const Operands scales, ScalesOf(context));
  StepWriter<nn::QuantisedBinaryParams> step(context,
                                             wide ? nn::Opcode::kAddInt16 : nn::Opcode::kAddInt8);
  TINYFOG_TRY(Spread(context, step.params.shape));
  SetOffsets(context, step.params);
  step.params.left_shift = wide ? graph::kSumShiftInt16 : graph::kSumShiftInt8;
  step.params.op = subtract ? 1 : 0;
  const graph::SumScales s = graph::SumScalesOf(scales.a, scales.b, scales.output,
                                                static_cast<int>(step.params.left_shift));
  SetScales(s.a, s.b, s.output, step.params);
  const bool is_fast = context.target() == nn::Target::kCortexMDsp && !wide && !subtract;
  if (is_fast && LowerAddDsp(context, step.params)) return {};
  if (IsX86(context.target()) && !wide && LowerAddX86(context, step.params)) return {};
  Finish(context, step);
  return {};
}

Outcome<void> LowerMul(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  if (AreAll(context, nn::Type::kFloat32)) {
    return EmitRaw(context, nn::Opcode::kBinaryFloat, nn::BinaryOp::kMul);
  }
  if (AreAll(context, nn::Type::kInt32)) {
    return EmitRaw(context, nn::Opcode::kBinaryInt32, nn::BinaryOp::kMul);
  }
  const bool wide = AreAll(context, nn::Type::kInt16);
  if (!wide && !AreAll(context, nn::Type::kInt8)) {
    return context.Unsupported("supported are INT8, INT16, INT32 and FLOAT32");
  }
  TINYFOG_TRY_ASSIGN(const Operands s, ScalesOf(context));
  StepWriter<nn::QuantisedBinaryParams> step(context,
                                             wide ? nn::Opcode::kMulInt16 : nn::Opcode::kMulInt8);
  TINYFOG_TRY(Spread(context, step.params.shape));
  SetOffsets(context, step.params);
  SetScales({0, 0}, {0, 0}, graph::ProductScaleOf(s.a, s.b, s.output), step.params);
  Finish(context, step);
  return {};
}

Outcome<void> LowerSquaredDifference(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  if (AreAll(context, nn::Type::kFloat32)) {
    return EmitRaw(context, nn::Opcode::kBinaryFloat, nn::BinaryOp::kSquaredDifference);
  }
  const bool wide = AreAll(context, nn::Type::kInt16);
  if (!wide && !AreAll(context, nn::Type::kInt8)) {
    return context.Unsupported("supported are INT8, INT16 and FLOAT32");
  }
  TINYFOG_TRY_ASSIGN(const Operands s, ScalesOf(context));
  StepWriter<nn::QuantisedBinaryParams> step(
      context, wide ? nn::Opcode::kSquaredDifferenceInt16 : nn::Opcode::kSquaredDifferenceInt8);
  nn::QuantisedBinaryParams& p = step.params;
  TINYFOG_TRY(Spread(context, p.shape));
  SetOffsets(context, p);
  p.left_shift = wide ? 0 : 7;
  const double twice = 2.0 * static_cast<double>(std::max(s.a, s.b));
  const double output =
      twice * twice / (static_cast<double>(1 << (p.left_shift * 2)) * double{s.output});
  SetScales(ScaleOf(s.a / twice), ScaleOf(s.b / twice), ScaleOf(output), p);
  Finish(context, step);
  return {};
}

Outcome<void> LowerMaximumMinimum(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  const nn::BinaryOp op =
      context.node().op == graph::Op::kMaximum ? nn::BinaryOp::kMaximum : nn::BinaryOp::kMinimum;
  if (AreAll(context, nn::Type::kFloat32)) return EmitRaw(context, nn::Opcode::kBinaryFloat, op);
  if (AreAll(context, nn::Type::kInt32)) return EmitRaw(context, nn::Opcode::kBinaryInt32, op);
  if (AreAll(context, nn::Type::kInt16)) return EmitRaw(context, nn::Opcode::kBinaryInt16, op);
  if (AreAll(context, nn::Type::kInt8)) return EmitRaw(context, nn::Opcode::kBinaryInt8, op);
  return context.Unsupported("supported are INT8, INT16, INT32 and FLOAT32");
}

Outcome<void> LowerComparison(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  constexpr std::pair<graph::Op, nn::BinaryOp> kOps[] = {
      {graph::Op::kEqual, nn::BinaryOp::kEqual},
      {graph::Op::kNotEqual, nn::BinaryOp::kNotEqual},
      {graph::Op::kGreater, nn::BinaryOp::kGreater},
      {graph::Op::kGreaterEqual, nn::BinaryOp::kGreaterEqual},
      {graph::Op::kLess, nn::BinaryOp::kLess},
      {graph::Op::kLessEqual, nn::BinaryOp::kLessEqual}};
  const nn::BinaryOp op = std::find_if(std::begin(kOps), std::end(kOps), [&](const auto& entry) {
                            return entry.first == context.node().op;
                          })->second;
  const nn::Type type = context.In(0).type;
  if (context.In(1).type != type || context.Out().type != nn::Type::kBool) {
    return context.Invalid("the operands' types differ or the output is not BOOL");
  }
  if (type == nn::Type::kFloat32) return EmitRaw(context, nn::Opcode::kBinaryFloat, op);
  if (type == nn::Type::kInt32) return EmitRaw(context, nn::Opcode::kBinaryInt32, op);
  if (type == nn::Type::kBool) return EmitRaw(context, nn::Opcode::kBinaryInt8, op);
  if (type != nn::Type::kInt8) {
    return context.Unsupported("supported are INT8, INT32, FLOAT32 and BOOL");
  }
  TINYFOG_TRY_ASSIGN(const Operands s, ScalesOf(context));
  StepWriter<nn::QuantisedBinaryParams> step(context, nn::Opcode::kCompareInt8);
  TINYFOG_TRY(Spread(context, step.params.shape));
  SetOffsets(context, step.params);
  step.params.left_shift = 8;
  step.params.op = static_cast<std::uint32_t>(op);
  SetScales(ScaleOf(double{s.a}), ScaleOf(double{s.b}), {0, 0}, step.params);
  Finish(context, step);
  return {};
}

Outcome<void> LowerFloatBinary(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  if (!AreAll(context, nn::Type::kFloat32)) return context.Unsupported("supported is FLOAT32");
  switch (context.node().op) {
    case graph::Op::kDiv:
      return EmitRaw(context, nn::Opcode::kBinaryFloat, nn::BinaryOp::kDiv);
    case graph::Op::kFloorDiv:
      return EmitRaw(context, nn::Opcode::kBinaryFloat, nn::BinaryOp::kFloorDiv);
    default:
      return EmitRaw(context, nn::Opcode::kBinaryFloat, nn::BinaryOp::kFloorMod);
  }
}

Outcome<void> LowerLogical(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  if (!AreAll(context, nn::Type::kBool)) return context.Unsupported("supported is BOOL");
  return EmitRaw(
      context, nn::Opcode::kBinaryInt8,
      context.node().op == graph::Op::kLogicalAnd ? nn::BinaryOp::kAnd : nn::BinaryOp::kOr);
}

Outcome<void> LowerPrelu(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  if (AreAll(context, nn::Type::kFloat32)) {
    StepWriter<nn::BinaryParams> step(context, nn::Opcode::kPreluFloat);
    TINYFOG_TRY(Spread(context, step.params.shape));
    Finish(context, step);
    return {};
  }
  if (!AreAll(context, nn::Type::kInt8)) return context.Unsupported("supported are INT8, FLOAT32");
  TINYFOG_TRY_ASSIGN(const Operands s, ScalesOf(context));
  StepWriter<nn::QuantisedBinaryParams> step(context, nn::Opcode::kPreluInt8);
  TINYFOG_TRY(Spread(context, step.params.shape));
  SetOffsets(context, step.params);
  SetScales({0, 0}, ScaleOf(double{s.a} * double{s.b} / double{s.output}),
            ScaleOf(double{s.a} / double{s.output}), step.params);
  Finish(context, step);
  return {};
}

}  // namespace tinyfog::compile
