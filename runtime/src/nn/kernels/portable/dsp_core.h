#pragma once

#include "kernels/dsp_core.h"

namespace tinyfog::nn::portable {

/// The instructions that the kernels are made of, in plain C++: everything wraps.
inline std::uint32_t Halves(std::int32_t lower, std::int32_t upper) {
  return static_cast<std::uint16_t>(lower) | static_cast<std::uint32_t>(upper) << 16;
}
inline std::int32_t Low(std::uint32_t word) { return static_cast<std::int16_t>(word); }
inline std::int32_t High(std::uint32_t word) { return static_cast<std::int16_t>(word >> 16); }
inline std::uint32_t DualMac(std::uint32_t sum, std::uint32_t a, std::int32_t low,
                             std::int32_t high) {
  return sum + static_cast<std::uint32_t>(Low(a) * low) +
         static_cast<std::uint32_t>(High(a) * high);
}

/// SMMLAR: the upper word of a * b + (c << 32) + 2^31.
inline std::int32_t HighMac(std::int32_t a, std::int32_t b, std::uint32_t c) {
  const std::int64_t product = std::int64_t{a} * b;
  const std::uint64_t sum =
      static_cast<std::uint64_t>(product) + (std::uint64_t{c} << 32) + (std::uint64_t{1} << 31);
  return static_cast<std::int32_t>(sum >> 32);
}
inline std::uint32_t SignOf(std::int32_t value) { return static_cast<std::uint32_t>(value >> 31); }
inline std::int32_t ShiftRight(std::int32_t value, std::uint32_t shift) {
  return value >> (shift > 31 ? 31 : shift);
}
inline std::int8_t Saturate(std::int32_t value) {
  return static_cast<std::int8_t>(value < -128 ? -128 : value > 127 ? 127 : value);
}

/// `doubled` is 2 * sum; exponents above 31 shift everything out, as a register shift does.
inline std::int8_t DspRequantise(std::uint32_t doubled, std::int32_t multiplier,
                                 std::uint32_t exponent, std::int32_t rounding) {
  const auto sum = static_cast<std::int32_t>(doubled);
  const std::uint32_t up = exponent > 31 ? 0 : static_cast<std::uint32_t>(rounding) << exponent;
  return Saturate(ShiftRight(HighMac(sum, multiplier, up + SignOf(sum)), exponent) >> 1);
}

struct DspCore {
  static void Widen(const std::int8_t* const source[4], std::uint32_t bytes, std::uint32_t* words,
                    std::uint32_t rows, std::uint32_t pitch) {
    for (std::uint32_t row = 0; row < rows; ++row) {
      for (std::uint32_t k = 0; k < bytes; k += 4, words += 8) {
        for (std::uint32_t i = 0; i < 4; ++i) {
          const std::int8_t* x = source[i] + row * pitch + k;
          words[i] = Halves(2 * (x[0] + 128), 2 * (x[2] + 128));
          words[4 + i] = Halves(2 * (x[1] + 128), 2 * (x[3] + 128));
        }
      }
      if (bytes % 4 == 1) words -= 4;
    }
  }

  static void WidenSliding(const std::int8_t* source, std::uint32_t channels, std::uint32_t* words,
                           std::uint32_t rows, std::uint32_t pitch) {
    const std::int8_t* const pixels[4] = {source, source + channels, source + 2 * channels,
                                          source + 3 * channels};
    Widen(pixels, 3 * channels, words, rows, pitch);
  }

  static void Dot(const DspDot& dot) {
    const std::int8_t* weights = dot.weights;
    for (std::int32_t o = 0; o < dot.outputs; o += 2, weights += dot.taps * 4) {
      const DspPair& pair = dot.channels[o / 2];
      for (std::int32_t i = 3; i >= 0; --i) {
        std::int8_t* to = dot.output + (i == 0 ? 0 : dot.offset[i - 1]) + o;
        for (std::int32_t j = 0; j < 2 && o + j < dot.outputs; ++j) {
          auto sum = static_cast<std::uint32_t>(pair.doubled_bias[j]);
          for (std::uint32_t t = 0; t < dot.taps; ++t) {
            const std::int8_t* w = weights + t * 4;
            sum = DualMac(sum, dot.words[t * 4 + static_cast<std::uint32_t>(i)], w[j], w[2 + j]);
          }
          to[j] = DspRequantise(sum, pair.multiplier[j], pair.exponent[j], dot.rounding);
        }
      }
    }
  }

  static void Load(const DspRows& rows) {
    const std::int32_t offset = Low(rows.negated_zero_point);
    for (std::uint32_t i = 0; i < rows.pairs * rows.width; ++i) {
      const std::uint32_t pair = i / rows.width;
      const std::uint32_t x = i % rows.width;
      const std::int32_t y = rows.y + 2 * static_cast<std::int32_t>(pair);
      const std::int8_t* upper = Pixel(rows, y, x);
      const std::int8_t* lower = Pixel(rows, y + 1, x);
      for (std::uint32_t c = 0; c < 4; ++c) {
        rows.words[(x * 4 + c) * kDspPairs + pair] = Halves(upper[c] + offset, lower[c] + offset);
      }
    }
  }

  // The rows of a strip are output rows: 0 and 1 at stride 1 are made of rows 0 to 2 and 1 to 3 of
  // two words, at stride 2 of rows 0 to 2 and 2 to 4 of three.
  static void Strips1(const DspStrips& s) {
    ForEachColumn(s, 1, [](const std::uint32_t* words, const std::int8_t* w, std::uint32_t* sum) {
      sum[0] = DualMac(sum[0], words[0], 2 * w[0], 2 * w[1]);
      sum[0] = DualMac(sum[0], words[1], 2 * w[3], 0);
      sum[1] = DualMac(sum[1], words[0], 0, 2 * w[0]);
      sum[1] = DualMac(sum[1], words[1], 2 * w[2], 2 * w[3]);
    });
  }
  static void Strips2(const DspStrips& s) {
    ForEachColumn(s, 2, [](const std::uint32_t* words, const std::int8_t* w, std::uint32_t* sum) {
      for (std::uint32_t row = 0; row < 2; ++row) {
        sum[row] = DualMac(sum[row], words[row], 2 * w[0], 2 * w[2]);
        sum[row] = DualMac(sum[row], words[row + 1], 2 * w[1], 2 * w[3]);
      }
    });
  }

  static void Rows(const DspRowsDot& dot) {
    for (std::uint32_t m = 0; m < dot.outputs; ++m) {
      const std::int8_t* weights = dot.weights + (m / 4 * dot.quads * 4 + m % 4) * 4;
      auto sum = static_cast<std::uint32_t>(dot.biases[m]);
      for (std::uint32_t k = 0; k < dot.quads * 4; ++k) {
        sum += static_cast<std::uint32_t>(dot.input[k] * weights[k / 4 * 16 + k % 4]);
      }
      const DspScale& scale = dot.scales[dot.scale_step == 0 ? 0 : m];
      dot.output[m] = DspRequantise(2 * sum, scale.multiplier,
                                    static_cast<std::uint8_t>(scale.exponent), dot.rounding);
    }
  }

  static void Add(const DspAdd& add) {
    for (std::uint32_t i = 0; i < add.count; ++i) {
      const auto a = static_cast<std::int32_t>(static_cast<std::uint32_t>(add.a[i]) *
                                                   static_cast<std::uint32_t>(add.a_factor) +
                                               static_cast<std::uint32_t>(add.a_bias));
      const std::uint32_t half = static_cast<std::uint32_t>(add.a_half) + SignOf(a);
      const std::int32_t scaled = ShiftRight(HighMac(a, add.a_multiplier, half), add.a_shift);
      const auto sum = static_cast<std::int32_t>((static_cast<std::uint32_t>(add.b[i]) << 20) +
                                                 static_cast<std::uint32_t>(add.b_bias) +
                                                 2 * static_cast<std::uint32_t>(scaled));
      const std::uint32_t bias = static_cast<std::uint32_t>(add.rounding) + SignOf(sum);
      const std::int32_t value = HighMac(sum, add.output_multiplier, bias);
      add.output[i] = Saturate(ShiftRight(value, add.output_exponent) >> 1);
    }
  }

 private:
  static const std::int8_t* Pixel(const DspRows& rows, std::int32_t y, std::uint32_t x) {
    const auto row = static_cast<std::uint32_t>(y);
    if (row >= rows.height) return rows.padding;
    return rows.input + row * rows.row_bytes + x * rows.step;
  }

  // add(words, weights, sum): a kernel column's share of the two rows of a strip.
  template <class Add>
  static void ForEachColumn(const DspStrips& s, std::uint32_t stride, Add add) {
    for (std::uint32_t i = 0; i < s.channels * s.count * s.width; ++i) {
      const std::uint32_t x = i % s.width;
      const std::uint32_t strip = i / s.width % s.count;
      const std::uint32_t c = i / s.width / s.count;
      const std::uint32_t* words = s.words + (x * stride * 4 + c) * kDspPairs + strip * stride;
      const DspTaps& taps = s.taps[c];
      const auto bias = static_cast<std::uint32_t>(taps.doubled_bias);
      std::uint32_t sum[2] = {bias, bias};
      for (std::uint32_t k = 0; k < 3; ++k) {
        add(words + k * 4 * kDspPairs, taps.weight[k], sum);
      }
      std::int8_t* to = s.output + c + strip * 2 * s.row_step + x * s.pixel_step;
      const std::uint32_t lower = strip + 1 == s.count ? s.last_row_step : s.row_step;
      to[lower] = DspRequantise(sum[1], taps.multiplier, s.exponents[c], s.rounding);
      to[0] = DspRequantise(sum[0], taps.multiplier, s.exponents[c], s.rounding);
    }
  }
};

}  // namespace tinyfog::nn::portable
