#include "attributes.h"

namespace tinyfog::graph {
namespace {

Activation From(tflite::ActivationFunctionType type) {
  switch (type) {
    case tflite::ActivationFunctionType::RELU:
      return Activation::kRelu;
    case tflite::ActivationFunctionType::RELU6:
      return Activation::kRelu6;
    case tflite::ActivationFunctionType::RELU_N1_TO_1:
      return Activation::kReluN1To1;
    case tflite::ActivationFunctionType::TANH:
      return Activation::kTanh;
    case tflite::ActivationFunctionType::SIGN_BIT:
      return Activation::kSignBit;
    default:
      return Activation::kNone;
  }
}

// Each Read fills in what its option type has. Overloads keep the table below short.
void Read(const tflite::Conv2DOptionsT& o, Attributes* a) {
  a->same_padding = o.padding == tflite::Padding::SAME;
  a->stride_height = o.stride_h;
  a->stride_width = o.stride_w;
  a->dilation_height = o.dilation_h_factor;
  a->dilation_width = o.dilation_w_factor;
  a->activation = From(o.fused_activation_function);
}
void Read(const tflite::DepthwiseConv2DOptionsT& o, Attributes* a) {
  a->same_padding = o.padding == tflite::Padding::SAME;
  a->stride_height = o.stride_h;
  a->stride_width = o.stride_w;
  a->dilation_height = o.dilation_h_factor;
  a->dilation_width = o.dilation_w_factor;
  a->activation = From(o.fused_activation_function);
}
void Read(const tflite::TransposeConvOptionsT& o, Attributes* a) {
  a->same_padding = o.padding == tflite::Padding::SAME;
  a->stride_height = o.stride_h;
  a->stride_width = o.stride_w;
  a->activation = From(o.fused_activation_function);
}
void Read(const tflite::Pool2DOptionsT& o, Attributes* a) {
  a->same_padding = o.padding == tflite::Padding::SAME;
  a->stride_height = o.stride_h;
  a->stride_width = o.stride_w;
  a->filter_height = o.filter_height;
  a->filter_width = o.filter_width;
  a->activation = From(o.fused_activation_function);
}
void Read(const tflite::FullyConnectedOptionsT& o, Attributes* a) {
  a->keep_dims = o.keep_num_dims;
  a->activation = From(o.fused_activation_function);
}
void Read(const tflite::StridedSliceOptionsT& o, Attributes* a) {
  a->begin_mask = o.begin_mask;
  a->end_mask = o.end_mask;
  a->ellipsis_mask = o.ellipsis_mask;
  a->new_axis_mask = o.new_axis_mask;
  a->shrink_axis_mask = o.shrink_axis_mask;
}
void Read(const tflite::UnidirectionalSequenceLSTMOptionsT& o, Attributes* a) {
  a->activation = From(o.fused_activation_function);
  a->cell_clip = o.cell_clip;
  a->time_major = o.time_major;
}
void Read(const tflite::ResizeBilinearOptionsT& o, Attributes* a) {
  a->align_corners = o.align_corners;
  a->half_pixel_centers = o.half_pixel_centers;
}
void Read(const tflite::ResizeNearestNeighborOptionsT& o, Attributes* a) {
  a->align_corners = o.align_corners;
  a->half_pixel_centers = o.half_pixel_centers;
}
void Read(const tflite::AddOptionsT& o, Attributes* a) {
  a->activation = From(o.fused_activation_function);
}
void Read(const tflite::SubOptionsT& o, Attributes* a) {
  a->activation = From(o.fused_activation_function);
}
void Read(const tflite::MulOptionsT& o, Attributes* a) {
  a->activation = From(o.fused_activation_function);
}
void Read(const tflite::DivOptionsT& o, Attributes* a) {
  a->activation = From(o.fused_activation_function);
}
void Read(const tflite::L2NormOptionsT& o, Attributes* a) {
  a->activation = From(o.fused_activation_function);
}
void Read(const tflite::SVDFOptionsT& o, Attributes* a) {
  a->axis = o.rank;
  a->activation = From(o.fused_activation_function);
}
void Read(const tflite::ConcatenationOptionsT& o, Attributes* a) {
  a->axis = o.axis;
  a->activation = From(o.fused_activation_function);
}
void Read(const tflite::SoftmaxOptionsT& o, Attributes* a) { a->beta = o.beta; }
void Read(const tflite::SpaceToDepthOptionsT& o, Attributes* a) { a->block_size = o.block_size; }
void Read(const tflite::DepthToSpaceOptionsT& o, Attributes* a) { a->block_size = o.block_size; }
void Read(const tflite::GatherOptionsT& o, Attributes* a) {
  a->axis = o.axis;
  a->batch_dims = o.batch_dims;
}
void Read(const tflite::ReducerOptionsT& o, Attributes* a) { a->keep_dims = o.keep_dims; }
void Read(const tflite::PackOptionsT& o, Attributes* a) { a->axis = o.axis; }
void Read(const tflite::UnpackOptionsT& o, Attributes* a) { a->axis = o.axis; }
void Read(const tflite::LeakyReluOptionsT& o, Attributes* a) { a->alpha = o.alpha; }
void Read(const tflite::MirrorPadOptionsT& o, Attributes* a) {
  a->symmetric = o.mode == tflite::MirrorPadMode::SYMMETRIC;
}
void Read(const tflite::BatchMatMulOptionsT& o, Attributes* a) {
  a->adjoint_x = o.adj_x;
  a->adjoint_y = o.adj_y;
}
void Read(const tflite::CumsumOptionsT& o, Attributes* a) {
  a->exclusive = o.exclusive;
  a->reverse = o.reverse;
}

template <class Options>
void ReadIf(const Options* options, Attributes* attributes) {
  if (options != nullptr) Read(*options, attributes);
}

}  // namespace

Attributes AttributesOf(const tflite::OperatorT& op) {
  Attributes a;
  const tflite::BuiltinOptionsUnion& o = op.builtin_options;
  ReadIf(o.AsConv2DOptions(), &a);
  ReadIf(o.AsDepthwiseConv2DOptions(), &a);
  ReadIf(o.AsTransposeConvOptions(), &a);
  ReadIf(o.AsPool2DOptions(), &a);
  ReadIf(o.AsFullyConnectedOptions(), &a);
  ReadIf(o.AsStridedSliceOptions(), &a);
  ReadIf(o.AsUnidirectionalSequenceLSTMOptions(), &a);
  ReadIf(o.AsResizeBilinearOptions(), &a);
  ReadIf(o.AsResizeNearestNeighborOptions(), &a);
  ReadIf(o.AsAddOptions(), &a);
  ReadIf(o.AsSubOptions(), &a);
  ReadIf(o.AsMulOptions(), &a);
  ReadIf(o.AsDivOptions(), &a);
  ReadIf(o.AsL2NormOptions(), &a);
  ReadIf(o.AsSVDFOptions(), &a);
  ReadIf(o.AsConcatenationOptions(), &a);
  ReadIf(o.AsSoftmaxOptions(), &a);
  ReadIf(o.AsSpaceToDepthOptions(), &a);
  ReadIf(o.AsDepthToSpaceOptions(), &a);
  ReadIf(o.AsGatherOptions(), &a);
  ReadIf(o.AsReducerOptions(), &a);
  ReadIf(o.AsPackOptions(), &a);
  ReadIf(o.AsUnpackOptions(), &a);
  ReadIf(o.AsLeakyReluOptions(), &a);
  ReadIf(o.AsMirrorPadOptions(), &a);
  ReadIf(o.AsBatchMatMulOptions(), &a);
  ReadIf(o.AsCumsumOptions(), &a);
  return a;
}

}  // namespace tinyfog::graph
