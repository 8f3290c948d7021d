#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tinyfog/nn/format.h"

/// The compiler's picture of a network: what every front end makes and every pass changes.
namespace tinyfog::graph {

/// Operators, named as TensorFlow Lite names them (see OpName).
enum class Op : std::uint8_t {
  kAbs,
  kAdd,
  kAddN,
  kArgMax,
  kArgMin,
  kAveragePool2d,
  kBatchMatmul,
  kBatchToSpaceNd,
  kBroadcastTo,
  kCast,
  kCeil,
  kConcatenation,
  kConv2d,
  kCos,
  kCumsum,
  kDepthwiseConv2d,
  kDepthToSpace,
  kDequantize,
  kDiv,
  kElu,
  kEqual,
  kExp,
  kExpandDims,
  kFloor,
  kFloorDiv,
  kFloorMod,
  kFullyConnected,
  kGather,
  kGatherNd,
  kGreater,
  kGreaterEqual,
  kHardSwish,
  kL2Normalization,
  kL2Pool2d,
  kLeakyRelu,
  kLess,
  kLessEqual,
  kLog,
  kLogicalAnd,
  kLogicalNot,
  kLogicalOr,
  kLogistic,
  kLogSoftmax,
  kMaximum,
  kMaxPool2d,
  kMean,
  kMinimum,
  kMirrorPad,
  kMul,
  kNeg,
  kNotEqual,
  kPack,
  kPad,
  kPadV2,
  kPrelu,
  kQuantize,
  kReduceMax,
  kReduceMin,
  kRelu,
  kRelu6,
  kReluN1To1,
  kReshape,
  kResizeBilinear,
  kResizeNearestNeighbor,
  kReverseV2,
  kRound,
  kRsqrt,
  kSelect,
  kSelectV2,
  kSin,
  kSlice,
  kSoftmax,
  kSpaceToBatchNd,
  kSpaceToDepth,
  kSplit,
  kSplitV,
  kSqrt,
  kSquare,
  kSquaredDifference,
  kSqueeze,
  kStridedSlice,
  kSub,
  kSum,
  kSvdf,
  kTanh,
  kTranspose,
  kTransposeConv,
  kUnidirectionalSequenceLstm,
  kUnpack,
};

/// "CONV_2D". Static storage.
std::string_view OpName(Op op);
std::optional<Op> OpNamed(std::string_view name);
/// Every name, separated by ", ": for messages.
std::string OpNames();

enum class Activation : std::uint8_t { kNone, kRelu, kRelu6, kReluN1To1, kTanh, kSignBit };

/// Rows and columns around a map.
struct Padding {
  int top = 0;
  int left = 0;
  int bottom = 0;
  int right = 0;

  bool empty() const { return top == 0 && left == 0 && bottom == 0 && right == 0; }
  bool operator==(const Padding&) const = default;
};

/// What an operator's options say; each operator reads only what it has.
struct Attributes {
  Activation activation = Activation::kNone;
  bool same_padding = false;
  std::optional<Padding> padding;  // of convolutions: stands for same_padding (see PaddingOf)
  int stride_height = 1;
  int stride_width = 1;
  int dilation_height = 1;
  int dilation_width = 1;
  int filter_height = 1;
  int filter_width = 1;
  int axis = 0;
  int batch_dims = 0;
  int block_size = 1;
  int begin_mask = 0;
  int end_mask = 0;
  int ellipsis_mask = 0;
  int new_axis_mask = 0;
  int shrink_axis_mask = 0;
  bool keep_dims = false;
  bool align_corners = false;
  bool half_pixel_centers = false;
  bool exclusive = false;
  bool reverse = false;
  bool adjoint_x = false;
  bool adjoint_y = false;
  bool symmetric = false;   // MIRROR_PAD
  bool time_major = false;  // LSTM
  float alpha = 0;
  float beta = 1;
  float cell_clip = 0;
};

/// real = scale * (value - zero_point); along `axis` when there are several.
struct Quantization {
  std::vector<float> scales;
  std::vector<std::int32_t> zero_points;
  int axis = 0;

  bool empty() const { return scales.empty(); }
  float scale() const { return scales.empty() ? 0.0f : scales[0]; }
  std::int32_t zero_point() const { return zero_points.empty() ? 0 : zero_points[0]; }
  bool operator==(const Quantization&) const = default;
};

/// A channel (index in the last dimension) that a pass has taken out of a tensor. `value` is what
/// it always was (int8 or float32); without one nothing depended on it.
struct RemovedChannel {
  std::int32_t channel;
  std::optional<float> value;
  bool operator==(const RemovedChannel&) const = default;
};

struct Tensor {
  std::string name;
  nn::Type type = nn::Type::kInt8;
  bool four_bit = false;  // int8 values, two to a byte, the lower first
  bool is_variable = false;
  std::vector<std::int32_t> shape;
  Quantization quantization;
  std::optional<std::vector<std::uint8_t>> constant;
  std::vector<RemovedChannel> removed;  // ascending original indices

  std::size_t elements() const {
    std::size_t count = 1;
    for (const std::int32_t d : shape) count *= static_cast<std::size_t>(d);
    return count;
  }
  std::size_t bytes() const {
    return four_bit ? (elements() + 1) / 2 : elements() * nn::SizeOf(type);
  }
};

struct Node {
  Op op;
  std::vector<int> inputs;  // -1: absent
  std::vector<int> outputs;
  Attributes attributes;
  std::vector<int> intermediates;  // LSTM: tensors that hold quantisation only
  int source = -1;                 // index in the model's file, for messages
};

/// Nodes in an order in which each can run after those before it. Tensors that nothing uses may
/// stay.
struct Graph {
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;
  std::vector<int> inputs;
  std::vector<int> outputs;
};

/// "operator 3 (CONV_2D)": for messages.
std::string NodeText(const Node& node);
/// "'conv/weights' INT8 [8,3,3,1]": for messages.
std::string TensorText(const Tensor& tensor);
std::string_view TypeName(nn::Type type);

}  // namespace tinyfog::graph
