#pragma once

#include "kernels/x86/conv_float.h"

/// CONV_2D of 3x3 by Winograd's F(4x4,3x3) over a vector type R. One vector holds channels, so the
/// transforms are sums of vectors.
namespace tinyfog::nn::x86 {

/// B^T d of six values.
template <class R>
TINYFOG_INLINE void TransformInputs(const typename R::Real (&d)[6], typename R::Real (&to)[6]) {
  const auto times = [](float factor, auto a, auto sum) { return R::Fma(R::Set(factor), a, sum); };
  const auto a = times(-4, d[2], d[4]);
  const auto b = times(-4, d[1], d[3]);
  const auto c = R::Subtract(d[4], d[2]);
  const auto e = R::Subtract(d[3], d[1]);
  to[0] = times(4, d[0], times(-5, d[2], d[4]));
  to[1] = R::Add(a, b);
  to[2] = R::Subtract(a, b);
  to[3] = times(2, e, c);
  to[4] = times(-2, e, c);
  to[5] = times(4, d[1], times(-5, d[3], d[5]));
}

/// A^T m of six values.
template <class R>
TINYFOG_INLINE void TransformSums(const typename R::Real (&m)[6], typename R::Real (&to)[4]) {
  const auto times = [](float factor, auto a, auto sum) { return R::Fma(R::Set(factor), a, sum); };
  const auto sum = R::Add(m[1], m[2]);
  const auto difference = R::Subtract(m[1], m[2]);
  const auto far_sum = R::Add(m[3], m[4]);
  const auto far_difference = R::Subtract(m[3], m[4]);
  to[0] = R::Add(R::Add(m[0], sum), far_sum);
  to[1] = times(2, far_difference, difference);
  to[2] = times(4, far_sum, sum);
  to[3] = R::Add(times(8, far_difference, difference), m[5]);
}

/// The 6x6 inputs of a tile to `to`, [position][channel].
template <class R>
TINYFOG_INLINE void TileInputs(const float* from, std::size_t row_step, std::uint32_t channels,
                               float* to) {
  using Real = typename R::Real;
  for (std::uint32_t c = 0; c < channels; c += R::kLanes) {
    Real columns[6][6];  // [y][x]
#pragma GCC unroll 6
    for (int x = 0; x < 6; ++x) {
      Real d[6], t[6];
#pragma GCC unroll 6
      for (int y = 0; y < 6; ++y) d[y] = R::Load(from + y * row_step + x * channels + c);
      TransformInputs<R>(d, t);
#pragma GCC unroll 6
      for (int y = 0; y < 6; ++y) columns[y][x] = t[y];
    }
#pragma GCC unroll 6
    for (int y = 0; y < 6; ++y) {
      Real t[6];
      TransformInputs<R>(columns[y], t);
#pragma GCC unroll 6
      for (int x = 0; x < 6; ++x) R::Store(to + (y * 6 + x) * channels + c, t[x]);
    }
  }
}

/// What is written of a tile.
struct TileOutput {
  float* to;
  std::size_t row_step;
  std::uint32_t channels;  // between two pixels
  std::uint32_t rows;      // 1 to 4
  std::uint32_t columns;
};

/// The sums of a tile, [position][step], to outputs: one vector of channels.
template <class R>
TINYFOG_INLINE void TileOutputs(const float* sums, std::size_t step, typename R::Real bias,
                                typename R::Real least, typename R::Real most,
                                const TileOutput& tile, std::uint32_t channel) {
  using Real = typename R::Real;
  Real columns[4][6];  // [y][x]
#pragma GCC unroll 6
  for (int x = 0; x < 6; ++x) {
    Real m[6], t[4];
#pragma GCC unroll 6
    for (int y = 0; y < 6; ++y) m[y] = R::Load(sums + (y * 6 + x) * step);
    TransformSums<R>(m, t);
#pragma GCC unroll 4
    for (int y = 0; y < 4; ++y) columns[y][x] = t[y];
  }
#pragma GCC unroll 4
  for (std::uint32_t y = 0; y < 4; ++y) {
    if (y == tile.rows) return;
    Real t[4];
    TransformSums<R>(columns[y], t);
    float* to = tile.to + y * tile.row_step + channel;
#pragma GCC unroll 4
    for (std::uint32_t x = 0; x < 4; ++x) {
      if (x == tile.columns) break;
      R::Store(to + x * tile.channels, R::AtMost(R::AtLeast(R::Add(t[x], bias), least), most));
    }
  }
}

/// Copies the 6x6 inputs from row y and column x on, both possibly outside the map: zeros there.
template <class R>
void CopyPatch(const X86FloatMaps& p, const float* input, std::int32_t y, std::int32_t x,
               float* to) {
  const std::uint32_t channels = p.input_channels;
  for (std::int32_t row = y; row < y + 6; ++row) {
    for (std::int32_t column = x; column < x + 6; ++column) {
      const bool is_inside =
          row >= 0 && row < p.input_height && column >= 0 && column < p.input_width;
      to = is_inside
               ? CopyFloats<R>(
                     input + (std::size_t(row) * p.input_width + std::size_t(column)) * channels,
                     channels, to)
               : FillZeros<R>(channels, to);
    }
  }
}

/// One map's tiles, and where the parts of the scratch lie.
template <class R>
struct FloatWinograd {
  const X86FloatWinogradParams& params;
  const float* weights;
  const float* bias;
  float* patch;
  float* inputs;  // [tile][position][channel]
  float* sums;    // [tile][position][channel of the blocks at work]

  static constexpr std::uint32_t kPositions = X86FloatWinogradParams::kPositions;

  TINYFOG_INLINE std::uint32_t TileColumns() const { return (params.maps.output_width + 3u) / 4; }

  TINYFOG_INLINE void Inputs(const float* map, std::uint32_t tile, float* to) const {
    const X86FloatMaps& p = params.maps;
    const auto y = static_cast<std::int32_t>(tile / TileColumns() * 4) - p.pad_top;
    const auto x = static_cast<std::int32_t>(tile % TileColumns() * 4) - p.pad_left;
    const std::size_t row = std::size_t{p.input_width} * p.input_channels;
    if (y >= 0 && x >= 0 && y + 6 <= p.input_height && x + 6 <= p.input_width) {
      TileInputs<R>(map + std::size_t(y) * row + std::size_t(x) * p.input_channels, row,
                    p.input_channels, to);
      return;
    }
    CopyPatch<R>(p, map, y, x, patch);
    TileInputs<R>(patch, std::size_t{6} * p.input_channels, p.input_channels, to);
  }

  TINYFOG_INLINE void Outputs(const float* from, std::uint32_t blocks, std::uint32_t first,
                              std::uint32_t tile, float* map) const {
    const X86FloatMaps& p = params.maps;
    const std::uint32_t y = tile / TileColumns() * 4;
    const std::uint32_t x = tile % TileColumns() * 4;
    const std::size_t row = std::size_t{p.output_width} * p.output_channels;
    const TileOutput to{map + y * row + std::size_t{x} * p.output_channels + first, row,
                        p.output_channels, Smaller(p.output_height - y, 4),
                        Smaller(p.output_width - x, 4)};
    const auto least = R::Set(p.clamp_min);
    const auto most = R::Set(p.clamp_max);
    for (std::uint32_t c = 0; c < 16 * blocks; c += R::kLanes) {
      TileOutputs<R>(from + c, std::size_t{16} * blocks, R::Load(bias + first + c), least, most, to,
                     c);
    }
  }

  /// `count` tiles from `first` on.
  TINYFOG_INLINE void Run(const float* input, std::uint32_t first, std::uint32_t count,
                          float* output) const {
    const X86FloatMaps& p = params.maps;
    const std::size_t position = std::size_t{p.input_channels} * 16;
    for (std::uint32_t t = 0; t < count; ++t) {
      Inputs(input, first + t, inputs + std::size_t{t} * kPositions * p.input_channels);
    }
    const float* block = weights;
    std::uint32_t channel = 0;
    ForBlocks<R, false>(
        p.output_channels, count, [&](auto run, std::uint32_t blocks, std::uint32_t last) {
          const FloatBand band{0,
                               std::size_t{kPositions} * p.input_channels,
                               p.input_channels,
                               1,
                               kPositions * position,
                               std::size_t{kPositions} * 16 * blocks,
                               0,
                               0};
          for (std::uint32_t i = 0; i < kPositions; ++i) {
            run(band, count, inputs + std::size_t{i} * p.input_channels, block + i * position,
                nullptr, sums + std::size_t{i} * 16 * blocks, last);
          }
          for (std::uint32_t t = 0; t < count; ++t) {
            Outputs(sums + std::size_t{t} * kPositions * 16 * blocks, blocks, channel, first + t,
                    output);
          }
          block += blocks * kPositions * position;
          channel += 16 * blocks;
        });
  }
};

template <class R>
void RunWinogradFloat(const X86FloatWinogradParams& params, Memory memory) {
  const X86FloatMaps& p = params.maps;
  const auto* input = memory.Read<float>(p.input);
  auto* output = memory.Write<float>(p.output);
  auto* patch = memory.Write<float>(p.scratch);
  const std::size_t tile = std::size_t{X86FloatWinogradParams::kPositions} * p.input_channels;
  const FloatWinograd<R> winograd{
      params,       memory.Read<float>(p.weights),     memory.Read<float>(p.bias), patch,
      patch + tile, patch + tile + params.tiles * tile};
  const std::uint32_t tiles = (p.output_height + 3u) / 4 * winograd.TileColumns();
  for (std::uint32_t n = 0; n < p.batches; ++n) {
    for (std::uint32_t first = 0; first < tiles; first += params.tiles) {
      winograd.Run(input, first, Smaller(params.tiles, tiles - first), output);
    }
    input += std::size_t{p.input_height} * p.input_width * p.input_channels;
    output += std::size_t{p.output_height} * p.output_width * p.output_channels;
  }
}

}  // namespace tinyfog::nn::x86
