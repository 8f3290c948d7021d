#pragma once

#include "kernels/x86/depthwise_rows.h"
#include "kernels/x86/round.h"

/// DEPTHWISE_CONV_2D over a vector type V. An instruction multiplies V::kStep rows of one column,
/// which lie together once the bytes of rows are interleaved. V::kStep vectors hold
/// V::kLanes * V::kStep places of a row: channels of a pixel, or of several where they are few.
namespace tinyfog::nn::x86 {

/// Some places of all pixels of a strip.
template <class V>
struct Strip {
  static constexpr std::uint32_t kPlaces = V::kLanes * V::kStep;  // that a tile's vectors hold
  static constexpr std::uint32_t kBlock = X86DepthwiseParams::Block(V::kStep);
  static constexpr std::uint32_t kVectorPlaces = kBlock / V::kStep;

  const typename V::Value* rows[X86DepthwiseParams::kMostInputs];
  std::uint32_t groups;
  std::uint32_t kernel_height;
  std::uint32_t kernel_width;
  std::uint32_t stride;                 // columns between outputs
  const std::uint32_t* kernel_columns;  // their offsets in a row
  std::uint32_t step;                   // values between the inputs of two tiles
  const typename V::Weight* weights;
  std::uint32_t row_weights;  // values between two rows of outputs
  const X86Channels* channels;
  std::uint32_t lane;  // the first of each vector's channels
  typename V::BytesClamp clamp;
  std::uint32_t pixels;  // in a tile,
  std::uint32_t pitch;   // places apart,
  std::uint32_t used;    // of so many channels
  std::uint32_t pixel_bytes;

  /// Of vector `v`.
  TINYFOG_INLINE typename V::Int Constants(const std::int32_t (X86Channels::*member)[16],
                                           int v) const {
    const std::uint32_t place = static_cast<std::uint32_t>(v) * kVectorPlaces;
    return V::Load(channels[place / 16].*member + place % 16 + lane);
  }
  /// `at` is where the weights of the group and kernel column begin.
  TINYFOG_INLINE auto Weights(std::size_t at, int row, int v) const {
    return V::LoadWide(weights + at + static_cast<std::uint32_t>(row) * row_weights +
                       static_cast<std::uint32_t>(v) * kVectorPlaces * V::kStep);
  }
};

/// 1 to 32 bytes.
TINYFOG_INLINE void CopyFew(const std::int8_t* from, std::uint32_t count, std::int8_t* to) {
  // Two overlapping pieces.
  if (count >= 16) {
    __builtin_memcpy(to, from, 16);
    __builtin_memcpy(to + count - 16, from + count - 16, 16);
  } else if (count >= 8) {
    __builtin_memcpy(to, from, 8);
    __builtin_memcpy(to + count - 8, from + count - 8, 8);
  } else if (count >= 4) {
    __builtin_memcpy(to, from, 4);
    __builtin_memcpy(to + count - 4, from + count - 4, 4);
  } else {
    to[0] = from[0];
    to[count / 2] = from[count / 2];
    to[count - 1] = from[count - 1];
  }
}

/// Writes the channels of `pixels` pixels, not all of the vector.
template <class V>
__attribute__((noinline)) void StorePixels(const Strip<V>& strip, typename V::Bytes bytes,
                                           std::uint32_t pixels, std::int8_t* to) {
  if (strip.pixels == 1) {
    V::StorePart(to, bytes, strip.used);
    return;
  }
  std::int8_t places[64];
  V::StoreBytes(places, bytes);
  for (std::uint32_t i = 0; i < pixels; ++i, to += strip.pixel_bytes) {
    CopyFew(places + i * strip.pitch, strip.used, to);
  }
}

template <class V, X86Rounding kForm>
TINYFOG_INLINE typename V::Int Rounded(const typename V::Int& sum, const typename V::Int& a,
                                       const typename V::Int& b, const typename V::Int& c,
                                       const typename V::Int& zero_point) {
  if constexpr (kForm == X86Rounding::kLine) return V::Line(sum, a, b);
  if constexpr (kForm == X86Rounding::kTwoLines) return V::Line(sum, a, V::BySign(sum, b, c));
  return V::Add(V::Rescaled(sum, a, b), zero_point);
}

/// Where a tile's outputs go.
template <class V, int kRows>
struct Outputs {
  std::int8_t* rows[kRows];
};

/// Of `tiles` tiles, of which `pixels` pixels are wanted.
template <class V, int kRows, int kTile>
TINYFOG_INLINE void Store(const Strip<V>& strip,
                          const typename V::Int (&sums)[kTile][kRows][V::kStep],
                          std::uint32_t pixels, const Outputs<V, kRows> (&to)[kTile]) {
  typename V::Bytes bytes[kTile][kRows];
#pragma GCC unroll 3
  for (int t = 0; t < kTile; ++t) {
#pragma GCC unroll 2
    for (int r = 0; r < kRows; ++r) bytes[t][r] = V::Pack(sums[t][r], strip.clamp);
  }
  if (__builtin_expect(pixels * strip.used == Strip<V>::kPlaces, 1)) {
#pragma GCC unroll 2
    for (int t = 0; t < kTile; ++t) {
#pragma GCC unroll 2
      for (int r = 0; r < kRows; ++r) V::StoreBytes(to[t].rows[r], bytes[t][r]);
    }
    return;
  }
#pragma GCC unroll 3
  for (int t = 0; t < kTile; ++t) {
#pragma GCC unroll 2
    for (int r = 0; r < kRows; ++r) StorePixels<V>(strip, bytes[t][r], pixels, to[t].rows[r]);
  }
}

/// Kernels of any size.
template <class V, int kRows, X86Rounding kForm>
TINYFOG_INLINE void DepthwiseTile(const Strip<V>& strip, std::size_t at, std::uint32_t pixels,
                                  const Outputs<V, kRows> (&to)[1]) {
  using Int = typename V::Int;
  constexpr int kStep = static_cast<int>(V::kStep);
  Int sums[1][kRows][kStep];
#pragma GCC unroll 4
  for (int v = 0; v < kStep; ++v) {
    const Int bias = strip.Constants(&X86Channels::bias, v);
#pragma GCC unroll 2
    for (int r = 0; r < kRows; ++r) sums[0][r][v] = bias;
  }
  std::size_t weights = 0;
  for (std::uint32_t g = 0; g < strip.groups; ++g) {
    for (std::uint32_t kx = 0; kx < strip.kernel_width; ++kx) {
      typename V::Inputs values[kStep];
      V::Interleave(strip.rows + g * V::kStep, at + strip.kernel_columns[kx], values);
#pragma GCC unroll 4
      for (int v = 0; v < kStep; ++v) {
#pragma GCC unroll 2
        for (int r = 0; r < kRows; ++r) {
          sums[0][r][v] = V::Dot(sums[0][r][v], values[v], strip.Weights(weights, r, v));
        }
      }
      weights += Strip<V>::kBlock * V::kStep;
    }
  }
  const Int zero_point = V::Set(strip.channels->zero_point);
#pragma GCC unroll 4
  for (int v = 0; v < kStep; ++v) {
    const Int a = strip.Constants(&X86Channels::a, v), b = strip.Constants(&X86Channels::b, v);
    const Int c = strip.Constants(&X86Channels::c, v);
#pragma GCC unroll 2
    for (int r = 0; r < kRows; ++r) {
      sums[0][r][v] = Rounded<V, kForm>(sums[0][r][v], a, b, c, zero_point);
    }
  }
  Store<V, kRows, 1>(strip, sums, pixels, to);
}

/// How many of two tiles' vectors are in registers at once.
template <class V>
inline constexpr int kPart = static_cast<int>(V::kStep) / (V::kHasManyRegisters ? 1 : 2);
template <class V>
using Part = typename V::Inputs[kPart<V>];
/// Groups of a kernel of up to three rows, with two rows of outputs at a stride of one.
template <class V>
inline constexpr int kGroups3 = 4 / static_cast<int>(V::kStep);

/// Part `part` of the vectors from `at` on.
template <class V>
TINYFOG_INLINE void InterleavePart(const Strip<V>& strip, int group, std::size_t at, int part,
                                   Part<V>& to) {
  const auto* rows = strip.rows + group * static_cast<int>(V::kStep);
  if constexpr (V::kHasManyRegisters) {
    V::Interleave(rows, at, to);
  } else {
    V::InterleaveHalf(rows, at, part, to);
  }
}

/// All vectors from `at` on, of kRows output rows: the last input row is not there for one.
template <class V, int kRows>
TINYFOG_INLINE void InterleaveAll(const Strip<V>& strip, int group, std::size_t at,
                                  typename V::Inputs (&to)[V::kStep]) {
  const auto* rows = strip.rows + group * static_cast<int>(V::kStep);
  if constexpr (V::kHasManyRegisters || kRows == 2) {
    V::Interleave(rows, at, to);
  } else {
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      auto& part = reinterpret_cast<Part<V>&>(to[half * kPart<V>]);
      if (group == kGroups3<V> - 1) {
        V::template InterleaveHalf<true>(rows, at, half, part);
      } else {
        V::InterleaveHalf(rows, at, half, part);
      }
    }
  }
}

/// One tile anywhere.
template <class V, int kRows>
struct TapsOfOne {
  static constexpr int kTiles = 1;
  static constexpr int kVectors = static_cast<int>(V::kStep);
  typename V::Inputs values[kGroups3<V>][3][V::kStep];

  TINYFOG_INLINE TapsOfOne(const Strip<V>& strip, std::size_t at, int) {
#pragma GCC unroll 2
    for (int g = 0; g < kGroups3<V>; ++g) {
#pragma GCC unroll 3
      for (int kx = 0; kx < 3; ++kx) {
        InterleaveAll<V, kRows>(strip, g, at + strip.kernel_columns[kx], values[g][kx]);
      }
    }
  }
  TINYFOG_INLINE typename V::Inputs Get(int, int g, int kx, int v) const {
    return values[g][kx][v];
  }
};

/// Neighbours of one pixel each, kStride columns apart: they share columns.
template <class V, int kStride, int kCount>
struct TapsOfPixels {
  static constexpr int kTiles = kCount;
  static constexpr int kVectors = kPart<V>;
  static constexpr int kColumns = (kTiles - 1) * kStride + 3;
  Part<V> values[kGroups3<V>][kColumns];

  TINYFOG_INLINE TapsOfPixels(const Strip<V>& strip, std::size_t at, int part) {
#pragma GCC unroll 2
    for (int g = 0; g < kGroups3<V>; ++g) {
#pragma GCC unroll 8
      for (int j = 0; j < kColumns; ++j) {
        InterleavePart<V>(strip, g, at + static_cast<std::size_t>(j) * strip.pitch, part,
                          values[g][j]);
      }
    }
  }
  TINYFOG_INLINE typename V::Inputs Get(int t, int g, int kx, int v) const {
    return values[g][t * kStride + kx][v];
  }
};

/// Two neighbours of several pixels, kPitch places apart: kernel columns are what follows the first
/// one after so many places. With a stride of two, the middle one lies in a plane of its own.
template <class V, int kStride, int kPitch>
struct TapsOfPlaces {
  static constexpr int kTiles = 2;
  static constexpr int kVectors = kPart<V>;
  Part<V> values[kGroups3<V>][3];
  Part<V> middle[kGroups3<V>][2];

  TINYFOG_INLINE TapsOfPlaces(const Strip<V>& strip, std::size_t at, int part) {
#pragma GCC unroll 2
    for (int g = 0; g < kGroups3<V>; ++g) {
#pragma GCC unroll 3
      for (int j = 0; j < 3; ++j) {
        const std::size_t place = static_cast<std::size_t>(j) * Strip<V>::kPlaces;
        InterleavePart<V>(strip, g, at + place, part, values[g][j]);
        if (kStride == 1 || j == 2) continue;
        InterleavePart<V>(strip, g, at + strip.kernel_columns[1] + place, part, middle[g][j]);
      }
    }
  }
  TINYFOG_INLINE typename V::Inputs Get(int t, int g, int kx, int v) const {
    if (kStride == 2 && kx == 1) return middle[g][t][v];
    return V::Following(values[g][t], values[g][t + 1], kx / kStride * kPitch, v);
  }
};

/// Kernels of three columns and up to three rows that fit the groups: inputs stay in registers, and
/// a vector's outputs are rounded while the next ones are multiplied.
template <class V, class Taps, int kRows, X86Rounding kForm>
TINYFOG_INLINE void DepthwiseTiles3(const Strip<V>& strip, std::size_t at, std::uint32_t pixels,
                                    const Outputs<V, kRows> (&to)[Taps::kTiles]) {
  using Int = typename V::Int;
  constexpr int kStep = static_cast<int>(V::kStep);
  constexpr int kTile = Taps::kTiles;
  Int sums[kTile][kRows][kStep];
  const Int zero_point = V::Set(strip.channels->zero_point);
#pragma GCC unroll 3
  for (int part = 0; part < kStep / Taps::kVectors; ++part) {
    const Taps taps(strip, at, part);
#pragma GCC unroll 4
    for (int i = 0; i < Taps::kVectors; ++i) {
      const int v = part * Taps::kVectors + i;
      const Int bias = strip.Constants(&X86Channels::bias, v);
#pragma GCC unroll 3
      for (int t = 0; t < kTile; ++t) {
#pragma GCC unroll 3
        for (int r = 0; r < kRows; ++r) sums[t][r][v] = bias;
      }
#pragma GCC unroll 3
      for (int g = 0; g < kGroups3<V>; ++g) {
#pragma GCC unroll 3
        for (int kx = 0; kx < 3; ++kx) {
#pragma GCC unroll 3
          for (int r = 0; r < kRows; ++r) {
            const auto weights = strip.Weights((g * 3 + kx) * Strip<V>::kBlock * V::kStep, r, v);
#pragma GCC unroll 3
            for (int t = 0; t < kTile; ++t) {
              sums[t][r][v] = V::Dot(sums[t][r][v], taps.Get(t, g, kx, i), weights);
            }
          }
        }
      }
      const Int a = strip.Constants(&X86Channels::a, v), b = strip.Constants(&X86Channels::b, v);
      const Int c = strip.Constants(&X86Channels::c, v);
#pragma GCC unroll 3
      for (int t = 0; t < kTile; ++t) {
#pragma GCC unroll 3
        for (int r = 0; r < kRows; ++r) {
          sums[t][r][v] = Rounded<V, kForm>(sums[t][r][v], a, b, c, zero_point);
        }
      }
    }
  }
  Store<V, kRows, kTile>(strip, sums, pixels, to);
}

/// What is left of kRows output rows.
template <class V, int kRows>
struct Rest {
  const Strip<V>& strip;
  std::uint32_t width;  // pixels
  std::size_t at;
  Outputs<V, kRows> to[3];  // of three tiles

  TINYFOG_INLINE Rest(const Strip<V>& s, std::uint32_t w, const Outputs<V, kRows>& output)
      : strip(s), width(w), at(0), to{output, output, output} {
    for (std::size_t t = 1; t < 3; ++t) {
      for (std::int8_t*& row : to[t].rows) row += t * s.pixels * s.pixel_bytes;
    }
  }
  TINYFOG_INLINE void Advance(std::uint32_t tiles) {
    const std::uint32_t pixels = tiles * strip.pixels;
    at += std::size_t{tiles} * strip.step;
    width -= Smaller(width, pixels);
    for (auto& tile : to) {
      for (std::int8_t*& row : tile.rows) row += std::size_t{pixels} * strip.pixel_bytes;
    }
  }
  template <class Taps, X86Rounding kForm>
  TINYFOG_INLINE void RunOnce(std::uint32_t pixels) {
    const auto& outputs = reinterpret_cast<const Outputs<V, kRows>(&)[Taps::kTiles]>(to);
    DepthwiseTiles3<V, Taps, kRows, kForm>(strip, at, pixels, outputs);
    Advance(Taps::kTiles);
  }
  template <class Taps, X86Rounding kForm>
  TINYFOG_INLINE void RunAll() {
    while (width >= Taps::kTiles * strip.pixels) RunOnce<Taps, kForm>(strip.pixels);
  }
};

/// Where pixels are kPitch apart: what follows a vector lies in the same part.
template <class V, int kStride, int kPitch, X86Rounding kForm, int kRows>
TINYFOG_INLINE void RunPlaces(Rest<V, kRows>& rest) {
  constexpr bool is_whole = kPitch % (4 * V::kStep) == 0 || V::kHasManyRegisters;
  if constexpr (kPitch < Strip<V>::kPlaces && is_whole) {
    if (rest.strip.pitch == kPitch) {
      rest.template RunAll<TapsOfPlaces<V, kStride, kPitch>, kForm>();
    }
  }
}

/// `width` pixels of kRows output rows.
template <class V, int kRows, X86Rounding kForm>
void DepthwiseRow(const Strip<V>& strip, std::uint32_t width, const Outputs<V, kRows>& output) {
  Rest<V, kRows> rest(strip, width, output);
  const auto& one = reinterpret_cast<const Outputs<V, kRows>(&)[1]>(rest.to);
  if (strip.kernel_width != 3 || strip.kernel_height > 3 || strip.groups != 4 / V::kStep) {
    for (; rest.width > 0; rest.Advance(1)) {
      DepthwiseTile<V, kRows, kForm>(strip, rest.at, Smaller(strip.pixels, rest.width), one);
    }
    return;
  }
  if constexpr (kForm != X86Rounding::kInteger) {
    constexpr int kStride = kRows == 2 ? 1 : 2;
    // With few registers sharing costs more than it gives, but in long rows at a stride of one.
    const bool is_worth = V::kHasManyRegisters || (kStride == 1 && width >= 8);
    if (strip.stride == kStride && is_worth) {
      if (strip.pixels == 1) {
        if constexpr (V::kHasManyRegisters && kStride == 1) {
          // One alone at the end would take nearly as long as two.
          if (width % 2 == 1 && width >= 3) {
            rest.template RunOnce<TapsOfPixels<V, kStride, 3>, kForm>(1);
          }
        }
        rest.template RunAll<TapsOfPixels<V, kStride, 2>, kForm>();
      } else {
        RunPlaces<V, kStride, 32, kForm>(rest);
        RunPlaces<V, kStride, 16, kForm>(rest);
        RunPlaces<V, kStride, 8, kForm>(rest);
      }
    }
  }
  while (rest.width > 0) {
    rest.template RunOnce<TapsOfOne<V, kRows>, kForm>(Smaller(strip.pixels, rest.width));
  }
}

/// The forms differ between blocks.
template <class V, int kRows>
TINYFOG_INLINE void DepthwisePlaces(const Strip<V>& strip, std::uint32_t width,
                                    const Outputs<V, kRows>& output) {
  switch (strip.channels->rounding) {
    case X86Rounding::kLine:
      return DepthwiseRow<V, kRows, X86Rounding::kLine>(strip, width, output);
    case X86Rounding::kTwoLines:
      return DepthwiseRow<V, kRows, X86Rounding::kTwoLines>(strip, width, output);
    default:
      return DepthwiseRow<V, kRows, X86Rounding::kInteger>(strip, width, output);
  }
}

/// All channels of one or two output rows, the strip's.
template <class V>
TINYFOG_INLINE void DepthwiseStrip(const X86DepthwiseParams& p, Strip<V>& strip, Memory memory,
                                   bool is_pair, std::int8_t* output) {
  constexpr std::uint32_t kPlaces = Strip<V>::kPlaces;
  const auto* weights = memory.Read<typename V::Weight>(p.weights);
  const auto* channels = memory.Read<X86Channels>(p.block_channels);
  const std::size_t row_bytes = std::size_t{p.output_width} * p.channels;
  for (std::uint32_t first = 0; first < p.channels; first += kPlaces) {
    const std::uint32_t block = first / Strip<V>::kBlock;
    strip.lane = first % Strip<V>::kBlock / V::kStep;
    strip.weights =
        weights + std::size_t{block} * p.StripRows() * strip.row_weights + strip.lane * V::kStep;
    strip.channels = channels + block * (Strip<V>::kBlock / X86Channels::kCount);
    strip.used = Smaller(p.channels - first, kPlaces);
    if (is_pair) {
      DepthwisePlaces<V, 2>(strip, p.output_width, {{output + first, output + row_bytes + first}});
    } else {
      DepthwisePlaces<V, 1>(strip, p.output_width, {{output + first}});
    }
    for (std::uint32_t i = 0; i < strip.groups * V::kStep; ++i) strip.rows[i] += kPlaces;
  }
}

template <class V>
void RunDepthwise(const X86DepthwiseParams& p, Memory memory) {
  constexpr std::uint32_t kPlaces = Strip<V>::kPlaces;
  DepthwiseRowsOf<V> rows(p, memory, kPlaces);
  Strip<V> strip;
  strip.groups = p.Groups(V::kStep);
  strip.kernel_height = p.kernel_height;
  strip.kernel_width = p.kernel_width;
  strip.stride = p.stride_width;
  strip.kernel_columns = rows.kernel_columns();
  strip.row_weights = strip.groups * p.kernel_width * Strip<V>::kBlock * V::kStep;
  strip.clamp = V::BytesClampOf(p.clamp_min, p.clamp_max);
  strip.pixels = p.pitch < kPlaces ? kPlaces / p.pitch : 1;
  strip.step = p.pitch < kPlaces ? kPlaces : std::uint32_t{p.pitch} * p.stride_width;
  strip.pitch = p.pitch;
  strip.pixel_bytes = p.channels;
  const auto* input = memory.Read<std::int8_t>(p.input);
  auto* output = memory.Write<std::int8_t>(p.output);
  const std::size_t row_bytes = std::size_t{p.output_width} * p.channels;
  for (std::uint32_t n = 0; n < p.batches; ++n) {
    rows.Begin(input);
    for (std::uint32_t y = 0; y < p.output_height; y += p.StripRows()) {
      rows.Load(y * p.stride_height, strip.rows);
      const std::uint32_t count = Smaller(p.StripRows(), p.output_height - y);
      DepthwiseStrip<V>(p, strip, memory, count == 2, output + y * row_bytes);
    }
    input += std::size_t{p.input_height} * p.input_width * p.channels;
    output += p.output_height * row_bytes;
  }
}

}  // namespace tinyfog::nn::x86
