#pragma once

#include "kernels/x86/round.h"
#include "tinyfog/nn/kernels/x86.h"

/// DEPTHWISE_CONV_2D over a vector type V: an instruction multiplies V::kStep rows of one column.
namespace tinyfog::nn::x86 {

/// Sixteen channels of a strip: the columns of its groups of rows, [group][column][16][kStep].
template <class V>
struct Strip {
  static constexpr std::uint32_t kColumn = 16 * V::kStep;  // values

  const typename V::Value* groups[X86DepthwiseParams::kMostGroups];
  std::uint32_t group_count;
  std::uint32_t kernel_width;
  std::uint32_t stride;        // columns between outputs
  const std::int8_t* weights;  // [row of outputs][group][kx][16][kStep]
  std::uint32_t row_weights;   // values between two rows of outputs
  const X86Channels* channels;
  typename V::Clamp clamp;
  std::uint32_t count;        // channels that there are
  std::uint32_t output_step;  // bytes between two pixels
};

/// kTile columns of kRows output rows from column `x` of the strip on: kVectors vectors of
/// channels.
template <class V, int kRows, int kTile, int kVectors>
TINYFOG_INLINE void DepthwiseTile(const Strip<V>& strip, std::uint32_t x,
                                  std::int8_t* const (&output)[kRows]) {
  using Int = typename V::Int;
  constexpr int kHalf = V::kLanes * static_cast<int>(V::kStep);  // values
  Int sums[kRows][kTile][kVectors];
#pragma GCC unroll 2
  for (int h = 0; h < kVectors; ++h) {
    const Int bias = V::Load(strip.channels->bias + h * V::kLanes);
#pragma GCC unroll 2
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
      for (int t = 0; t < kTile; ++t) sums[r][t][h] = bias;
    }
  }
  const std::int8_t* weights = strip.weights;
  const std::size_t step = std::size_t{strip.stride} * Strip<V>::kColumn;
  for (std::uint32_t g = 0; g < strip.group_count; ++g) {
    const typename V::Value* column = strip.groups[g] + x * step;
    for (std::uint32_t kx = 0; kx < strip.kernel_width; ++kx) {
#pragma GCC unroll 2
      for (int h = 0; h < kVectors; ++h) {
        decltype(V::LoadWeights(weights)) loaded[kRows];
#pragma GCC unroll 2
        for (int r = 0; r < kRows; ++r) {
          loaded[r] = V::LoadWeights(weights + r * strip.row_weights + h * kHalf);
        }
#pragma GCC unroll 16
        for (int t = 0; t < kTile; ++t) {
          const auto values =
              V::LoadValues(column + static_cast<std::size_t>(t) * step + h * kHalf);
#pragma GCC unroll 2
          for (int r = 0; r < kRows; ++r) {
            sums[r][t][h] = V::Dot(sums[r][t][h], values, loaded[r]);
          }
        }
      }
      weights += Strip<V>::kColumn;
      column += Strip<V>::kColumn;
    }
  }
#pragma GCC unroll 2
  for (int r = 0; r < kRows; ++r) {
    RoundTile<V, kTile, kVectors>(sums[r], 0, *strip.channels, strip.clamp, output[r],
                                  strip.output_step, strip.count);
  }
}

template <class V, int kRows, int kTile, int kVectors>
TINYFOG_INLINE void DepthwiseTail(int columns, const Strip<V>& strip, std::uint32_t x,
                                  std::int8_t* const (&output)[kRows]) {
  if constexpr (kTile > 0) {
    if (columns == kTile) {
      DepthwiseTile<V, kRows, kTile, kVectors>(strip, x, output);
    } else {
      DepthwiseTail<V, kRows, kTile - 1, kVectors>(columns, strip, x, output);
    }
  }
}

/// `width` columns of kRows output rows.
template <class V, int kRows, int kVectors>
void DepthwiseRow(const Strip<V>& strip, std::uint32_t width, std::int8_t* const (&output)[kRows]) {
  constexpr int kTile = 16 / V::kLanes * V::kColumns / kVectors / kRows;
  std::uint32_t tiles = (width + kTile - 1) / kTile;
  for (std::uint32_t x = 0; tiles > 0; --tiles) {
    const std::uint32_t tile = (width - x + tiles - 1) / tiles;
    std::int8_t* at[kRows];
    for (int r = 0; r < kRows; ++r) at[r] = output[r] + std::size_t{x} * strip.output_step;
    DepthwiseTail<V, kRows, kTile, kVectors>(static_cast<int>(tile), strip, x, at);
    x += tile;
  }
}

/// Puts the rows of a map into strips.
template <class V>
class DepthwiseColumns {
 public:
  using Value = typename V::Value;

  DepthwiseColumns(const X86DepthwiseParams& p, Memory memory, const std::int8_t* map)
      : p_(p), map_(map), memory_(memory.Write<Value>(p.scratch)) {
    group_values_ = p.Columns() * Strip<V>::kColumn;
    __builtin_memset(outside_, p.input_zero_point, sizeof(outside_));
    // Columns beside the map never change.
    for (std::uint32_t g = 0; g < p.Groups(V::kStep); ++g) {
      for (std::uint32_t x = 0; x < p.Columns(); ++x) {
        if (x >= p.pad_left && x < std::uint32_t{p.pad_left} + p.input_width) continue;
        const std::int8_t* rows[V::kStep];
        for (const std::int8_t*& row : rows) row = outside_;
        V::Interleave(rows, Group(g) + std::size_t{x} * Strip<V>::kColumn);
      }
    }
  }

  /// Sixteen channels from `channel` on of kStep rows from `first` on; rows outside the map too.
  void Load(Value* to, std::int32_t first, std::uint32_t channel) const {
    const std::int8_t* rows[V::kStep];
    std::size_t steps[V::kStep];
    for (std::uint32_t i = 0; i < V::kStep; ++i) {
      const auto y = static_cast<std::uint32_t>(first + static_cast<std::int32_t>(i));
      const bool is_inside = y < p_.input_height;
      rows[i] =
          is_inside ? map_ + std::size_t{y} * p_.input_width * p_.channels + channel : outside_;
      steps[i] = is_inside ? p_.channels : 0;
    }
    to += std::size_t{p_.pad_left} * Strip<V>::kColumn;
    for (std::uint32_t x = 0; x < p_.input_width; ++x, to += Strip<V>::kColumn) {
      V::Interleave(rows, to);
      for (std::uint32_t i = 0; i < V::kStep; ++i) rows[i] += steps[i];
    }
  }
  Value* Group(std::uint32_t g) const { return memory_ + std::size_t{g} * group_values_; }

 private:
  const X86DepthwiseParams& p_;
  const std::int8_t* map_;
  Value* memory_;
  std::size_t group_values_;
  std::int8_t outside_[16];
};

/// One block of channels of one map. `kRows` output rows make a strip.
template <class V, int kRows, int kVectors>
void DepthwiseBlock(const X86DepthwiseParams& p, const DepthwiseColumns<V>& columns,
                    Strip<V>& strip, std::uint32_t channel, std::int8_t* output) {
  const std::uint32_t groups = p.Groups(V::kStep);
  const std::uint32_t row_bytes = std::uint32_t{p.output_width} * p.channels;
  // Rows by which strips move on: where they make a group, the others only change places.
  const std::uint32_t moved = kRows * p.stride_height;
  typename V::Value* places[X86DepthwiseParams::kMostGroups];
  for (std::uint32_t g = 0; g < groups; ++g) places[g] = columns.Group(g);
  for (std::uint32_t y = 0; y < p.output_height; y += kRows) {
    const auto top = static_cast<std::int32_t>(y * p.stride_height) - p.pad_top;
    std::uint32_t first = 0;
    if (y > 0 && moved == V::kStep) {
      typename V::Value* const oldest = places[0];
      for (std::uint32_t g = 0; g + 1 < groups; ++g) places[g] = places[g + 1];
      places[groups - 1] = oldest;
      first = groups - 1;
    }
    for (std::uint32_t g = first; g < groups; ++g) {
      columns.Load(places[g], top + static_cast<std::int32_t>(g * V::kStep), channel);
    }
    for (std::uint32_t g = 0; g < groups; ++g) strip.groups[g] = places[g];
    std::int8_t* rows[kRows];
    for (int r = 0; r < kRows; ++r) {
      rows[r] = output + (std::size_t{y} + static_cast<unsigned>(r)) * row_bytes + channel;
    }
    if constexpr (kRows == 2) {
      if (y + 1 == p.output_height) {
        std::int8_t* const last[1] = {rows[0]};
        DepthwiseRow<V, 1, kVectors>(strip, p.output_width, last);
        return;
      }
    }
    DepthwiseRow<V, kRows, kVectors>(strip, p.output_width, rows);
  }
}

/// The last block may need only its first vector.
template <class V, int kRows>
TINYFOG_INLINE void DepthwiseChannels(const X86DepthwiseParams& p,
                                      const DepthwiseColumns<V>& columns, Strip<V>& strip,
                                      std::uint32_t channel, std::int8_t* output) {
  constexpr int kHalves = 16 / V::kLanes;
  if (kHalves == 2 && strip.count <= 8) {
    DepthwiseBlock<V, kRows, 1>(p, columns, strip, channel, output);
  } else {
    DepthwiseBlock<V, kRows, kHalves>(p, columns, strip, channel, output);
  }
}

template <class V>
void RunDepthwise(const X86DepthwiseParams& p, Memory memory) {
  const auto* input = memory.Read<std::int8_t>(p.input);
  auto* output = memory.Write<std::int8_t>(p.output);
  Strip<V> strip;
  strip.group_count = p.Groups(V::kStep);
  strip.kernel_width = p.kernel_width;
  strip.stride = p.stride_width;
  strip.row_weights = strip.group_count * p.kernel_width * Strip<V>::kColumn;
  strip.clamp = V::ClampOf(p.clamp_min, p.clamp_max);
  strip.output_step = p.channels;
  for (std::uint32_t n = 0; n < p.batches; ++n) {
    const DepthwiseColumns<V> columns(p, memory, input);
    strip.weights = memory.Read<std::int8_t>(p.weights);
    strip.channels = memory.Read<X86Channels>(p.block_channels);
    for (std::uint32_t c = 0; c < p.channels; c += 16) {
      strip.count = Smaller(p.channels - c, 16);
      if (p.StripRows() == 2) {
        DepthwiseChannels<V, 2>(p, columns, strip, c, output);
      } else {
        DepthwiseChannels<V, 1>(p, columns, strip, c, output);
      }
      strip.weights += p.StripRows() * strip.row_weights;
      ++strip.channels;
    }
    input += std::size_t{p.input_height} * p.input_width * p.channels;
    output += std::size_t{p.output_height} * p.output_width * p.channels;
  }
}

}  // namespace tinyfog::nn::x86
