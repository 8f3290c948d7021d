#include <algorithm>

#include "model_file.h"
#include "operator_view.h"
#include "validate.h"

namespace tinyfog::inference {
namespace {

using Op = tflite::BuiltinOperator;
using Options = tflite::BuiltinOptions;
using tflite::TensorT;
using tflite::TensorType;

// Far above what makes sense on a gateway, far below what makes it fall over.
constexpr std::size_t kMaxTensors = 20'000;
constexpr std::size_t kMaxRank = 5;
constexpr std::uint64_t kMaxActivationBytes = 256ull << 20;
constexpr double kMaxMultiplications = 4e9;
// Sums of products of two quantised values stay finite as floats.
constexpr float kMaxScale = 1e9f;

struct Rule {
  Op op;
  std::size_t min_inputs, max_inputs;
  std::size_t max_outputs;
  Options options;  ///< which the engine reads without asking; NONE: any
  OperatorCheck check;
};

constexpr std::size_t kMany = 64;

/// The operators that Arm NN 20.08's parser knows.
constexpr Rule kRules[] = {
    {Op::ADD, 2, 2, 1, Options::AddOptions, CheckBinary},
    {Op::AVERAGE_POOL_2D, 1, 1, 1, Options::Pool2DOptions, CheckPool},
    {Op::BATCH_TO_SPACE_ND, 3, 3, 1, Options::NONE, CheckBatchToSpace},
    {Op::CONCATENATION, 1, kMany, 1, Options::ConcatenationOptions, CheckConcatenation},
    {Op::CONV_2D, 2, 3, 1, Options::Conv2DOptions, CheckConv},
    {Op::DEPTHWISE_CONV_2D, 2, 3, 1, Options::DepthwiseConv2DOptions, CheckDepthwise},
    {Op::DEQUANTIZE, 1, 1, 1, Options::NONE, CheckUnary},
    {Op::DIV, 2, 2, 1, Options::DivOptions, CheckDiv},
    {Op::ELU, 1, 1, 1, Options::NONE, CheckUnary},
    {Op::EXP, 1, 1, 1, Options::NONE, CheckUnary},
    {Op::FULLY_CONNECTED, 2, 3, 1, Options::FullyConnectedOptions, CheckFullyConnected},
    {Op::HARD_SWISH, 1, 1, 1, Options::NONE, CheckUnary},
    {Op::L2_NORMALIZATION, 1, 1, 1, Options::L2NormOptions, CheckUnary},
    {Op::LEAKY_RELU, 1, 1, 1, Options::LeakyReluOptions, CheckLeakyRelu},
    {Op::LOGISTIC, 1, 1, 1, Options::NONE, CheckUnary},
    {Op::MAXIMUM, 2, 2, 1, Options::NONE, CheckBinary},
    {Op::MAX_POOL_2D, 1, 1, 1, Options::Pool2DOptions, CheckPool},
    {Op::MEAN, 2, 2, 1, Options::ReducerOptions, CheckMean},
    {Op::MINIMUM, 2, 2, 1, Options::NONE, CheckBinary},
    {Op::MUL, 2, 2, 1, Options::MulOptions, CheckBinary},
    {Op::NEG, 1, 1, 1, Options::NONE, CheckUnary},
    {Op::PACK, 1, kMany, 1, Options::PackOptions, CheckPack},
    {Op::PAD, 2, 2, 1, Options::NONE, CheckPad},
    {Op::QUANTIZE, 1, 1, 1, Options::NONE, CheckUnary},
    {Op::RELU, 1, 1, 1, Options::NONE, CheckUnary},
    {Op::RELU6, 1, 1, 1, Options::NONE, CheckUnary},
    {Op::RESHAPE, 1, 2, 1, Options::NONE, CheckReshape},
    {Op::RESIZE_BILINEAR, 2, 2, 1, Options::ResizeBilinearOptions, CheckResize},
    {Op::RESIZE_NEAREST_NEIGHBOR, 2, 2, 1, Options::ResizeNearestNeighborOptions, CheckResize},
    {Op::SLICE, 3, 3, 1, Options::NONE, CheckSlice},
    {Op::SOFTMAX, 1, 1, 1, Options::SoftmaxOptions, CheckSoftmax},
    {Op::SPACE_TO_BATCH_ND, 3, 3, 1, Options::NONE, CheckSpaceToBatch},
    {Op::SPLIT, 2, 2, kMany, Options::SplitOptions, CheckSplit},
    {Op::SPLIT_V, 3, 3, kMany, Options::SplitVOptions, CheckSplitV},
    {Op::SQUEEZE, 1, 1, 1, Options::SqueezeOptions, CheckSqueeze},
    {Op::STRIDED_SLICE, 4, 4, 1, Options::StridedSliceOptions, CheckStridedSlice},
    {Op::SUB, 2, 2, 1, Options::SubOptions, CheckBinary},
    {Op::TANH, 1, 1, 1, Options::NONE, CheckUnary},
    {Op::TRANSPOSE, 2, 2, 1, Options::NONE, CheckTranspose},
    {Op::TRANSPOSE_CONV, 3, 3, 1, Options::TransposeConvOptions, CheckTransposeConv},
    {Op::UNPACK, 1, 1, kMany, Options::UnpackOptions, CheckUnpack},
};

const Rule* FindRule(Op op) {
  for (const auto& rule : kRules) {
    if (rule.op == op) return &rule;
  }
  return nullptr;
}

bool IsQuantizedType(TensorType type) {
  return type == TensorType::INT8 || type == TensorType::UINT8 || type == TensorType::INT16;
}

/// Scales without which quantised arithmetic would divide by zero, and shapes that the engine can
/// hold.
Outcome<void> CheckTensor(const tflite::ModelT& model, const tflite::SubGraphT& graph,
                          std::size_t index) {
  const TensorT& tensor = *graph.tensors[index];
  const auto fail = [&](const std::string& text) {
    return InvalidArgument(tflite::TensorText(graph, static_cast<std::int64_t>(index)) + " " +
                           text);
  };
  if (tensor.shape.size() > kMaxRank) return fail("has more than five dimensions");
  for (const auto dimension : tensor.shape) {
    if (dimension < 1) return fail("has an empty dimension");
  }
  if (tensor.sparsity || tensor.is_variable) return fail("is sparse or a variable: not supported");
  const bool constant = !tflite::ConstantBytes(model, tensor).empty();
  const std::size_t scales = tensor.quantization ? tensor.quantization->scale.size() : 0;
  if (IsQuantizedType(tensor.type) && scales == 0) return fail("is quantised but has no scale");
  for (std::size_t i = 0; i < scales; ++i) {
    if (tensor.quantization->scale[i] > kMaxScale) return fail("has a scale above 1e9");
  }
  if (!constant && scales > 1) return fail("is no constant but has several scales");
  if (tensor.quantization && scales > 1) {
    const auto axis = tensor.quantization->quantized_dimension;
    if (axis < 0 || axis > 3) return fail("is quantised along an axis above 3");
  }
  return {};
}

std::size_t Scales(const OperatorView& op, std::size_t input) {
  const auto& quantization = op.Input(input).quantization;
  return quantization ? quantization->scale.size() : 0;
}

/// Where weights have a scale per channel, everything else must be quantised to match.
Outcome<void> CheckConvolutionScales(const OperatorView& op) {
  const bool transposed = op.kind() == Op::TRANSPOSE_CONV;
  const std::size_t weights = Scales(op, 1);
  const std::size_t bias = !transposed && op.HasInput(2) ? Scales(op, 2) : weights;
  if (weights <= 1 && bias <= 1) return {};
  if (weights != bias || op.Input(transposed ? 2 : 0).type != TensorType::INT8 ||
      op.Output().type != TensorType::INT8) {
    return op.Fail(
        "scales per channel need INT8 input and output, and as many scales for the "
        "bias as for the weights");
  }
  return {};
}

/// Scales per channel, which the engine only expects in the weights of convolutions, along their
/// channels; elsewhere it aborts the process.
Outcome<void> CheckChannelScales(const OperatorView& op) {
  const bool depthwise = op.kind() == Op::DEPTHWISE_CONV_2D;
  const bool convolution = depthwise || op.kind() == Op::CONV_2D || op.kind() == Op::TRANSPOSE_CONV;
  for (std::size_t i = 0; i < op.inputs(); ++i) {
    if (!op.HasInput(i)) continue;
    const auto& tensor = op.Input(i);
    if (!tensor.quantization || tensor.quantization->scale.size() <= 1) continue;
    const bool weights = i == 1 && tensor.type == TensorType::INT8;
    const bool bias = i == 2 && tensor.type == TensorType::INT32;
    const int axis = weights && depthwise ? 3 : 0;
    if (!convolution || (!weights && !bias) || tensor.quantization->quantized_dimension != axis) {
      return op.Fail("input " + std::to_string(i) +
                     " has a scale per channel, which is supported for the weights of "
                     "convolutions only; convert the model with per-tensor weights");
    }
  }
  return convolution ? CheckConvolutionScales(op) : Outcome<void>();
}

Outcome<void> CheckOperator(const OperatorView& op) {
  const Rule* rule = FindRule(op.kind());
  if (rule == nullptr) {
    return Error{Status::kUnimplemented,
                 op.Fail("Arm NN does not have this operator; the model cannot run here").message};
  }
  if (op.inputs() < rule->min_inputs || op.inputs() > rule->max_inputs || op.outputs() < 1 ||
      op.outputs() > rule->max_outputs) {
    return op.Fail("has " + std::to_string(op.inputs()) + " inputs and " +
                   std::to_string(op.outputs()) + " outputs");
  }
  for (std::size_t i = 0; i < op.inputs(); ++i) {
    const bool may_be_absent = i == 2 && rule->max_inputs == 3 && rule->min_inputs == 2;
    if (!op.HasInput(i) && !may_be_absent) return op.Fail("an input is missing");
  }
  for (const auto output : op.op().outputs) {
    if (output < 0) return op.Fail("an output is missing");
  }
  if (rule->options != Options::NONE && op.op().builtin_options.type != rule->options) {
    return op.Fail("has the options of another operator, or none");
  }
  TINYFOG_TRY(CheckChannelScales(op));
  return rule->check(op);
}

/// Multiplications that one inference takes, about.
double Multiplications(const OperatorView& op) {
  const auto outputs = static_cast<double>(Elements(op.OutputShape()));
  switch (op.kind()) {
    case Op::CONV_2D:
    case Op::FULLY_CONNECTED: {
      const auto weights = op.InputShape(1);
      return outputs * static_cast<double>(Elements(weights)) / static_cast<double>(weights[0]);
    }
    case Op::DEPTHWISE_CONV_2D: {
      const auto weights = op.InputShape(1);
      return outputs * static_cast<double>(weights[1] * weights[2]);
    }
    case Op::TRANSPOSE_CONV:
      return static_cast<double>(Elements(op.InputShape(2))) *
             static_cast<double>(Elements(op.InputShape(1))) /
             static_cast<double>(op.InputShape(1)[3]);
    case Op::AVERAGE_POOL_2D:
    case Op::MAX_POOL_2D: {
      const auto& options = *op.op().builtin_options.AsPool2DOptions();
      return outputs * options.filter_height * options.filter_width;
    }
    default: {
      double most = outputs;
      for (std::size_t i = 0; i < op.inputs(); ++i) {
        if (op.HasInput(i)) {
          most = std::max(most, static_cast<double>(Elements(op.InputShape(i))));
        }
      }
      return most;
    }
  }
}

}  // namespace

Outcome<double> CheckModel(const tflite::ModelT& model) {
  if (model.subgraphs.size() != 1) return InvalidArgument("more than one subgraph: not supported");
  const auto& graph = *model.subgraphs[0];
  if (graph.tensors.size() > kMaxTensors) return InvalidArgument("more than 20000 tensors");
  if (graph.operators.empty()) return InvalidArgument("the model has no operators");
  std::uint64_t activation_bytes = 0;
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    TINYFOG_TRY(CheckTensor(model, graph, i));
    if (tflite::ConstantBytes(model, *graph.tensors[i]).empty()) {
      activation_bytes += tflite::ByteSize(*graph.tensors[i]);
    }
  }
  if (activation_bytes > kMaxActivationBytes) {
    return InvalidArgument("the model's activations take " + std::to_string(activation_bytes) +
                           " bytes; at most " + std::to_string(kMaxActivationBytes) +
                           " are allowed");
  }
  double multiplications = 0;
  for (std::size_t i = 0; i < graph.operators.size(); ++i) {
    const OperatorView op(model, graph, i);
    TINYFOG_TRY(CheckOperator(op));
    multiplications += Multiplications(op);
  }
  if (multiplications > kMaxMultiplications) {
    return InvalidArgument("one inference takes more than 4e9 multiplications");
  }
  return multiplications;
}

}  // namespace tinyfog::inference
