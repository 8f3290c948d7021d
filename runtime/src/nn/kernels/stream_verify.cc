#include "kernels/stream_rows.h"

namespace tinyfog::nn {

bool VerifyStreamInt8(const StreamInt8Params& p, const Bounds& bounds) {
  const ConvolutionParams& s = p.second;
  return s.batches == 1 && s.dilation_height == 1 && p.first.groups == 1 &&
         s.input_channels == p.first.output_channels &&
         s.output_channels == p.first.output_channels &&
         VerifyStream<VerifyConv2dInt8, VerifyDepthwiseInt8>(p, bounds);
}

bool VerifyStreamDsp(const StreamDspParams& p, const Bounds& bounds) {
  const DspDepthwiseParams& s = p.second;
  return s.channel_count == p.first.output_channels &&
         bounds.Reads(p.first.input,
                      Product(s.input_height, s.input_width, p.first.input_channels) +
                          (4 - p.first.RowBytes() % 4) % 4) &&
         VerifyStream<VerifyConvDsp, VerifyDepthwiseDsp>(p, bounds);
}

bool VerifyStreamHelium(const StreamHeliumParams& p, const Bounds& bounds) {
  return p.second.batches == 1 && p.second.input_channels == p.first.output_channels &&
         VerifyStream<VerifyConvHelium, VerifyDepthwiseHelium>(p, bounds);
}

}  // namespace tinyfog::nn
