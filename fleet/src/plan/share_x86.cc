#include "share_x86.h"

#include <algorithm>

#include "tinyfog/nn/kernels/x86.h"
#include "tinyfog/nn/kernels/x86_float.h"

namespace tinyfog::plan {
namespace {

using nn::Opcode;

// Units [first, last) of `units`.
struct Range {
  std::uint32_t first, last;
};
Range RangeOf(std::uint32_t units, const Share& share) {
  return {units * share.index / share.count, units * (share.index + 1) / share.count};
}

// What splitting rows needs to know beside what all maps have in common.
struct Rows {
  std::uint32_t unit;  // rows of outputs that are made together
  std::uint32_t stride;
  std::uint32_t input_bytes;  // of a row
  std::uint32_t output_bytes;

  std::uint32_t Units(std::uint32_t height) const { return (height + unit - 1) / unit; }
};

template <class Maps>
bool TakeRows(Maps& maps, const Rows& rows, const Share& share) {
  const Range range = RangeOf(rows.Units(maps.output_height), share);
  const std::uint32_t first = range.first * rows.unit;
  const std::uint32_t last = std::min<std::uint32_t>(range.last * rows.unit, maps.output_height);
  const std::uint32_t padded = first * rows.stride;  // the first input row, in the padded map
  const std::uint32_t skipped = padded - std::min<std::uint32_t>(padded, maps.pad_top);
  if (skipped >= maps.input_height) return false;
  maps.input += skipped * rows.input_bytes;
  maps.output += first * rows.output_bytes;
  maps.input_height = static_cast<std::uint16_t>(maps.input_height - skipped);
  maps.output_height = static_cast<std::uint16_t>(last - first);
  maps.pad_top = static_cast<decltype(maps.pad_top)>(maps.pad_top - (padded - skipped));
  maps.scratch = share.scratch;
  return true;
}

std::uint32_t StepOf(Opcode opcode) {
  return opcode == Opcode::kConvX86Quads || opcode == Opcode::kDepthwiseX86Quads ? 4 : 2;
}

Rows RowsOf(const nn::X86ConvParams& p, Opcode) {
  return {1, p.stride_height, std::uint32_t{p.input_width} * p.input_channels,
          std::uint32_t{p.output_width} * p.output_channels};
}
Rows RowsOf(const nn::X86DepthwiseParams& p, Opcode) {
  return {p.StripRows(), p.stride_height, std::uint32_t{p.input_width} * p.channels,
          std::uint32_t{p.output_width} * p.channels};
}
Rows RowsOf(const nn::X86WinogradParams& p, Opcode) {
  return {4, 1, std::uint32_t{p.input_width} * p.input_channels,
          std::uint32_t{p.output_width} * p.output_channels};
}
Rows RowsOf(const nn::X86FloatMaps& m, Opcode opcode) {
  const std::uint32_t unit =
      opcode == Opcode::kWinogradFloatX86 ? nn::X86FloatWinogradParams::kOutputs : 1;
  return {unit, m.stride_height, std::uint32_t{m.input_width} * m.input_channels * 4,
          std::uint32_t{m.output_width} * m.output_channels * 4};
}

template <class Maps>
Shares SharesOfRows(const Maps& maps, Opcode opcode) {
  const std::uint32_t units = RowsOf(maps, opcode).Units(maps.output_height);
  return {maps.batches == 1 ? units : 1, maps.scratch_bytes};
}

bool HasOnePixel(const nn::X86ConvParams& p) { return p.output_height == 1 && p.output_width == 1; }

void TakeChannels(nn::X86ConvParams& p, Opcode opcode, const Share& share) {
  const std::uint32_t step = StepOf(opcode);
  const Range blocks = RangeOf(p.Blocks(), share);
  const std::uint32_t first = blocks.first * nn::X86Channels::kCount;
  const std::uint32_t last =
      std::min<std::uint32_t>(blocks.last * nn::X86Channels::kCount, p.output_channels);
  p.weights += first * p.kernel_height * p.GroupsPerRow(step) * step;
  p.channels += blocks.first * static_cast<std::uint32_t>(sizeof(nn::X86Channels));
  p.output += first;
  p.output_channels = static_cast<std::uint16_t>(last - first);
  p.scratch = share.scratch;
}

void TakePanels(nn::X86FloatDenseParams& p, const Share& share) {
  constexpr std::uint32_t kPanel = nn::X86FloatDenseParams::kPanel * nn::kX86Block;
  const Range panels = RangeOf((p.outputs + kPanel - 1) / kPanel, share);
  const std::uint32_t first = panels.first * kPanel;
  const std::uint32_t last = std::min(panels.last * kPanel, p.outputs);
  p.weights += first * p.inputs * 4;
  p.bias += first * 4;
  p.output += first * 4;
  p.outputs = last - first;
}

bool Take(nn::X86ConvParams& p, Opcode opcode, const Share& share) {
  if (HasOnePixel(p)) {
    TakeChannels(p, opcode, share);
    return true;
  }
  const bool was_pointwise = p.is_pointwise();
  if (!TakeRows(p, RowsOf(p, opcode), share)) return false;
  p.band_rows = std::min(p.band_rows, p.output_height);
  return p.is_pointwise() == was_pointwise;
}

bool Take(nn::X86FloatConvParams& p, Opcode opcode, const Share& share) {
  const bool was_inside = p.maps.is_inside();
  if (!TakeRows(p.maps, RowsOf(p.maps, opcode), share)) return false;
  p.band_rows = std::min(p.band_rows, p.maps.output_height);
  return p.maps.is_inside() == was_inside;
}

bool Take(nn::X86FloatDepthwiseParams& p, Opcode opcode, const Share& share) {
  const bool was_in_place = p.is_in_place(), had_thin_edges = p.has_thin_edges();
  if (!TakeRows(p.maps, RowsOf(p.maps, opcode), share)) return false;
  p.band_rows = std::min(p.band_rows, p.maps.output_height);
  return p.is_in_place() == was_in_place && p.has_thin_edges() == had_thin_edges;
}

}  // namespace

Shares SharesOf(Opcode opcode, const void* params) {
  switch (opcode) {
    case Opcode::kConvX86Quads:
    case Opcode::kConvX86Pairs: {
      const auto& p = *static_cast<const nn::X86ConvParams*>(params);
      if (p.batches == 1 && HasOnePixel(p)) return {p.Blocks(), p.scratch_bytes};
      return SharesOfRows(p, opcode);
    }
    case Opcode::kDepthwiseX86Quads:
    case Opcode::kDepthwiseX86Pairs:
      return SharesOfRows(*static_cast<const nn::X86DepthwiseParams*>(params), opcode);
    case Opcode::kWinogradX86Pairs:
      return SharesOfRows(*static_cast<const nn::X86WinogradParams*>(params), opcode);
    case Opcode::kConvFloatX86:
    case Opcode::kWinogradFloatX86:
    case Opcode::kDepthwiseFloatX86:
      return SharesOfRows(*static_cast<const nn::X86FloatMaps*>(params), opcode);
    case Opcode::kFullyConnectedFloatX86: {
      const auto& p = *static_cast<const nn::X86FloatDenseParams*>(params);
      const std::uint32_t panel = nn::X86FloatDenseParams::kPanel * nn::kX86Block;
      return {p.batches == 1 ? (p.outputs + panel - 1) / panel : 1, 0};
    }
    default:
      return {};
  }
}

bool TakeShare(Opcode opcode, void* params, const Share& share) {
  switch (opcode) {
    case Opcode::kConvX86Quads:
    case Opcode::kConvX86Pairs:
      return Take(*static_cast<nn::X86ConvParams*>(params), opcode, share);
    case Opcode::kDepthwiseX86Quads:
    case Opcode::kDepthwiseX86Pairs: {
      auto& p = *static_cast<nn::X86DepthwiseParams*>(params);
      return TakeRows(p, RowsOf(p, opcode), share);
    }
    case Opcode::kWinogradX86Pairs: {
      auto& p = *static_cast<nn::X86WinogradParams*>(params);
      return TakeRows(p, RowsOf(p, opcode), share);
    }
    case Opcode::kWinogradFloatX86: {
      auto& maps = static_cast<nn::X86FloatWinogradParams*>(params)->maps;
      return TakeRows(maps, RowsOf(maps, opcode), share);
    }
    case Opcode::kConvFloatX86:
      return Take(*static_cast<nn::X86FloatConvParams*>(params), opcode, share);
    case Opcode::kDepthwiseFloatX86:
      return Take(*static_cast<nn::X86FloatDepthwiseParams*>(params), opcode, share);
    case Opcode::kFullyConnectedFloatX86:
      TakePanels(*static_cast<nn::X86FloatDenseParams*>(params), share);
      return true;
    default:
      return share.count == 1;
  }
}

}  // namespace tinyfog::plan
