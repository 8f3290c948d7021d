#pragma once

#include <backendsCommon/LayerSupportBase.hpp>

namespace tinyfog::armnn_backend {

/// Which single layers FromSubgraph and the compiler take. Stateless.
class LayerSupport final : public armnn::LayerSupportBase {
 public:
  using Info = const armnn::TensorInfo&;
  using Reason = armnn::Optional<std::string&>;

  bool IsInputSupported(Info input, Reason reason) const override;
  bool IsOutputSupported(Info output, Reason reason) const override;
  bool IsConstantSupported(Info output, Reason reason) const override;
  bool IsActivationSupported(Info input, Info output, const armnn::ActivationDescriptor& descriptor,
                             Reason reason) const override;
  bool IsAdditionSupported(Info a, Info b, Info output, Reason reason) const override;
  bool IsSubtractionSupported(Info a, Info b, Info output, Reason reason) const override;
  bool IsMultiplicationSupported(Info a, Info b, Info output, Reason reason) const override;
  bool IsDivisionSupported(Info a, Info b, Info output, Reason reason) const override;
  bool IsMaximumSupported(Info a, Info b, Info output, Reason reason) const override;
  bool IsMinimumSupported(Info a, Info b, Info output, Reason reason) const override;
  bool IsPreluSupported(Info input, Info alpha, Info output, Reason reason) const override;
  bool IsQuantizeSupported(Info input, Info output, Reason reason) const override;
  bool IsDequantizeSupported(Info input, Info output, Reason reason) const override;
  bool IsElementwiseUnarySupported(Info input, Info output,
                                   const armnn::ElementwiseUnaryDescriptor& descriptor,
                                   Reason reason) const override;
  bool IsConvolution2dSupported(Info input, Info output,
                                const armnn::Convolution2dDescriptor& descriptor, Info weights,
                                const armnn::Optional<armnn::TensorInfo>& biases,
                                Reason reason) const override;
  bool IsDepthwiseConvolutionSupported(Info input, Info output,
                                       const armnn::DepthwiseConvolution2dDescriptor& descriptor,
                                       Info weights,
                                       const armnn::Optional<armnn::TensorInfo>& biases,
                                       Reason reason) const override;
  bool IsDilatedDepthwiseConvolutionSupported(
      Info input, Info output, const armnn::DepthwiseConvolution2dDescriptor& descriptor,
      Info weights, const armnn::Optional<armnn::TensorInfo>& biases, Reason reason) const override;
  bool IsFullyConnectedSupported(Info input, Info output, Info weights, Info biases,
                                 const armnn::FullyConnectedDescriptor& descriptor,
                                 Reason reason) const override;
  bool IsPooling2dSupported(Info input, Info output, const armnn::Pooling2dDescriptor& descriptor,
                            Reason reason) const override;
  bool IsSoftmaxSupported(Info input, Info output, const armnn::SoftmaxDescriptor& descriptor,
                          Reason reason) const override;
  bool IsReshapeSupported(Info input, Info output, const armnn::ReshapeDescriptor& descriptor,
                          Reason reason) const override;
  bool IsConcatSupported(const std::vector<const armnn::TensorInfo*> inputs, Info output,
                         const armnn::OriginsDescriptor& descriptor, Reason reason) const override;
  bool IsMeanSupported(Info input, Info output, const armnn::MeanDescriptor& descriptor,
                       Reason reason) const override;
  bool IsPadSupported(Info input, Info output, const armnn::PadDescriptor& descriptor,
                      Reason reason) const override;
  bool IsTransposeSupported(Info input, Info output, const armnn::TransposeDescriptor& descriptor,
                            Reason reason) const override;
  bool IsResizeSupported(Info input, Info output, const armnn::ResizeDescriptor& descriptor,
                         Reason reason) const override;
  bool IsPreCompiledSupported(Info input, const armnn::PreCompiledDescriptor& descriptor,
                              Reason reason) const override;
};

}  // namespace tinyfog::armnn_backend
