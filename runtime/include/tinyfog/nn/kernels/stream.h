#pragma once

#include "tinyfog/nn/kernels/convolution.h"
#include "tinyfog/nn/kernels/dsp.h"
#include "tinyfog/nn/kernels/helium.h"

namespace tinyfog::nn {

/// A pointwise convolution and the depthwise convolution behind it in one step, so that of the map
/// between them only a few rows exist at a time.
///
/// `first` is 1x1 with stride 1; `second` reads what it writes: second.input == first.output is the
/// ring, StreamWindowRows() rows of the map between, and 3 bytes that kernels may read. The heights
/// and widths of `second` are those of the whole maps; of `first` only the product counts. `rows`
/// output rows are made at a time. Batches are 1, dilations 1.
///
/// Input rows are read in order and each output row is written when its last input row has been
/// read: the output may begin where the input begins if no output row ends behind the input rows
/// that have been read then.
template <class First, class Second>
struct StreamParams {
  First first;
  Second second;
  std::uint16_t rows;
  std::uint16_t reserved;
};

using StreamInt8Params = StreamParams<ConvolutionParams, ConvolutionParams>;
using StreamDspParams = StreamParams<DspConvParams, DspDepthwiseParams>;
using StreamHeliumParams = StreamParams<HeliumConvParams, HeliumConvParams>;
static_assert(sizeof(StreamInt8Params) == 140);
static_assert(sizeof(StreamDspParams) == 92);
static_assert(sizeof(StreamHeliumParams) == 116);

/// What depthwise kernels of different variants call by different names.
constexpr std::uint32_t StreamStride(const auto& p) {
  if constexpr (requires { p.stride_height; })
    return p.stride_height;
  else
    return p.stride;
}
constexpr std::uint32_t StreamKernel(const auto& p) {
  if constexpr (requires { p.kernel_height; })
    return p.kernel_height;
  else
    return 3;
}
/// Rows of the ring.
template <class Second>
constexpr std::uint32_t StreamWindowRows(const Second& second, std::uint32_t rows) {
  const std::uint32_t all = (rows - 1) * StreamStride(second) + StreamKernel(second);
  return all < second.input_height ? all : second.input_height;
}

bool VerifyStreamInt8(const StreamInt8Params&, const Bounds&);
bool VerifyStreamDsp(const StreamDspParams&, const Bounds&);
bool VerifyStreamHelium(const StreamHeliumParams&, const Bounds&);
/// The same bytes as the two operators one after the other.
void RunStreamInt8(const StreamInt8Params&, Memory);
void RunStreamDsp(const StreamDspParams&, Memory);
void RunStreamHelium(const StreamHeliumParams&, Memory);

using StreamInt8 = Operator<Opcode::kStreamInt8, StreamInt8Params, VerifyStreamInt8, RunStreamInt8>;
using StreamDsp = Operator<Opcode::kStreamDsp, StreamDspParams, VerifyStreamDsp, RunStreamDsp>;
using StreamHelium =
    Operator<Opcode::kStreamHelium, StreamHeliumParams, VerifyStreamHelium, RunStreamHelium>;

}  // namespace tinyfog::nn
