#pragma once

#include "kernels/x86/prepare.h"
#include "kernels/x86/round.h"

/// CONV_2D of 3x3 with stride 1 by Winograd's F(4x4, 3x3), in integers and exact. Tiles of 4x4
/// outputs: 36 products for each pair of channels instead of 144.
///
/// With inputs of 8 bits the transformed ones fit 16 bits (rows of B^T have sums of up to 10:
/// 10 * 10 * 128), and so do weights transformed with 24 G, its last row halved (12 * 12 * 128);
/// A^T doubles what belongs to that row. Sums of products are right modulo 2^32, so the outputs are
/// 24 * 24 * sum modulo 2^32: times the inverse of 9 they are 64 * sum, which a shift divides when
/// |sum| < 2^25. Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015.
namespace tinyfog::nn::x86 {

inline constexpr int kWinogradTile = 4;     // outputs a side
inline constexpr int kWinogradPatch = 6;    // inputs a side
inline constexpr int kWinogradPlaces = 36;  // products of a tile and a pair of channels
inline constexpr std::int32_t kInverseOfNine = 954437177;  // modulo 2^32

/// B^T d in place: six vectors of sixteen 16-bit values.
template <class V>
TINYFOG_INLINE void TransformInputs(typename V::Shorts (&d)[6]) {
  const auto d0 = d[0], d1 = d[1], d2 = d[2], d3 = d[3], d4 = d[4], d5 = d[5];
  const auto four = [](const auto& x) __attribute__((always_inline)) {
    return V::ShiftShorts(x, 2);
  };
  const auto a = V::SubShorts(d4, four(d2));
  const auto b = V::SubShorts(d3, four(d1));
  const auto c = V::SubShorts(d4, d2);
  const auto e = V::ShiftShorts(V::SubShorts(d3, d1), 1);
  d[0] = V::SubShorts(V::AddShorts(four(V::SubShorts(d0, d2)), d4), d2);
  d[1] = V::AddShorts(a, b);
  d[2] = V::SubShorts(a, b);
  d[3] = V::AddShorts(c, e);
  d[4] = V::SubShorts(c, e);
  d[5] = V::SubShorts(V::AddShorts(four(V::SubShorts(d1, d3)), d5), d3);
}

/// A^T m: four sums of six.
template <class V>
TINYFOG_INLINE void TransformOutputs(const typename V::Int (&m)[6], typename V::Int (&y)[4]) {
  const auto s12 = V::Add(m[1], m[2]), d12 = V::Sub(m[1], m[2]);
  const auto s34 = V::Add(m[3], m[4]), d34 = V::Sub(m[3], m[4]);
  y[0] = V::Add(m[0], V::Add(s12, s34));
  y[1] = V::Add(d12, V::Shift(d34, 1));
  y[2] = V::Add(s12, V::Shift(s34, 2));
  y[3] = V::Add(V::Add(d12, V::Shift(d34, 3)), V::Shift(m[5], 1));
}

/// Everything about one step.
template <class V>
class Winograd {
 public:
  Winograd(const X86WinogradParams& p, Memory memory)
      : p_(p),
        tiles_x_(p.TilesX()),
        row_(p.RowValues()),
        image_(memory.Write<std::int16_t>(p.scratch)),
        inputs_(image_ + std::size_t{p.BandImageRows()} * row_),
        sums_(reinterpret_cast<std::int32_t*>(
            inputs_ + std::size_t{kWinogradPlaces} * X86WinogradParams::kChunk * p.input_channels)),
        weights_(memory.Read<std::int16_t>(p.weights)),
        channels_(memory.Read<X86Channels>(p.block_channels)),
        clamp_(V::ClampOf(p.clamp_min, p.clamp_max)) {}

  void Run(const std::int8_t* input, std::int8_t* output) {
    for (std::uint32_t y = 0; y < p_.TilesY(); y += p_.band_tiles) {
      const std::uint32_t rows = Smaller(p_.band_tiles, p_.TilesY() - y);
      Copy(input, y * kWinogradTile, rows * kWinogradTile + 2);
      const std::uint32_t tiles = rows * tiles_x_;
      // Chunks of nearly the same size.
      std::uint32_t chunks = (tiles + X86WinogradParams::kChunk - 1) / X86WinogradParams::kChunk;
      for (std::uint32_t first = 0; chunks > 0; --chunks) {
        const std::uint32_t count = (tiles - first + chunks - 1) / chunks;
        Chunk(y, first, count, output);
        first += count;
      }
    }
  }

 private:
  // Rows [first, first + count) of the padded map, one pixel of padding above and left of it.
  void Copy(const std::int8_t* input, std::uint32_t first, std::uint32_t count) {
    const std::uint32_t channels = p_.input_channels;
    const std::uint32_t left = std::uint32_t{p_.pad_left} * channels;
    const std::uint32_t copied = Smaller(row_ - left, std::uint32_t{p_.input_width} * channels);
    std::int16_t* to = image_;
    for (std::uint32_t i = first; i < first + count; ++i) {
      const std::uint32_t y = i - p_.pad_top;  // wraps to a large number above the map
      if (y < p_.input_height) {
        to = Fill<V>(p_.input_zero_point, left, to);
        to = Prepare<V>(input + std::size_t{y} * p_.input_width * channels, copied, to);
        to = Fill<V>(p_.input_zero_point, row_ - left - copied, to);
      } else {
        to = Fill<V>(p_.input_zero_point, row_, to);
      }
    }
  }

  void Chunk(std::uint32_t band, std::uint32_t first, std::uint32_t count, std::int8_t* output) {
    for (std::uint32_t t = 0; t < count; ++t) {
      const std::uint32_t tile = first + t;
      Gather(image_ + std::size_t{tile / tiles_x_} * kWinogradTile * row_ +
                 std::size_t{tile % tiles_x_} * kWinogradTile * p_.input_channels,
             inputs_ + std::size_t{t} * p_.input_channels);
    }
    const std::int16_t* weights = weights_;
    for (std::uint32_t b = 0; b < p_.Blocks(); ++b) {
      Multiply(weights, count);
      weights += std::size_t{kWinogradPlaces} * p_.input_channels * 16;
      for (std::uint32_t t = 0; t < count; ++t) {
        const std::uint32_t tile = first + t;
        Scatter(sums_ + std::size_t{t} * 16, channels_[b], (band + tile / tiles_x_) * kWinogradTile,
                tile % tiles_x_ * kWinogradTile, 16 * b, output);
      }
    }
  }

  // One patch: 36 places of all input channels, kChunk tiles apart.
  void Gather(const std::int16_t* patch, std::int16_t* to) const {
    using Shorts = typename V::Shorts;
    const std::size_t channels = p_.input_channels;
    const std::size_t place = X86WinogradParams::kChunk * channels;
    for (std::size_t c = 0; c < channels; c += 16) {
      Shorts rows[6][6];
#pragma GCC unroll 6
      for (int x = 0; x < 6; ++x) {
        Shorts column[6];
#pragma GCC unroll 6
        for (int y = 0; y < 6; ++y) {
          column[y] = V::LoadShorts(patch + static_cast<std::size_t>(y) * row_ +
                                    static_cast<std::size_t>(x) * channels + c);
        }
        TransformInputs<V>(column);
#pragma GCC unroll 6
        for (int y = 0; y < 6; ++y) rows[y][x] = column[y];
      }
#pragma GCC unroll 6
      for (int y = 0; y < 6; ++y) {
        TransformInputs<V>(rows[y]);
#pragma GCC unroll 6
        for (int x = 0; x < 6; ++x) {
          V::StoreShorts(to + static_cast<std::size_t>(6 * y + x) * place + c, rows[y][x]);
        }
      }
    }
  }

  template <int kTiles>
  TINYFOG_INLINE void Products(const std::int16_t* inputs, const std::int16_t* weights,
                               std::int32_t* sums) const {
    using Int = typename V::Int;
    constexpr int kHalves = 16 / V::kLanes;
    Int all[kTiles][kHalves];
#pragma GCC unroll 8
    for (int t = 0; t < kTiles; ++t) {
#pragma GCC unroll 2
      for (int h = 0; h < kHalves; ++h) all[t][h] = V::Set(0);
    }
    const std::size_t channels = p_.input_channels;
    for (std::size_t c = 0; c < channels; c += 2) {
      decltype(V::LoadWide(weights)) loaded[kHalves];
#pragma GCC unroll 2
      for (int h = 0; h < kHalves; ++h) {
        loaded[h] = V::LoadWide(weights + h * V::kLanes * 2);
      }
      weights += 32;
#pragma GCC unroll 8
      for (int t = 0; t < kTiles; ++t) {
        const auto value = V::Broadcast(inputs + static_cast<std::size_t>(t) * channels + c);
#pragma GCC unroll 2
        for (int h = 0; h < kHalves; ++h) all[t][h] = V::Dot(all[t][h], value, loaded[h]);
      }
    }
#pragma GCC unroll 8
    for (int t = 0; t < kTiles; ++t) {
#pragma GCC unroll 2
      for (int h = 0; h < kHalves; ++h) V::StoreInt(sums + t * 16 + h * V::kLanes, all[t][h]);
    }
  }

  // Sixteen output channels at every place.
  void Multiply(const std::int16_t* weights, std::uint32_t count) const {
    const std::size_t place = X86WinogradParams::kChunk * std::size_t{p_.input_channels};
    for (int i = 0; i < kWinogradPlaces; ++i) {
      const std::int16_t* inputs = inputs_ + static_cast<std::size_t>(i) * place;
      std::int32_t* sums = sums_ + static_cast<std::size_t>(i) * X86WinogradParams::kChunk * 16;
      switch (count) {
        case 1:
          Products<1>(inputs, weights, sums);
          break;
        case 2:
          Products<2>(inputs, weights, sums);
          break;
        case 3:
          Products<3>(inputs, weights, sums);
          break;
        case 4:
          Products<4>(inputs, weights, sums);
          break;
        case 5:
          Products<5>(inputs, weights, sums);
          break;
        default:
          Products<6>(inputs, weights, sums);
      }
      weights += std::size_t{p_.input_channels} * 16;
    }
  }

  // The outputs of one tile and block from its 36 sums.
  void Scatter(const std::int32_t* sums, const X86Channels& channels, std::uint32_t y,
               std::uint32_t x, std::uint32_t channel, std::int8_t* output) const {
    using Int = typename V::Int;
    constexpr int kHalves = 16 / V::kLanes;
    constexpr std::size_t kPlace = X86WinogradParams::kChunk * 16;
    Int outputs[4][4][kHalves];
    const Int inverse = V::Set(kInverseOfNine);
#pragma GCC unroll 2
    for (int h = 0; h < kHalves; ++h) {
      Int columns[4][6];
#pragma GCC unroll 6
      for (int i = 0; i < 6; ++i) {
        Int m[6], four[4];
#pragma GCC unroll 6
        for (int j = 0; j < 6; ++j) {
          m[j] = V::Load(sums + static_cast<std::size_t>(6 * j + i) * kPlace + h * V::kLanes);
        }
        TransformOutputs<V>(m, four);
#pragma GCC unroll 4
        for (int r = 0; r < 4; ++r) columns[r][i] = four[r];
      }
      const Int bias = V::Load(channels.bias + h * V::kLanes);
#pragma GCC unroll 4
      for (int r = 0; r < 4; ++r) {
        Int four[4];
        TransformOutputs<V>(columns[r], four);
#pragma GCC unroll 4
        for (int i = 0; i < 4; ++i) {
          outputs[r][i][h] = V::Add(V::ShiftRight(V::Multiply(four[i], inverse), 6), bias);
        }
      }
    }
    const std::uint32_t rows = Smaller(p_.output_height - y, 4);
    const std::uint32_t columns = Smaller(p_.output_width - x, 4);
    const std::uint32_t count = Smaller(p_.output_channels - channel, 16);
    const std::size_t step = p_.output_channels;
    output += (std::size_t{y} * p_.output_width + x) * step + channel;
#pragma GCC unroll 4
    for (std::uint32_t r = 0; r < 4; ++r) {
      if (r >= rows) break;
      RoundFirst(outputs[r], columns, channels, output, count);
      output += std::size_t{p_.output_width} * step;
    }
  }

  TINYFOG_INLINE void RoundFirst(typename V::Int (&four)[4][16 / V::kLanes], std::uint32_t columns,
                                 const X86Channels& channels, std::int8_t* output,
                                 std::uint32_t count) const {
    constexpr int kHalves = 16 / V::kLanes;
    const std::size_t step = p_.output_channels;
    if (columns == 4) {
      RoundTile<V, 4, kHalves>(four, 0, channels, clamp_, output, step, count);
      return;
    }
    for (std::uint32_t i = 0; i < columns; ++i) {
      typename V::Int one[1][kHalves];
      for (int h = 0; h < kHalves; ++h) one[0][h] = four[i][h];
      RoundTile<V, 1, kHalves>(one, 0, channels, clamp_, output + i * step, step, count);
    }
  }

  const X86WinogradParams& p_;
  const std::uint32_t tiles_x_;
  const std::uint32_t row_;  // values of a row of the padded map
  std::int16_t* const image_;
  std::int16_t* const inputs_;  // [place][tile of the chunk][input channel]
  std::int32_t* const sums_;    // [place][tile of the chunk][16]
  const std::int16_t* const weights_;
  const X86Channels* const channels_;
  const typename V::Clamp clamp_;
};

template <class V>
void RunWinograd(const X86WinogradParams& p, Memory memory) {
  const auto* input = memory.Read<std::int8_t>(p.input);
  auto* output = memory.Write<std::int8_t>(p.output);
  for (std::uint32_t n = 0; n < p.batches; ++n) {
    Winograd<V>(p, memory).Run(input, output);
    input += std::size_t{p.input_height} * p.input_width * p.input_channels;
    output += std::size_t{p.output_height} * p.output_width * p.output_channels;
  }
}

}  // namespace tinyfog::nn::x86
