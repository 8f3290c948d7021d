#include "front_armnn_2008.h"

#include <algorithm>
#include <backendsCommon/CpuTensorHandle.hpp>
#include <cstring>
#include <layers/ActivationLayer.hpp>
#include <layers/ConcatLayer.hpp>
#include <layers/ConstantLayer.hpp>
#include <layers/Convolution2dLayer.hpp>
#include <layers/DepthwiseConvolution2dLayer.hpp>
#include <layers/ElementwiseUnaryLayer.hpp>
#include <layers/FullyConnectedLayer.hpp>
#include <layers/MeanLayer.hpp>
#include <layers/PadLayer.hpp>
#include <layers/PermuteLayer.hpp>
#include <layers/Pooling2dLayer.hpp>
#include <layers/ResizeLayer.hpp>
#include <layers/SoftmaxLayer.hpp>
#include <layers/TransposeLayer.hpp>
#include <map>
#include <set>

namespace tinyfog::armnn_backend {
namespace {

using armnn::Layer;
using armnn::LayerType;
using graph::Op;

Error Unsupported(const std::string& message) { return {Status::kUnimplemented, message}; }

Outcome<graph::Tensor> TensorOf(const armnn::TensorInfo& info) {
  graph::Tensor tensor;
  TINYFOG_TRY_ASSIGN(tensor.type, TypeOf(info.GetDataType()));
  for (unsigned i = 0; i < info.GetNumDimensions(); ++i) {
    tensor.shape.push_back(static_cast<std::int32_t>(info.GetShape()[i]));
  }
  if (info.IsQuantized()) {
    tensor.quantization.scales = info.GetQuantizationScales();
    const std::size_t count = tensor.quantization.scales.size();
    tensor.quantization.zero_points.assign(count, info.GetQuantizationOffset());
    tensor.quantization.axis = info.GetQuantizationDim().has_value()
                                   ? static_cast<int>(info.GetQuantizationDim().value())
                                   : 0;
  }
  return tensor;
}

int Int(unsigned value) { return static_cast<int>(std::min(value, 1u << 30)); }

class Converter {
 public:
  explicit Converter(const armnn::SubgraphView& subgraph) : subgraph_(subgraph) {}

  Outcome<graph::Graph> Run() {
    for (const armnn::InputSlot* slot : subgraph_.GetInputSlots()) {
      TINYFOG_TRY_ASSIGN(const int tensor, Add(slot->GetConnection()->GetTensorInfo(), "input"));
      outside_[slot] = tensor;
      graph_.inputs.push_back(tensor);
    }
    for (const Layer* layer : subgraph_.GetLayers()) inside_.insert(layer);
    for (const Layer* layer : subgraph_.GetLayers()) TINYFOG_TRY(Visit(*layer));
    for (const armnn::OutputSlot* slot : subgraph_.GetOutputSlots()) {
      graph_.outputs.push_back(made_.at(slot));
    }
    return std::move(graph_);
  }

 private:
  graph::Tensor& At(int tensor) { return graph_.tensors[static_cast<std::size_t>(tensor)]; }
  Outcome<int> Add(const armnn::TensorInfo& info, const std::string& name) {
    TINYFOG_TRY_ASSIGN(graph::Tensor tensor, TensorOf(info));
    tensor.name = name;
    graph_.tensors.push_back(std::move(tensor));
    return static_cast<int>(graph_.tensors.size()) - 1;
  }
  Outcome<int> AddConstant(const armnn::ConstCpuTensorHandle& handle, const std::string& name) {
    TINYFOG_TRY_ASSIGN(const int tensor, Add(handle.GetTensorInfo(), name));
    const auto* bytes = static_cast<const std::uint8_t*>(handle.Map(true));
    At(tensor).constant.emplace(bytes, bytes + handle.GetTensorInfo().GetNumBytes());
    return tensor;
  }
  int AddIntegers(const std::vector<std::int32_t>& values, std::vector<std::int32_t> shape) {
    graph::Tensor tensor;
    tensor.type = nn::Type::kInt32;
    tensor.shape = std::move(shape);
    tensor.constant.emplace(values.size() * sizeof(values[0]));
    std::memcpy(tensor.constant->data(), values.data(), tensor.constant->size());
    graph_.tensors.push_back(std::move(tensor));
    return static_cast<int>(graph_.tensors.size()) - 1;
  }
  int AddIntegers(const std::vector<std::int32_t>& values) {
    return AddIntegers(values, {static_cast<std::int32_t>(values.size())});
  }

  // Layers come in any order: first those before this one.
  Outcome<void> Visit(const Layer& layer) {
    if (!visited_.insert(&layer).second) return {};
    for (const armnn::InputSlot& slot : layer.GetInputSlots()) {
      const Layer& before = slot.GetConnectedOutputSlot()->GetOwningLayer();
      if (inside_.count(&before) > 0) TINYFOG_TRY(Visit(before));
    }
    const auto added = AddLayer(layer);
    if (added.ok()) return {};
    return Error{added.error().code, std::string(armnn::GetLayerTypeAsCString(layer.GetType())) +
                                         " layer '" + layer.GetNameStr() +
                                         "': " + added.error().message};
  }

  int InputOf(const Layer& layer, unsigned index) const {
    const armnn::InputSlot& slot = layer.GetInputSlot(index);
    const auto outside = outside_.find(&slot);
    if (outside != outside_.end()) return outside->second;
    return made_.at(slot.GetConnectedOutputSlot());
  }

  Outcome<void> AddNode(const Layer& layer, Op op, graph::Attributes attributes = {},
                        const std::vector<int>& constants = {}) {
    graph::Node node;
    node.op = op;
    node.attributes = std::move(attributes);
    node.source = static_cast<int>(graph_.nodes.size());
    for (unsigned i = 0; i < layer.GetNumInputSlots(); ++i) {
      node.inputs.push_back(InputOf(layer, i));
    }
    node.inputs.insert(node.inputs.end(), constants.begin(), constants.end());
    for (const armnn::OutputSlot& slot : layer.GetOutputSlots()) {
      TINYFOG_TRY_ASSIGN(const int output, Add(slot.GetTensorInfo(), layer.GetNameStr()));
      made_[&slot] = output;
      node.outputs.push_back(output);
    }
    graph_.nodes.push_back(std::move(node));
    return {};
  }

  template <class L>
  static const auto& ParametersOf(const Layer& layer) {
    return static_cast<const L&>(layer).GetParameters();
  }

  Outcome<void> AddLayer(const Layer& layer) {
    switch (layer.GetType()) {
      case LayerType::Activation:
        return AddActivation(layer);
      case LayerType::Addition:
        return AddNode(layer, Op::kAdd);
      case LayerType::Subtraction:
        return AddNode(layer, Op::kSub);
      case LayerType::Multiplication:
        return AddNode(layer, Op::kMul);
      case LayerType::Division:
        return AddNode(layer, Op::kDiv);
      case LayerType::Maximum:
        return AddNode(layer, Op::kMaximum);
      case LayerType::Minimum:
        return AddNode(layer, Op::kMinimum);
      case LayerType::Prelu:
        return AddNode(layer, Op::kPrelu);
      case LayerType::Quantize:
        return AddNode(layer, Op::kQuantize);
      case LayerType::Dequantize:
        return AddNode(layer, Op::kDequantize);
      case LayerType::Reshape:
        return AddNode(layer, Op::kReshape);
      case LayerType::Constant:
        return AddConstantLayer(layer);
      case LayerType::ElementwiseUnary: {
        TINYFOG_TRY_ASSIGN(const Op op, OpOf(ParametersOf<armnn::ElementwiseUnaryLayer>(layer)));
        return AddNode(layer, op);
      }
      case LayerType::Convolution2d:
        return AddConvolution(layer);
      case LayerType::DepthwiseConvolution2d:
        return AddDepthwise(layer);
      case LayerType::FullyConnected:
        return AddFullyConnected(layer);
      case LayerType::Pooling2d:
        return AddPool(layer);
      case LayerType::Softmax:
        return AddSoftmax(layer);
      case LayerType::Concat:
        return AddConcat(layer);
      case LayerType::Mean:
        return AddMean(layer);
      case LayerType::Pad:
        return AddPad(layer);
      case LayerType::Transpose:
        return AddTranspose(layer);
      case LayerType::Resize:
        return AddResize(layer);
      default:
        return Unsupported("CpuTiny has no such layer");
    }
  }

  Outcome<void> AddActivation(const Layer& layer) {
    const auto& descriptor = ParametersOf<armnn::ActivationLayer>(layer);
    TINYFOG_TRY_ASSIGN(const Op op, OpOf(descriptor));
    graph::Attributes attributes;
    if (op == Op::kLeakyRelu) attributes.alpha = descriptor.m_A;
    return AddNode(layer, op, attributes);
  }

  Outcome<void> AddConstantLayer(const Layer& layer) {
    TINYFOG_TRY_ASSIGN(const int tensor,
                       AddConstant(*static_cast<const armnn::ConstantLayer&>(layer).m_LayerOutput,
                                   layer.GetNameStr()));
    made_[&layer.GetOutputSlot(0)] = tensor;
    return {};
  }

  template <class Descriptor>
  static graph::Attributes WindowOf(const Descriptor& d) {
    graph::Attributes a;
    a.padding =
        graph::Padding{Int(d.m_PadTop), Int(d.m_PadLeft), Int(d.m_PadBottom), Int(d.m_PadRight)};
    a.stride_height = Int(d.m_StrideY);
    a.stride_width = Int(d.m_StrideX);
    return a;
  }

  // The bias's scale as TFLite has it: Arm NN's own may be rounded.
  Outcome<int> AddBias(const armnn::ConstCpuTensorHandle* bias, int input, int filter) {
    if (bias == nullptr) return -1;
    TINYFOG_TRY_ASSIGN(const int tensor, AddConstant(*bias, "bias"));
    if (At(tensor).type != nn::Type::kInt32) return tensor;
    graph::Quantization quantization = At(filter).quantization;
    for (float& scale : quantization.scales) scale *= At(input).quantization.scale();
    quantization.axis = 0;
    At(tensor).quantization = std::move(quantization);
    return tensor;
  }

  Outcome<void> AddConvolution(const Layer& layer) {
    const auto& source = static_cast<const armnn::Convolution2dLayer&>(layer);
    const auto& d = source.GetParameters();
    if (d.m_DataLayout != armnn::DataLayout::NHWC) return Unsupported("the layout must be NHWC");
    graph::Attributes attributes = WindowOf(d);
    attributes.dilation_height = Int(d.m_DilationY);
    attributes.dilation_width = Int(d.m_DilationX);
    TINYFOG_TRY_ASSIGN(const int filter, AddConstant(*source.m_Weight, "weights"));
    TINYFOG_TRY_ASSIGN(const int bias, AddBias(d.m_BiasEnabled ? source.m_Bias.get() : nullptr,
                                               InputOf(layer, 0), filter));
    return AddNode(layer, Op::kConv2d, attributes, {filter, bias});
  }

  // Arm NN has [multiplier, channel, height, width], the graph [1, height, width, channel].
  Outcome<int> AddDepthwiseFilter(const armnn::ConstCpuTensorHandle& handle) {
    const armnn::TensorShape& shape = handle.GetTensorInfo().GetShape();
    const std::size_t multiplier = shape[0], channels = shape[1];
    const std::size_t area = std::size_t{shape[2]} * shape[3];
    TINYFOG_TRY_ASSIGN(const int filter, AddConstant(handle, "weights"));
    graph::Tensor& tensor = At(filter);
    const std::vector<std::uint8_t> from = *tensor.constant;
    const std::size_t size = nn::SizeOf(tensor.type);
    for (std::size_t i = 0; i < multiplier * channels * area; ++i) {
      const std::size_t channel = i / area % channels * multiplier + i / area / channels;
      std::memcpy(tensor.constant->data() + (i % area * channels * multiplier + channel) * size,
                  from.data() + i * size, size);
    }
    tensor.shape = {1, static_cast<std::int32_t>(shape[2]), static_cast<std::int32_t>(shape[3]),
                    static_cast<std::int32_t>(channels * multiplier)};
    tensor.quantization.axis = 3;
    return filter;
  }

  Outcome<void> AddDepthwise(const Layer& layer) {
    const auto& source = static_cast<const armnn::DepthwiseConvolution2dLayer&>(layer);
    const auto& d = source.GetParameters();
    if (d.m_DataLayout != armnn::DataLayout::NHWC) return Unsupported("the layout must be NHWC");
    graph::Attributes attributes = WindowOf(d);
    attributes.dilation_height = Int(d.m_DilationY);
    attributes.dilation_width = Int(d.m_DilationX);
    TINYFOG_TRY_ASSIGN(const int filter, AddDepthwiseFilter(*source.m_Weight));
    TINYFOG_TRY_ASSIGN(const int bias, AddBias(d.m_BiasEnabled ? source.m_Bias.get() : nullptr,
                                               InputOf(layer, 0), filter));
    return AddNode(layer, Op::kDepthwiseConv2d, attributes, {filter, bias});
  }

  Outcome<void> AddFullyConnected(const Layer& layer) {
    const auto& source = static_cast<const armnn::FullyConnectedLayer&>(layer);
    const auto& d = source.GetParameters();
    if (!d.m_TransposeWeightMatrix) return Unsupported("the weights must be [outputs, inputs]");
    TINYFOG_TRY_ASSIGN(const int filter, AddConstant(*source.m_Weight, "weights"));
    TINYFOG_TRY_ASSIGN(const int bias, AddBias(d.m_BiasEnabled ? source.m_Bias.get() : nullptr,
                                               InputOf(layer, 0), filter));
    return AddNode(layer, Op::kFullyConnected, {}, {filter, bias});
  }

  Outcome<void> AddPool(const Layer& layer) {
    const auto& d = ParametersOf<armnn::Pooling2dLayer>(layer);
    if (d.m_DataLayout != armnn::DataLayout::NHWC) return Unsupported("the layout must be NHWC");
    if (d.m_PaddingMethod != armnn::PaddingMethod::Exclude ||
        d.m_OutputShapeRounding != armnn::OutputShapeRounding::Floor) {
      return Unsupported("paddings must not count, and sizes must be rounded down");
    }
    graph::Attributes attributes = WindowOf(d);
    attributes.filter_height = Int(d.m_PoolHeight);
    attributes.filter_width = Int(d.m_PoolWidth);
    const Op op = d.m_PoolType == armnn::PoolingAlgorithm::Average ? Op::kAveragePool2d
                  : d.m_PoolType == armnn::PoolingAlgorithm::Max   ? Op::kMaxPool2d
                                                                   : Op::kL2Pool2d;
    return AddNode(layer, op, attributes);
  }

  Outcome<void> AddSoftmax(const Layer& layer) {
    const auto& d = ParametersOf<armnn::SoftmaxLayer>(layer);
    const auto rank = static_cast<int>(layer.GetOutputSlot(0).GetTensorInfo().GetNumDimensions());
    if (d.m_Axis != -1 && d.m_Axis != rank - 1) return Unsupported("the axis must be the last");
    graph::Attributes attributes;
    attributes.beta = d.m_Beta;
    return AddNode(layer, Op::kSoftmax, attributes);
  }

  Outcome<void> AddConcat(const Layer& layer) {
    graph::Attributes attributes;
    attributes.axis = Int(ParametersOf<armnn::ConcatLayer>(layer).GetConcatAxis());
    return AddNode(layer, Op::kConcatenation, attributes);
  }

  Outcome<void> AddMean(const Layer& layer) {
    const auto& d = ParametersOf<armnn::MeanLayer>(layer);
    graph::Attributes attributes;
    attributes.keep_dims = d.m_KeepDims;
    std::vector<std::int32_t> axes(d.m_Axis.begin(), d.m_Axis.end());
    if (axes.empty()) {
      const unsigned rank =
          layer.GetInputSlot(0).GetConnection()->GetTensorInfo().GetNumDimensions();
      for (unsigned i = 0; i < rank; ++i) axes.push_back(static_cast<std::int32_t>(i));
    }
    return AddNode(layer, Op::kMean, attributes, {AddIntegers(axes)});
  }

  Outcome<void> AddPad(const Layer& layer) {
    const auto& d = ParametersOf<armnn::PadLayer>(layer);
    if (d.m_PadValue != 0) return Unsupported("the padding must be zero");
    std::vector<std::int32_t> pads;
    for (const auto& [before, after] : d.m_PadList) {
      pads.push_back(Int(before));
      pads.push_back(Int(after));
    }
    const auto rows = static_cast<std::int32_t>(d.m_PadList.size());
    return AddNode(layer, Op::kPad, {}, {AddIntegers(pads, {rows, 2})});
  }

  Outcome<void> AddTranspose(const Layer& layer) {
    const armnn::PermutationVector& from = ParametersOf<armnn::TransposeLayer>(layer).m_DimMappings;
    // Arm NN's parser fills it up to the most dimensions that there are.
    const unsigned rank = layer.GetOutputSlot(0).GetTensorInfo().GetNumDimensions();
    std::vector<std::int32_t> permutation;
    for (unsigned i = 0; i < rank; ++i) permutation.push_back(Int(from[i]));
    return AddNode(layer, Op::kTranspose, {}, {AddIntegers(permutation)});
  }

  Outcome<void> AddResize(const Layer& layer) {
    const auto& d = ParametersOf<armnn::ResizeLayer>(layer);
    if (d.m_DataLayout != armnn::DataLayout::NHWC) return Unsupported("the layout must be NHWC");
    graph::Attributes attributes;
    attributes.align_corners = d.m_AlignCorners;
    attributes.half_pixel_centers = d.m_HalfPixelCenters;
    const Op op = d.m_Method == armnn::ResizeMethod::Bilinear ? Op::kResizeBilinear
                                                              : Op::kResizeNearestNeighbor;
    return AddNode(layer, op, attributes,
                   {AddIntegers({Int(d.m_TargetHeight), Int(d.m_TargetWidth)})});
  }

  const armnn::SubgraphView& subgraph_;
  graph::Graph graph_;
  std::set<const Layer*> inside_, visited_;
  std::map<const armnn::InputSlot*, int> outside_;  // slots that the subgraph is fed through
  std::map<const armnn::OutputSlot*, int> made_;
};

}  // namespace

Outcome<nn::Type> TypeOf(armnn::DataType type) {
  switch (type) {
    case armnn::DataType::QAsymmS8:
    case armnn::DataType::QSymmS8:
      return nn::Type::kInt8;
    case armnn::DataType::QAsymmU8:
      return nn::Type::kUint8;
    case armnn::DataType::QSymmS16:
      return nn::Type::kInt16;
    case armnn::DataType::Signed32:
      return nn::Type::kInt32;
    case armnn::DataType::Float32:
      return nn::Type::kFloat32;
    case armnn::DataType::Boolean:
      return nn::Type::kBool;
    default:
      return Unsupported(std::string("type ") + armnn::GetDataTypeName(type));
  }
}

Outcome<Op> OpOf(const armnn::ActivationDescriptor& d) {
  using armnn::ActivationFunction;
  switch (d.m_Function) {
    case ActivationFunction::ReLu:
      return Op::kRelu;
    case ActivationFunction::BoundedReLu:
      if (d.m_A == 6 && d.m_B == 0) return Op::kRelu6;
      if (d.m_A == 1 && d.m_B == -1) return Op::kReluN1To1;
      return Unsupported("bounds other than 0 to 6 and -1 to 1");
    case ActivationFunction::Sigmoid:
      return Op::kLogistic;
    case ActivationFunction::TanH:
      if (d.m_A == 1 && d.m_B == 1) return Op::kTanh;
      return Unsupported("a scaled TanH");
    case ActivationFunction::LeakyReLu:
      return Op::kLeakyRelu;
    case ActivationFunction::Elu:
      if (d.m_A == 1) return Op::kElu;
      return Unsupported("an ELU with another factor than 1");
    case ActivationFunction::HardSwish:
      return Op::kHardSwish;
    case ActivationFunction::Abs:
      return Op::kAbs;
    case ActivationFunction::Sqrt:
      return Op::kSqrt;
    case ActivationFunction::Square:
      return Op::kSquare;
    default:
      return Unsupported("the function");
  }
}

Outcome<Op> OpOf(const armnn::ElementwiseUnaryDescriptor& d) {
  switch (d.m_Operation) {
    case armnn::UnaryOperation::Abs:
      return Op::kAbs;
    case armnn::UnaryOperation::Exp:
      return Op::kExp;
    case armnn::UnaryOperation::Neg:
      return Op::kNeg;
    case armnn::UnaryOperation::Rsqrt:
      return Op::kRsqrt;
    case armnn::UnaryOperation::Sqrt:
      return Op::kSqrt;
    default:
      return Unsupported("the operation");
  }
}

Outcome<graph::Graph> FromSubgraph(const armnn::SubgraphView& subgraph) {
  return Converter(subgraph).Run();
}

}  // namespace tinyfog::armnn_backend
