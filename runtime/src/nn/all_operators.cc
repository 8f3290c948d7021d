#include "tinyfog/nn/all_operators.h"

#include "tinyfog/nn/kernels/all.h"

namespace tinyfog::nn {

OperatorTable AllOperators() {
  return Operators<
      Conv2dInt8, Conv2dInt4, Conv2dInt16, Conv2dFloat, DepthwiseInt8, DepthwiseInt4,
      DepthwiseInt16, DepthwiseFloat, TransposeConvInt8, TransposeConvInt16, TransposeConvFloat,
      FullyConnectedInt8, FullyConnectedInt4, FullyConnectedInt16, FullyConnectedFloat,
      BatchMatmulInt8, BatchMatmulInt16, BatchMatmulFloat, AveragePoolInt8, AveragePoolInt16,
      AveragePoolFloat, MaxPoolInt8, MaxPoolInt16, MaxPoolFloat, L2PoolFloat, SoftmaxInt8,
      SoftmaxFloat, LogSoftmaxFloat, Copy, Fill, Lookup8, Lookup16, Gather, GatherNd, Select, Arg,
      AddInt8, AddInt16, MulInt8, MulInt16, SquaredDifferenceInt8, SquaredDifferenceInt16,
      BinaryInt8, BinaryInt16, BinaryInt32, BinaryFloat, CompareInt8, PreluInt8, PreluFloat,
      UnaryFloat, Requantize, QuantizeFloat, Dequantize, Cast, ReduceInt8, ReduceInt16, ReduceFloat,
      SoftmaxInt16, LogSoftmaxInt8, L2NormInt8, L2NormFloat, CumsumInt8, CumsumFloat, ResizeNearest,
      ResizeBilinearInt8, ResizeBilinearFloat, SvdfInt8, SvdfFloat, LstmInt8, LstmInt16, LstmFloat,
      ConvDsp, DepthwiseDsp, FullyConnectedDsp, AddDsp, ConvHelium, DepthwiseHelium,
      FullyConnectedHelium, StreamInt8, StreamDsp, StreamHelium, ResidualInt8, ResidualDsp,
      ResidualHelium>::kTable;
}

}  // namespace tinyfog::nn
