#pragma once

#include "tinyfog/nn/operator_table.h"

namespace tinyfog::nn {

/// Layout of `weights`. Which one a kernel takes follows from the file's Target.
enum class Packing : std::uint8_t { kNatural = 0 };

/// CONV_2D, DEPTHWISE_CONV_2D and TRANSPOSE_CONV over NHWC maps.
///
/// `weights`, natural packing: CONV_2D and TRANSPOSE_CONV [output channel][ky][kx][input channel of
/// the group], DEPTHWISE [ky][kx][output channel]; int4 packs two to a byte, the lower first.
/// `channels`: int8 and int4: int32 bias[N], int32 multiplier[M], int8 shift[M]; int16: int64
/// bias[N], int32 multiplier[M], int8 shift[M]; float: float bias[N]. N is output_channels, M is 1
/// when `uniform`, else N. Integer biases hold -input_zero_point * sum(weights) already.
struct ConvolutionParams {
  Ref input;
  Ref output;
  Ref weights;
  Ref channels;
  Ref scratch;  // kNoRef for natural packing
  std::uint32_t scratch_bytes;
  std::uint16_t batches;
  std::uint16_t input_height;
  std::uint16_t input_width;
  std::uint16_t input_channels;
  std::uint16_t output_height;
  std::uint16_t output_width;
  std::uint16_t output_channels;
  std::uint16_t groups;  // CONV_2D only
  std::uint16_t kernel_height;
  std::uint16_t kernel_width;
  std::uint8_t stride_height;
  std::uint8_t stride_width;
  std::uint8_t dilation_height;
  std::uint8_t dilation_width;
  std::int16_t pad_top;
  std::int16_t pad_left;
  std::int16_t input_zero_point;
  std::int16_t output_zero_point;
  std::int32_t clamp_min;  // a float's bits for float
  std::int32_t clamp_max;
  Packing packing;
  std::uint8_t uniform;
  std::uint16_t reserved;
};
static_assert(sizeof(ConvolutionParams) == 68);

bool VerifyConv2dInt8(const ConvolutionParams&, const Bounds&);
bool VerifyConv2dInt4(const ConvolutionParams&, const Bounds&);
bool VerifyConv2dInt16(const ConvolutionParams&, const Bounds&);
bool VerifyConv2dFloat(const ConvolutionParams&, const Bounds&);
bool VerifyDepthwiseInt8(const ConvolutionParams&, const Bounds&);
bool VerifyDepthwiseInt4(const ConvolutionParams&, const Bounds&);
bool VerifyDepthwiseInt16(const ConvolutionParams&, const Bounds&);
bool VerifyDepthwiseFloat(const ConvolutionParams&, const Bounds&);

/// y[n,oy,ox,o] = clamp(requantise(bias[o] + sum x[n,iy,ix,i] w[o,ky,kx,i]) + output_zero_point),
/// iy = oy*stride - pad + ky*dilation; outside the map x is input_zero_point. Output and input must
/// not overlap. Source: TFLite 8-bit quantisation specification, CONV_2D.
void RunConv2dInt8(const ConvolutionParams&, Memory);
void RunConv2dInt4(const ConvolutionParams&, Memory);
void RunConv2dInt16(const ConvolutionParams&, Memory);
void RunConv2dFloat(const ConvolutionParams&, Memory);
/// The same with output channel o reading input channel o / (output_channels / input_channels).
void RunDepthwiseInt8(const ConvolutionParams&, Memory);
void RunDepthwiseInt4(const ConvolutionParams&, Memory);
void RunDepthwiseInt16(const ConvolutionParams&, Memory);
void RunDepthwiseFloat(const ConvolutionParams&, Memory);
/// Scatters: x[iy,ix] reaches y[iy*stride - pad + ky, ix*stride - pad + kx].
void RunTransposeConvInt8(const ConvolutionParams&, Memory);
void RunTransposeConvInt16(const ConvolutionParams&, Memory);
void RunTransposeConvFloat(const ConvolutionParams&, Memory);

using Conv2dInt8 =
    Operator<Opcode::kConv2dInt8, ConvolutionParams, VerifyConv2dInt8, RunConv2dInt8>;
using Conv2dInt4 =
    Operator<Opcode::kConv2dInt4, ConvolutionParams, VerifyConv2dInt4, RunConv2dInt4>;
using Conv2dInt16 =
    Operator<Opcode::kConv2dInt16, ConvolutionParams, VerifyConv2dInt16, RunConv2dInt16>;
using Conv2dFloat =
    Operator<Opcode::kConv2dFloat, ConvolutionParams, VerifyConv2dFloat, RunConv2dFloat>;
using DepthwiseInt8 =
    Operator<Opcode::kDepthwiseInt8, ConvolutionParams, VerifyDepthwiseInt8, RunDepthwiseInt8>;
using DepthwiseInt4 =
    Operator<Opcode::kDepthwiseInt4, ConvolutionParams, VerifyDepthwiseInt4, RunDepthwiseInt4>;
using DepthwiseInt16 =
    Operator<Opcode::kDepthwiseInt16, ConvolutionParams, VerifyDepthwiseInt16, RunDepthwiseInt16>;
using DepthwiseFloat =
    Operator<Opcode::kDepthwiseFloat, ConvolutionParams, VerifyDepthwiseFloat, RunDepthwiseFloat>;
using TransposeConvInt8 =
    Operator<Opcode::kTransposeConvInt8, ConvolutionParams, VerifyConv2dInt8, RunTransposeConvInt8>;
using TransposeConvInt16 = Operator<Opcode::kTransposeConvInt16, ConvolutionParams,
                                    VerifyConv2dInt16, RunTransposeConvInt16>;
using TransposeConvFloat = Operator<Opcode::kTransposeConvFloat, ConvolutionParams,
                                    VerifyConv2dFloat, RunTransposeConvFloat>;

}  // namespace tinyfog::nn
