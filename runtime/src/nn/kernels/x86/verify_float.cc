#include "tinyfog/nn/kernels/x86_float.h"

namespace tinyfog::nn {
namespace {

constexpr std::uint64_t kBlockBytes = kX86Block * sizeof(float);

bool VerifyMaps(const X86FloatMaps& p, std::uint64_t scratch_bytes, const Bounds& bounds) {
  return ArePositive(p.batches, p.input_height, p.input_width, p.input_channels, p.output_height,
                     p.output_width, p.output_channels, p.kernel_height, p.kernel_width,
                     p.stride_height, p.stride_width) &&
         p.RowFloats() > std::uint64_t{p.pad_left} * p.input_channels &&
         bounds.Reads(
             p.input,
             Product(p.batches, p.input_height, p.input_width, p.input_channels, sizeof(float)),
             4) &&
         bounds.Writes(
             p.output,
             Product(p.batches, p.output_height, p.output_width, p.output_channels, sizeof(float)),
             4) &&
         bounds.Reads(p.bias, X86Blocks(p.output_channels) * kBlockBytes, 4) &&
         p.scratch_bytes >= scratch_bytes &&
         (scratch_bytes == 0 || bounds.Writes(p.scratch, p.scratch_bytes, 4));
}

}  // namespace

bool VerifyConvFloatX86(const X86FloatConvParams& p, const Bounds& bounds) {
  const X86FloatMaps& m = p.maps;
  return p.band_rows > 0 && p.band_rows <= m.output_height &&
         VerifyMaps(m, p.ScratchBytes(), bounds) &&
         bounds.Reads(m.weights,
                      Product(X86Blocks(m.output_channels), m.kernel_height, m.kernel_width,
                              m.input_channels, kBlockBytes),
                      4);
}

bool VerifyWinogradFloatX86(const X86FloatWinogradParams& p, const Bounds& bounds) {
  const X86FloatMaps& m = p.maps;
  return p.tiles > 0 && m.kernel_height == 3 && m.kernel_width == 3 && m.stride_height == 1 &&
         m.stride_width == 1 && m.input_channels % kX86Block == 0 &&
         m.output_channels % kX86Block == 0 && VerifyMaps(m, p.ScratchBytes(), bounds) &&
         bounds.Reads(m.weights,
                      Product(X86Blocks(m.output_channels), X86FloatWinogradParams::kPositions,
                              m.input_channels, kBlockBytes),
                      4);
}

bool VerifyDepthwiseFloatX86(const X86FloatDepthwiseParams& p, const Bounds& bounds) {
  const X86FloatMaps& m = p.maps;
  return p.band_rows > 0 && p.band_rows <= m.output_height &&
         m.input_channels == m.output_channels && m.output_channels > 0 &&
         VerifyMaps(m, p.ScratchBytes(), bounds) &&
         bounds.Reads(
             m.weights,
             Product(X86Blocks(m.output_channels), m.kernel_height, m.kernel_width, kBlockBytes),
             4);
}

bool VerifyDenseFloatX86(const X86FloatDenseParams& p, const Bounds& bounds) {
  const std::uint64_t blocks = (std::uint64_t{p.outputs} + kX86Block - 1) / kX86Block;
  return ArePositive(p.batches, p.inputs, p.outputs) &&
         bounds.Reads(p.input, Product(p.batches, p.inputs, sizeof(float)), 4) &&
         bounds.Writes(p.output, Product(p.batches, p.outputs, sizeof(float)), 4) &&
         bounds.Reads(p.weights, Product(blocks, p.inputs, kBlockBytes), 4) &&
         bounds.Reads(p.bias, Product(blocks, kBlockBytes), 4);
}

}  // namespace tinyfog::nn
