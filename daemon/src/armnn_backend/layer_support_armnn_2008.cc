#include "layer_support_armnn_2008.h"

#include <algorithm>
#include <initializer_list>

#include "front_armnn_2008.h"

namespace tinyfog::armnn_backend {
namespace {

using Info = LayerSupport::Info;
using Reason = LayerSupport::Reason;

bool Decide(bool supported, const char* rule, Reason reason) {
  if (!supported && reason.has_value()) reason.value() = std::string("CpuTiny: ") + rule;
  return supported;
}

template <class T>
bool Decide(const Outcome<T>& outcome, Reason reason) {
  if (!outcome.ok() && reason.has_value()) reason.value() = "CpuTiny: " + outcome.error().message;
  return outcome.ok();
}

// Whether all have one type, and that is among `types`.
bool AreAll(std::initializer_list<const armnn::TensorInfo*> infos,
            std::initializer_list<nn::Type> types) {
  const auto first = TypeOf((*infos.begin())->GetDataType());
  return first.ok() && std::find(types.begin(), types.end(), *first) != types.end() &&
         std::all_of(infos.begin(), infos.end(), [&](const armnn::TensorInfo* info) {
           const auto type = TypeOf(info->GetDataType());
           return type.ok() && *type == *first;
         });
}

constexpr nn::Type kInt8 = nn::Type::kInt8;
constexpr nn::Type kInt16 = nn::Type::kInt16;
constexpr nn::Type kFloat = nn::Type::kFloat32;
constexpr const char* kCommonTypes = "int8 or float32 in and out";

bool HasCommonTypes(std::initializer_list<const armnn::TensorInfo*> infos) {
  return AreAll(infos, {kInt8, kFloat});
}

bool DecideArithmetic(Info a, Info b, Info output, Reason reason) {
  return Decide(AreAll({&a, &b, &output}, {kInt8, kInt16, kFloat}),
                "int8, int16 or float32 in and out", reason);
}

// Filters of floats or signed bytes with zero points of zero.
bool HasFilter(Info input, Info output, Info weights) {
  return HasCommonTypes({&input, &output, &weights}) &&
         (weights.GetDataType() == armnn::DataType::Float32 ||
          weights.GetQuantizationOffset() == 0);
}
bool IsNhwc(armnn::DataLayout layout) { return layout == armnn::DataLayout::NHWC; }

}  // namespace

bool LayerSupport::IsInputSupported(Info input, Reason reason) const {
  return Decide(TypeOf(input.GetDataType()), reason);
}
bool LayerSupport::IsOutputSupported(Info output, Reason reason) const {
  return Decide(TypeOf(output.GetDataType()), reason);
}
bool LayerSupport::IsConstantSupported(Info output, Reason reason) const {
  return Decide(TypeOf(output.GetDataType()), reason);
}
bool LayerSupport::IsActivationSupported(Info input, Info output,
                                         const armnn::ActivationDescriptor& descriptor,
                                         Reason reason) const {
  return Decide(HasCommonTypes({&input, &output}), kCommonTypes, reason) &&
         Decide(OpOf(descriptor), reason);
}
bool LayerSupport::IsAdditionSupported(Info a, Info b, Info output, Reason reason) const {
  return DecideArithmetic(a, b, output, reason);
}
bool LayerSupport::IsSubtractionSupported(Info a, Info b, Info output, Reason reason) const {
  return DecideArithmetic(a, b, output, reason);
}
bool LayerSupport::IsMultiplicationSupported(Info a, Info b, Info output, Reason reason) const {
  return DecideArithmetic(a, b, output, reason);
}
bool LayerSupport::IsDivisionSupported(Info a, Info b, Info output, Reason reason) const {
  return Decide(AreAll({&a, &b, &output}, {kFloat}), "float32 in and out", reason);
}
bool LayerSupport::IsMaximumSupported(Info a, Info b, Info output, Reason reason) const {
  return Decide(HasCommonTypes({&a, &b, &output}), kCommonTypes, reason);
}
bool LayerSupport::IsMinimumSupported(Info a, Info b, Info output, Reason reason) const {
  return Decide(HasCommonTypes({&a, &b, &output}), kCommonTypes, reason);
}
bool LayerSupport::IsPreluSupported(Info input, Info alpha, Info output, Reason reason) const {
  return Decide(HasCommonTypes({&input, &alpha, &output}), kCommonTypes, reason);
}
bool LayerSupport::IsQuantizeSupported(Info input, Info output, Reason reason) const {
  return Decide(AreAll({&input}, {kFloat, kInt8}) && AreAll({&output}, {kInt8}),
                "float32 or int8 to int8", reason);
}
bool LayerSupport::IsDequantizeSupported(Info input, Info output, Reason reason) const {
  return Decide(AreAll({&input}, {kInt8}) && AreAll({&output}, {kFloat}), "int8 to float32",
                reason);
}
bool LayerSupport::IsElementwiseUnarySupported(Info input, Info output,
                                               const armnn::ElementwiseUnaryDescriptor& descriptor,
                                               Reason reason) const {
  return Decide(HasCommonTypes({&input, &output}), kCommonTypes, reason) &&
         Decide(OpOf(descriptor), reason);
}
bool LayerSupport::IsConvolution2dSupported(Info input, Info output,
                                            const armnn::Convolution2dDescriptor& descriptor,
                                            Info weights, const armnn::Optional<armnn::TensorInfo>&,
                                            Reason reason) const {
  return Decide(HasFilter(input, output, weights) && IsNhwc(descriptor.m_DataLayout),
                "NHWC, and int8 or float32 in, out and for symmetric weights", reason);
}
bool LayerSupport::IsDepthwiseConvolutionSupported(
    Info input, Info output, const armnn::DepthwiseConvolution2dDescriptor& descriptor,
    Info weights, const armnn::Optional<armnn::TensorInfo>&, Reason reason) const {
  return Decide(HasFilter(input, output, weights) && IsNhwc(descriptor.m_DataLayout),
                "NHWC, and int8 or float32 in, out and for symmetric weights", reason);
}
bool LayerSupport::IsDilatedDepthwiseConvolutionSupported(
    Info input, Info output, const armnn::DepthwiseConvolution2dDescriptor& descriptor,
    Info weights, const armnn::Optional<armnn::TensorInfo>& biases, Reason reason) const {
  return IsDepthwiseConvolutionSupported(input, output, descriptor, weights, biases, reason);
}
bool LayerSupport::IsFullyConnectedSupported(Info input, Info output, Info weights, Info,
                                             const armnn::FullyConnectedDescriptor& descriptor,
                                             Reason reason) const {
  return Decide(HasFilter(input, output, weights) && descriptor.m_TransposeWeightMatrix,
                "int8 or float32 in, out and for symmetric weights [outputs, inputs]", reason);
}
bool LayerSupport::IsPooling2dSupported(Info input, Info output,
                                        const armnn::Pooling2dDescriptor& descriptor,
                                        Reason reason) const {
  const bool is_tflite = IsNhwc(descriptor.m_DataLayout) &&
                         descriptor.m_PaddingMethod == armnn::PaddingMethod::Exclude &&
                         descriptor.m_OutputShapeRounding == armnn::OutputShapeRounding::Floor;
  const bool has_types = descriptor.m_PoolType == armnn::PoolingAlgorithm::L2
                             ? AreAll({&input, &output}, {kFloat})
                             : HasCommonTypes({&input, &output});
  return Decide(is_tflite && has_types, "NHWC pools as TensorFlow Lite has them", reason);
}
bool LayerSupport::IsSoftmaxSupported(Info input, Info output,
                                      const armnn::SoftmaxDescriptor& descriptor,
                                      Reason reason) const {
  const int last = static_cast<int>(input.GetNumDimensions()) - 1;
  return Decide(
      HasCommonTypes({&input, &output}) && (descriptor.m_Axis == -1 || descriptor.m_Axis == last),
      "int8 or float32 in and out, over the last dimension", reason);
}
bool LayerSupport::IsReshapeSupported(Info input, Info output, const armnn::ReshapeDescriptor&,
                                      Reason reason) const {
  return Decide(TypeOf(input.GetDataType()), reason) &&
         Decide(AreAll({&input, &output}, {*TypeOf(input.GetDataType())}), "one type", reason);
}
bool LayerSupport::IsConcatSupported(const std::vector<const armnn::TensorInfo*> inputs,
                                     Info output, const armnn::OriginsDescriptor&,
                                     Reason reason) const {
  const bool is_common = std::all_of(inputs.begin(), inputs.end(), [&](const auto* input) {
    return HasCommonTypes({input, &output});
  });
  return Decide(is_common, kCommonTypes, reason);
}
bool LayerSupport::IsMeanSupported(Info input, Info output, const armnn::MeanDescriptor&,
                                   Reason reason) const {
  return Decide(HasCommonTypes({&input, &output}), kCommonTypes, reason);
}
bool LayerSupport::IsPadSupported(Info input, Info output, const armnn::PadDescriptor& descriptor,
                                  Reason reason) const {
  return Decide(HasCommonTypes({&input, &output}) && descriptor.m_PadValue == 0,
                "int8 or float32 in and out, padded with zero", reason);
}
bool LayerSupport::IsTransposeSupported(Info input, Info output, const armnn::TransposeDescriptor&,
                                        Reason reason) const {
  return Decide(HasCommonTypes({&input, &output}), kCommonTypes, reason);
}
bool LayerSupport::IsResizeSupported(Info input, Info output,
                                     const armnn::ResizeDescriptor& descriptor,
                                     Reason reason) const {
  return Decide(HasCommonTypes({&input, &output}) && IsNhwc(descriptor.m_DataLayout),
                "NHWC, and int8 or float32 in and out", reason);
}
bool LayerSupport::IsPreCompiledSupported(Info, const armnn::PreCompiledDescriptor&, Reason) const {
  return true;
}

}  // namespace tinyfog::armnn_backend
