#pragma once

#include <cstdint>

namespace tinyfog::nn {

/// Steps of a .tfm file. A number, once given, keeps its meaning for ever.
enum class Opcode : std::uint16_t {
  kConv2dInt8 = 1,
  kConv2dInt16 = 2,
  kConv2dFloat = 3,
  kConv2dInt4 = 4,
  kDepthwiseInt8 = 5,
  kDepthwiseInt16 = 6,
  kDepthwiseFloat = 7,
  kDepthwiseInt4 = 8,
  kTransposeConvInt8 = 9,
  kTransposeConvInt16 = 10,
  kTransposeConvFloat = 11,
  kFullyConnectedInt8 = 12,
  kFullyConnectedInt16 = 13,
  kFullyConnectedFloat = 14,
  kFullyConnectedInt4 = 15,
  kBatchMatmulInt8 = 16,
  kBatchMatmulInt16 = 17,
  kBatchMatmulFloat = 18,

  kAveragePoolInt8 = 24,
  kAveragePoolInt16 = 25,
  kAveragePoolFloat = 26,
  kMaxPoolInt8 = 27,
  kMaxPoolInt16 = 28,
  kMaxPoolFloat = 29,
  kL2PoolFloat = 30,

  kSoftmaxInt8 = 32,
  kSoftmaxInt16 = 33,
  kSoftmaxFloat = 34,
  kLogSoftmaxInt8 = 35,
  kLogSoftmaxFloat = 36,
  kL2NormInt8 = 37,
  kL2NormFloat = 38,

  kCopy = 48,
  kFill = 49,
  kLookup8 = 50,
  kLookup16 = 51,
  kGather = 52,
  kGatherNd = 53,
  kResizeNearest = 54,
  kResizeBilinearInt8 = 55,
  kResizeBilinearFloat = 56,
  kSelect = 57,
  kArg = 58,

  kAddInt8 = 64,
  kAddInt16 = 65,
  kMulInt8 = 66,
  kMulInt16 = 67,
  kSquaredDifferenceInt8 = 68,
  kSquaredDifferenceInt16 = 69,
  kDivInt8 = 70,
  kBinaryInt8 = 71,
  kBinaryInt16 = 72,
  kBinaryInt32 = 73,
  kBinaryFloat = 74,
  kCompareInt8 = 75,
  kPreluInt8 = 76,
  kPreluFloat = 77,

  kUnaryFloat = 80,
  kRescaleInt16 = 81,
  kRequantize = 82,
  kQuantizeFloat = 83,
  kDequantize = 84,
  kCast = 85,

  kReduceInt8 = 88,
  kReduceInt16 = 89,
  kReduceFloat = 90,
  kCumsumInt8 = 91,
  kCumsumFloat = 92,

  kSvdfInt8 = 96,
  kSvdfFloat = 97,
  kLstmInt8 = 98,
  kLstmInt16 = 99,
  kLstmFloat = 100,

  kStreamInt8 = 120,
  kResidualInt8 = 121,

  // Constants laid out for Cortex-M with the DSP extension.
  kConvDsp = 128,
  kDepthwiseDsp = 129,
  kFullyConnectedDsp = 130,
  kAddDsp = 131,
  kStreamDsp = 132,
  kResidualDsp = 133,

  // Constants laid out for Cortex-M with Helium.
  kConvHelium = 160,
  kDepthwiseHelium = 161,
  kFullyConnectedHelium = 162,
  kStreamHelium = 184,
  kResidualHelium = 185,

  // x86 with 8-bit products (VNNI): weights of four inputs lie together.
  kConvX86Quads = 192,
  kDepthwiseX86Quads = 193,

  // x86 with 16-bit products (AVX2): weights of two inputs lie together.
  kConvX86Pairs = 208,
  kDepthwiseX86Pairs = 209,
  kWinogradX86Pairs = 210,

  // Any x86.
  kAddX86 = 224,
  kConvFloatX86 = 232,
  kDepthwiseFloatX86 = 233,
  kFullyConnectedFloatX86 = 234,
  kWinogradFloatX86 = 235,
};

}  // namespace tinyfog::nn
