#include <algorithm>
#include <bit>
#include <cmath>

#include "channels.h"
#include "function_table.h"
#include "lower.h"
#include "scale.h"
#include "tinyfog/nn/kernels/recurrent.h"

namespace tinyfog::compile {
namespace {

using graph::Tensor;

bool HasShape(const Tensor& tensor, std::size_t rows, std::size_t columns) {
  return tensor.shape.size() == 2 && static_cast<std::size_t>(tensor.shape[0]) == rows &&
         static_cast<std::size_t>(tensor.shape[1]) == columns;
}

// Errors: one of the inputs is no constant of the type and size.
Outcome<void> ExpectConstant(const Context& context, std::size_t input, nn::Type type,
                             std::size_t rows, std::size_t columns) {
  if (!context.Has(input)) {
    return context.Invalid("input " + std::to_string(input) + " is missing");
  }
  const Tensor& tensor = context.In(input);
  if (!tensor.constant || tensor.four_bit || tensor.type != type ||
      !HasShape(tensor, rows, columns)) {
    return context.Unsupported("input " + std::to_string(input) + " is " +
                               graph::TensorText(tensor) + "; supported is a constant " +
                               std::string(graph::TypeName(type)) + " [" + std::to_string(rows) +
                               "," + std::to_string(columns) + "]");
  }
  return {};
}

// Errors: the tensor is no variable of the type and size.
Outcome<void> ExpectState(const Context& context, std::size_t input, nn::Type type,
                          std::size_t elements) {
  if (!context.Has(input) || !context.In(input).is_variable || context.In(input).type != type ||
      context.In(input).elements() != elements) {
    return context.Unsupported("input " + std::to_string(input) + " must be a variable of " +
                               std::to_string(elements) + " " + std::string(graph::TypeName(type)));
  }
  return {};
}

double ScaleOf(const Tensor& tensor) { return double{tensor.quantization.scale()}; }

void SetScale(const nn::Scale& scale, std::int32_t& multiplier, std::int32_t& shift) {
  multiplier = scale.multiplier;
  shift = scale.shift;
}

Outcome<nn::Ref> BiasBlock(Context& context, std::size_t input, nn::Type type, std::size_t count) {
  if (!context.Has(input)) {
    return context.AddConstant(std::vector<std::uint8_t>(count * nn::SizeOf(type)),
                               nn::SizeOf(type));
  }
  const Tensor& bias = context.In(input);
  if (!bias.constant || bias.type != type || bias.elements() != count) {
    return context.Unsupported("the bias must be a constant " + std::string(graph::TypeName(type)) +
                               " of " + std::to_string(count) + " values");
  }
  return context.AddConstant(*bias.constant, nn::SizeOf(type));
}

// TFLM multiplies these scales in float32.
void SetSvdfScales(const Context& context, nn::SvdfParams& p) {
  const auto scale = [&](std::size_t i) { return context.In(i).quantization.scale(); };
  const float state = scale(0) * scale(1) / scale(4);
  const float output = scale(4) * scale(2) / context.Out().quantization.scale();
  SetScale(compile::ScaleOf(double{state}), p.state_multiplier, p.state_shift);
  SetScale(compile::ScaleOf(double{output}), p.output_multiplier, p.output_shift);
  p.input_zero_point = context.In(0).quantization.zero_point();
  p.state_zero_point = context.In(4).quantization.zero_point();
  p.output_zero_point = context.Out().quantization.zero_point();
}

struct LstmTypes {
  nn::Opcode opcode;
  nn::Type weight;
  nn::Type bias;
  nn::Type cell;
};

Outcome<LstmTypes> TypesOf(const Context& context) {
  const nn::Type type = context.In(0).type;
  if (context.Out().type == type) {
    if (type == nn::Type::kInt8) {
      return LstmTypes{nn::Opcode::kLstmInt8, nn::Type::kInt8, nn::Type::kInt32, nn::Type::kInt16};
    }
    if (type == nn::Type::kInt16) {
      return LstmTypes{nn::Opcode::kLstmInt16, nn::Type::kInt8, nn::Type::kInt64, nn::Type::kInt16};
    }
    if (type == nn::Type::kFloat32) {
      return LstmTypes{nn::Opcode::kLstmFloat, type, type, type};
    }
  }
  return context.Unsupported("supported are INT8, INT16 and FLOAT32");
}

// Where the gates forget, input, cell and output have their tensors among the node's inputs.
constexpr std::size_t kInputWeights[] = {2, 1, 3, 4};
constexpr std::size_t kRecurrentWeights[] = {6, 5, 7, 8};
constexpr std::size_t kBiases[] = {13, 12, 14, 15};
constexpr std::size_t kHidden = 18;
constexpr std::size_t kCell = 19;
constexpr double kGateScale = 1.0 / 32768;  // Q0.15

Outcome<void> CheckLstm(const Context& context) {
  TINYFOG_TRY(context.Expect(1));
  for (std::size_t i = 9; i < context.input_count(); ++i) {
    const bool is_variant = i < 12 || i == 16 || i == 17 || i > kCell;
    if (is_variant && context.Has(i)) {
      return context.Unsupported(
          "peepholes, projection and layer normalisation are not supported (input " +
          std::to_string(i) + ")");
    }
  }
  if (context.attributes().activation != graph::Activation::kTanh) {
    return context.Unsupported("the activation must be TANH");
  }
  if (context.In(0).shape.size() != 3 || context.Out().shape.size() != 3) {
    return context.Unsupported("input and output must have 3 dimensions");
  }
  return {};
}

// int8: both biases with the zero points folded in.
std::vector<std::int32_t> FoldedBiases(const Context& context, std::size_t gate,
                                       const std::vector<std::int64_t>& bias, std::size_t units) {
  const auto fold = [&](std::size_t filter, const Tensor& input, std::size_t unit) {
    const std::vector<std::int8_t> weights = WeightsOf(context.In(filter));
    const std::size_t columns = weights.size() / units;
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < columns; ++i) sum += weights[unit * columns + i];
    return -sum * input.quantization.zero_point();
  };
  std::vector<std::int32_t> folded;
  for (std::size_t u = 0; u < units; ++u) {
    const std::int64_t value = bias[u] + fold(kInputWeights[gate], context.In(0), u);
    folded.push_back(static_cast<std::int32_t>(value));
  }
  for (std::size_t u = 0; u < units; ++u) {
    const std::int64_t value = fold(kRecurrentWeights[gate], context.In(kHidden), u);
    folded.push_back(static_cast<std::int32_t>(value));
  }
  return folded;
}

Outcome<nn::Ref> GateBias(Context& context, const LstmTypes& types, std::size_t gate,
                          std::size_t units) {
  if (types.bias != nn::Type::kInt32) {
    return BiasBlock(context, kBiases[gate], types.bias, units);
  }
  std::vector<std::int64_t> bias(units);
  if (context.Has(kBiases[gate])) {
    TINYFOG_TRY_ASSIGN(bias, context.Integers(kBiases[gate]));
  }
  if (bias.size() != units) return context.Invalid("a bias does not fit the units");
  return context.AddConstants(FoldedBiases(context, gate, bias, units));
}

Outcome<void> SetGate(Context& context, const LstmTypes& types, std::size_t gate, std::size_t units,
                      std::size_t inputs, StepWriter<nn::LstmParams>& step) {
  TINYFOG_TRY(ExpectConstant(context, kInputWeights[gate], types.weight, units, inputs));
  TINYFOG_TRY(ExpectConstant(context, kRecurrentWeights[gate], types.weight, units, units));
  nn::LstmGate& g = step.params.gates[gate];
  step.Use(g.input_weights, context.InTensor(kInputWeights[gate]));
  step.Use(g.recurrent_weights, context.InTensor(kRecurrentWeights[gate]));
  TINYFOG_TRY_ASSIGN(g.bias, GateBias(context, types, gate, units));
  if (types.weight != nn::Type::kInt8) return {};
  // To Q3.12; TFLM multiplies the two scales in float32.
  const auto rescale = [&](std::size_t input, std::size_t filter) {
    return compile::ScaleOf(
        double{context.In(input).quantization.scale() * context.In(filter).quantization.scale()} *
        4096);
  };
  SetScale(rescale(0, kInputWeights[gate]), g.input_multiplier, g.input_shift);
  SetScale(rescale(kHidden, kRecurrentWeights[gate]), g.recurrent_multiplier, g.recurrent_shift);
  return {};
}

Outcome<void> SetLstmScales(Context& context, nn::LstmParams& p) {
  const double cell = ScaleOf(context.In(kCell));
  const double hidden = ScaleOf(context.In(kHidden));
  int power = 0;
  if (!(hidden > 0) || std::frexp(cell, &power) != 0.5 || power > 16 || power < -30) {
    return context.Unsupported("the cell state's scale must be a power of two");
  }
  SetScale(compile::ScaleOf(kGateScale), p.forget_multiplier, p.forget_shift);
  SetScale(compile::ScaleOf(kGateScale * kGateScale / cell), p.update_multiplier, p.update_shift);
  SetScale(compile::ScaleOf(kGateScale * kGateScale / hidden), p.hidden_multiplier, p.hidden_shift);
  p.hidden_zero_point = context.In(kHidden).quantization.zero_point();
  const int shift = 12 + power - 1;  // of a cell to Q3.12
  p.tanh_multiplier = shift < 0 ? 3 : 3 << shift;
  p.tanh_shift = static_cast<std::uint32_t>(shift < 0 ? -shift : 0);
  const double clip = double{context.attributes().cell_clip} / cell;
  p.cell_clip = static_cast<std::int32_t>(std::clamp(clip, 0.0, 32767.0));
  p.table = context.AddConstants(SigmoidTable16());
  return {};
}

}  // namespace

Outcome<void> LowerSvdf(Context& context) {
  TINYFOG_TRY(context.Expect(5));
  const Tensor& input = context.In(0);
  const bool is_float = input.type == nn::Type::kFloat32;
  if (context.Out().type != input.type || (!is_float && input.type != nn::Type::kInt8) ||
      input.shape.size() != 2 || context.In(1).shape.size() != 2 ||
      context.In(2).shape.size() != 2 || context.attributes().axis < 1) {
    return context.Unsupported("supported are FLOAT32 and INT8 with 2 dimensions");
  }
  StepWriter<nn::SvdfParams> step(context,
                                  is_float ? nn::Opcode::kSvdfFloat : nn::Opcode::kSvdfInt8);
  nn::SvdfParams& p = step.params;
  p.batches = static_cast<std::uint32_t>(input.shape[0]);
  p.inputs = static_cast<std::uint32_t>(input.shape[1]);
  p.filters = static_cast<std::uint32_t>(context.In(1).shape[0]);
  p.rank = static_cast<std::uint32_t>(context.attributes().axis);
  p.memory = static_cast<std::uint32_t>(context.In(2).shape[1]);
  const nn::Type state = context.In(2).type;
  if (is_float != (state == nn::Type::kFloat32) ||
      (!is_float && state != nn::Type::kInt8 && state != nn::Type::kInt16)) {
    return context.Unsupported("the time weights must be INT8 or INT16 (FLOAT32 for FLOAT32)");
  }
  TINYFOG_TRY(ExpectConstant(context, 1, input.type, p.filters, p.inputs));
  TINYFOG_TRY(ExpectConstant(context, 2, state, p.filters, p.memory));
  TINYFOG_TRY(ExpectState(context, 4, state, std::size_t{p.batches} * p.filters * p.memory));
  const std::size_t units = p.filters / p.rank;
  if (units * p.rank != p.filters || context.Out().elements() != p.batches * units) {
    return context.Invalid("filters, rank and output do not fit");
  }
  TINYFOG_TRY_ASSIGN(p.bias,
                     BiasBlock(context, 3, is_float ? input.type : nn::Type::kInt32, units));
  if (is_float) {
    const Clamp clamp = ClampOf(context.attributes().activation, context.Out());
    p.clamp_min = std::bit_cast<float>(clamp.min);
    p.clamp_max = std::bit_cast<float>(clamp.max);
  } else {
    SetSvdfScales(context, p);
  }
  p.state_type = static_cast<std::uint32_t>(state);
  step.Use(p.input, context.InTensor(0));
  step.Use(p.feature_weights, context.InTensor(1));
  step.Use(p.time_weights, context.InTensor(2));
  step.Use(p.state, context.InTensor(4));
  step.Use(p.output, context.OutTensor());
  step.Finish();
  return {};
}

Outcome<void> LowerLstm(Context& context) {
  TINYFOG_TRY(CheckLstm(context));
  TINYFOG_TRY_ASSIGN(const LstmTypes types, TypesOf(context));
  const std::vector<std::int32_t>& shape = context.In(0).shape;
  const bool time_major = context.attributes().time_major;
  StepWriter<nn::LstmParams> step(context, types.opcode);
  nn::LstmParams& p = step.params;
  p.time_major = time_major;
  p.batches = static_cast<std::uint32_t>(shape[time_major ? 1 : 0]);
  p.steps = static_cast<std::uint32_t>(shape[time_major ? 0 : 1]);
  p.inputs = static_cast<std::uint32_t>(shape[2]);
  p.units = static_cast<std::uint32_t>(context.Out().shape[2]);
  const std::size_t states = std::size_t{p.batches} * p.units;
  if (context.Out().elements() != states * p.steps) {
    return context.Invalid("the output does not fit the input");
  }
  TINYFOG_TRY(ExpectState(context, kHidden, context.In(0).type, states));
  TINYFOG_TRY(ExpectState(context, kCell, types.cell, states));
  for (std::size_t gate = 0; gate < 4; ++gate) {
    TINYFOG_TRY(SetGate(context, types, gate, p.units, p.inputs, step));
  }
  if (types.weight == nn::Type::kInt8) {
    TINYFOG_TRY(SetLstmScales(context, p));
  } else {
    p.table = nn::kNoRef;
    p.cell_clip = std::bit_cast<std::int32_t>(context.attributes().cell_clip);
  }
  step.Use(p.input, context.InTensor(0));
  step.Use(p.hidden, context.InTensor(kHidden));
  step.Use(p.cell, context.InTensor(kCell));
  step.Use(p.output, context.OutTensor());
  step.Finish();
  return {};
}

}  // namespace tinyfog::compile
