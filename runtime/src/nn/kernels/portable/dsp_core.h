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
  static void Widen(const std::int8_t* const source[4], std::uint32_t bytes, std::uint32_t* words) {
    for (std::uint32_t k = 0; k < bytes; k += 4, words += 8) {
      for (std::uint32_t i = 0; i < 4; ++i) {
        const std::int8_t* x = source[i] + k;
        words[i] = Halves(2 * x[0], 2 * x[2]);
        words[4 + i] = Halves(2 * x[1], 2 * x[3]);
      }
    }
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
    for (std::uint32_t x = 0; x < rows.width; ++x) {
      const std::int8_t* upper = rows.upper + x * rows.upper_step;
      const std::int8_t* lower = rows.lower + x * rows.lower_step;
      for (std::uint32_t c = 0; c < 4; ++c) {
        const std::uint32_t word = Halves(upper[c] + offset, lower[c] + offset);
        rows.strip[x * 8 + c * 2 + 1] = word;
        rows.next[x * 8 + c * 2] = word;
      }
    }
  }

  // Output row 0 or 1 of a strip at stride 1: rows 0 to 2 or 1 to 3 of the two words.
  static void Strips1(const DspStrips& s) {
    for (std::uint32_t i = 0; i < s.count; ++i) {
      for (std::uint32_t x = 0; x < s.width; ++x) {
        const std::uint32_t* words = Column(s, i, x);
        std::uint32_t sum[2] = {static_cast<std::uint32_t>(s.taps->doubled_bias),
                                static_cast<std::uint32_t>(s.taps->doubled_bias)};
        for (std::uint32_t k = 0; k < 3; ++k) {
          const std::int8_t* w = s.taps->weight[k];
          const std::uint32_t w0 = words[k * 8];
          const std::uint32_t w1 = words[k * 8 + 1];
          sum[0] = DualMac(sum[0], w0, 2 * w[0], 2 * w[1]);
          sum[0] = DualMac(sum[0], w1, 2 * w[3], 0);
          sum[1] = DualMac(sum[1], w0, 0, 2 * w[0]);
          sum[1] = DualMac(sum[1], w1, 2 * w[2], 2 * w[3]);
        }
        std::int8_t* to = s.output + i * 2 * s.row_step + x * s.pixel_step;
        to[s.row_step] = Finish(s, sum[1]);
        to[0] = Finish(s, sum[0]);
      }
    }
  }

  static void Strips2(const DspStrips& s) {
    for (std::uint32_t i = 0; i < s.count; ++i) {
      for (std::uint32_t x = 0; x < s.width; ++x) {
        const std::uint32_t* words = Column(s, i, x * 2);
        auto sum = static_cast<std::uint32_t>(s.taps->doubled_bias);
        for (std::uint32_t k = 0; k < 3; ++k) {
          const std::int8_t* w = s.taps->weight[k];
          sum = DualMac(sum, words[k * 8], 2 * w[0], 2 * w[2]);
          sum = DualMac(sum, words[k * 8 + 1], 2 * w[1], 2 * w[3]);
        }
        s.output[i * s.row_step + x * s.pixel_step] = Finish(s, sum);
      }
    }
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
  static const std::uint32_t* Column(const DspStrips& s, std::uint32_t strip, std::uint32_t x) {
    return s.strip + strip * (s.strip_bytes / 4) + x * 8;
  }
  static std::int8_t Finish(const DspStrips& s, std::uint32_t sum) {
    return DspRequantise(sum, s.taps->multiplier, s.exponent, s.rounding);
  }
};

}  // namespace tinyfog::nn::portable
