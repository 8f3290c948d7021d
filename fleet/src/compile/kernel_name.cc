#include <utility>

#include "program.h"

namespace tinyfog::compile {
namespace {

using nn::Opcode;
constexpr std::pair<Opcode, const char*> kNames[] = {
    {Opcode::kConv2dInt8, "conv2d_int8"},
    {Opcode::kConv2dInt16, "conv2d_int16"},
    {Opcode::kConv2dFloat, "conv2d_float"},
    {Opcode::kConv2dInt4, "conv2d_int4"},
    {Opcode::kDepthwiseInt8, "depthwise_int8"},
    {Opcode::kDepthwiseInt16, "depthwise_int16"},
    {Opcode::kDepthwiseFloat, "depthwise_float"},
    {Opcode::kDepthwiseInt4, "depthwise_int4"},
    {Opcode::kTransposeConvInt8, "transpose_conv_int8"},
    {Opcode::kTransposeConvInt16, "transpose_conv_int16"},
    {Opcode::kTransposeConvFloat, "transpose_conv_float"},
    {Opcode::kFullyConnectedInt8, "fully_connected_int8"},
    {Opcode::kFullyConnectedInt16, "fully_connected_int16"},
    {Opcode::kFullyConnectedFloat, "fully_connected_float"},
    {Opcode::kFullyConnectedInt4, "fully_connected_int4"},
    {Opcode::kBatchMatmulInt8, "batch_matmul_int8"},
    {Opcode::kBatchMatmulInt16, "batch_matmul_int16"},
    {Opcode::kBatchMatmulFloat, "batch_matmul_float"},
    {Opcode::kAveragePoolInt8, "average_pool_int8"},
    {Opcode::kAveragePoolInt16, "average_pool_int16"},
    {Opcode::kAveragePoolFloat, "average_pool_float"},
    {Opcode::kMaxPoolInt8, "max_pool_int8"},
    {Opcode::kMaxPoolInt16, "max_pool_int16"},
    {Opcode::kMaxPoolFloat, "max_pool_float"},
    {Opcode::kL2PoolFloat, "l2_pool_float"},
    {Opcode::kSoftmaxInt8, "softmax_int8"},
    {Opcode::kSoftmaxInt16, "softmax_int16"},
    {Opcode::kSoftmaxFloat, "softmax_float"},
    {Opcode::kLogSoftmaxInt8, "log_softmax_int8"},
    {Opcode::kLogSoftmaxFloat, "log_softmax_float"},
    {Opcode::kL2NormInt8, "l2_norm_int8"},
    {Opcode::kL2NormFloat, "l2_norm_float"},
    {Opcode::kCopy, "copy"},
    {Opcode::kFill, "fill"},
    {Opcode::kLookup8, "lookup8"},
    {Opcode::kLookup16, "lookup16"},
    {Opcode::kGather, "gather"},
    {Opcode::kGatherNd, "gather_nd"},
    {Opcode::kResizeNearest, "resize_nearest"},
    {Opcode::kResizeBilinearInt8, "resize_bilinear_int8"},
    {Opcode::kResizeBilinearFloat, "resize_bilinear_float"},
    {Opcode::kSelect, "select"},
    {Opcode::kArg, "arg"},
    {Opcode::kAddInt8, "add_int8"},
    {Opcode::kAddInt16, "add_int16"},
    {Opcode::kMulInt8, "mul_int8"},
    {Opcode::kMulInt16, "mul_int16"},
    {Opcode::kSquaredDifferenceInt8, "squared_difference_int8"},
    {Opcode::kSquaredDifferenceInt16, "squared_difference_int16"},
    {Opcode::kBinaryInt8, "binary_int8"},
    {Opcode::kBinaryInt16, "binary_int16"},
    {Opcode::kBinaryInt32, "binary_int32"},
    {Opcode::kBinaryFloat, "binary_float"},
    {Opcode::kCompareInt8, "compare_int8"},
    {Opcode::kPreluInt8, "prelu_int8"},
    {Opcode::kPreluFloat, "prelu_float"},
    {Opcode::kUnaryFloat, "unary_float"},
    {Opcode::kRequantize, "requantize"},
    {Opcode::kQuantizeFloat, "quantize_float"},
    {Opcode::kDequantize, "dequantize"},
    {Opcode::kCast, "cast"},
    {Opcode::kReduceInt8, "reduce_int8"},
    {Opcode::kReduceInt16, "reduce_int16"},
    {Opcode::kReduceFloat, "reduce_float"},
    {Opcode::kCumsumInt8, "cumsum_int8"},
    {Opcode::kCumsumFloat, "cumsum_float"},
    {Opcode::kSvdfInt8, "svdf_int8"},
    {Opcode::kSvdfFloat, "svdf_float"},
    {Opcode::kLstmInt8, "lstm_int8"},
    {Opcode::kLstmInt16, "lstm_int16"},
    {Opcode::kLstmFloat, "lstm_float"},
    {Opcode::kConvDsp, "conv_dsp"},
    {Opcode::kDepthwiseDsp, "depthwise_dsp"},
    {Opcode::kFullyConnectedDsp, "fully_connected_dsp"},
    {Opcode::kAddDsp, "add_dsp"},
    {Opcode::kStreamDsp, "stream_dsp"},
    {Opcode::kConvHelium, "conv_helium"},
    {Opcode::kDepthwiseHelium, "depthwise_helium"},
    {Opcode::kFullyConnectedHelium, "fully_connected_helium"},
    {Opcode::kStreamInt8, "stream_int8"},
    {Opcode::kStreamHelium, "stream_helium"},
    {Opcode::kResidualInt8, "residual_int8"},
    {Opcode::kResidualDsp, "residual_dsp"},
    {Opcode::kResidualHelium, "residual_helium"},
    {Opcode::kConvX86Quads, "conv_x86_quads"},
    {Opcode::kConvX86Pairs, "conv_x86_pairs"},
};

}  // namespace

std::string KernelName(nn::Opcode opcode) {
  for (const auto& [known, name] : kNames) {
    if (known == opcode) return name;
  }
  return "opcode " + std::to_string(static_cast<int>(opcode));
}

}  // namespace tinyfog::compile
