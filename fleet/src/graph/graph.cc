#include "tinyfog/graph/graph.h"

#include <iterator>

namespace tinyfog::graph {
namespace {

// In the order of Op.
constexpr std::string_view kNames[] = {"ABS",
                                       "ADD",
                                       "ADD_N",
                                       "ARG_MAX",
                                       "ARG_MIN",
                                       "AVERAGE_POOL_2D",
                                       "BATCH_MATMUL",
                                       "BATCH_TO_SPACE_ND",
                                       "BROADCAST_TO",
                                       "CAST",
                                       "CEIL",
                                       "CONCATENATION",
                                       "CONV_2D",
                                       "COS",
                                       "CUMSUM",
                                       "DEPTHWISE_CONV_2D",
                                       "DEPTH_TO_SPACE",
                                       "DEQUANTIZE",
                                       "DIV",
                                       "ELU",
                                       "EQUAL",
                                       "EXP",
                                       "EXPAND_DIMS",
                                       "FLOOR",
                                       "FLOOR_DIV",
                                       "FLOOR_MOD",
                                       "FULLY_CONNECTED",
                                       "GATHER",
                                       "GATHER_ND",
                                       "GREATER",
                                       "GREATER_EQUAL",
                                       "HARD_SWISH",
                                       "L2_NORMALIZATION",
                                       "L2_POOL_2D",
                                       "LEAKY_RELU",
                                       "LESS",
                                       "LESS_EQUAL",
                                       "LOG",
                                       "LOGICAL_AND",
                                       "LOGICAL_NOT",
                                       "LOGICAL_OR",
                                       "LOGISTIC",
                                       "LOG_SOFTMAX",
                                       "MAXIMUM",
                                       "MAX_POOL_2D",
                                       "MEAN",
                                       "MINIMUM",
                                       "MIRROR_PAD",
                                       "MUL",
                                       "NEG",
                                       "NOT_EQUAL",
                                       "PACK",
                                       "PAD",
                                       "PADV2",
                                       "PRELU",
                                       "QUANTIZE",
                                       "REDUCE_MAX",
                                       "REDUCE_MIN",
                                       "RELU",
                                       "RELU6",
                                       "RELU_N1_TO_1",
                                       "RESHAPE",
                                       "RESIZE_BILINEAR",
                                       "RESIZE_NEAREST_NEIGHBOR",
                                       "REVERSE_V2",
                                       "ROUND",
                                       "RSQRT",
                                       "SELECT",
                                       "SELECT_V2",
                                       "SIN",
                                       "SLICE",
                                       "SOFTMAX",
                                       "SPACE_TO_BATCH_ND",
                                       "SPACE_TO_DEPTH",
                                       "SPLIT",
                                       "SPLIT_V",
                                       "SQRT",
                                       "SQUARE",
                                       "SQUARED_DIFFERENCE",
                                       "SQUEEZE",
                                       "STRIDED_SLICE",
                                       "SUB",
                                       "SUM",
                                       "SVDF",
                                       "TANH",
                                       "TRANSPOSE",
                                       "TRANSPOSE_CONV",
                                       "UNIDIRECTIONAL_SEQUENCE_LSTM",
                                       "UNPACK"};
static_assert(std::size(kNames) == static_cast<std::size_t>(Op::kUnpack) + 1);

}  // namespace

std::string_view OpName(Op op) { return kNames[static_cast<std::size_t>(op)]; }

std::optional<Op> OpNamed(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return static_cast<Op>(i);
  }
  return std::nullopt;
}

std::string OpNames() {
  std::string text;
  for (const std::string_view name : kNames) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

std::string NodeText(const Node& node) {
  return "operator " + std::to_string(node.source) + " (" + std::string(OpName(node.op)) + ")";
}

std::string TensorText(const Tensor& tensor) {
  std::string shape;
  for (const std::int32_t d : tensor.shape) {
    shape += (shape.empty() ? "" : ",") + std::to_string(d);
  }
  const std::string_view type = tensor.four_bit ? "INT4" : TypeName(tensor.type);
  return "'" + tensor.name + "' " + std::string(type) + " [" + shape + "]";
}

std::string_view TypeName(nn::Type type) {
  constexpr std::string_view kTypeNames[] = {"INT8",  "UINT8",   "INT16", "INT32",
                                             "INT64", "FLOAT32", "BOOL"};
  return kTypeNames[static_cast<std::size_t>(type)];
}

}  // namespace tinyfog::graph
