#pragma once

#include <bit>
#include <cstdint>

#include "tinyfog/nn/fixed_point.h"
#include "tinyfog/nn/memory.h"

/// How the convolutions and FULLY_CONNECTED compute with one element type: what the portable
/// kernel templates are instantiated with. Integer accumulators are unsigned, so that data that no
/// compiler made wraps instead of being undefined.
namespace tinyfog::nn::portable {

inline std::uint32_t Mac(std::uint32_t sum, std::int32_t x, std::int32_t w) {
  return sum + static_cast<std::uint32_t>(x * w);
}
inline std::uint64_t Mac(std::uint64_t sum, std::int32_t x, std::int32_t w) {
  return sum + static_cast<std::uint64_t>(static_cast<std::int64_t>(x * w));
}
inline float Mac(float sum, float x, float w) { return sum + x * w; }

struct Int8Weights {
  const std::int8_t* data;
  std::int32_t operator[](std::uint32_t i) const { return data[i]; }
};
struct Int4Weights {
  const std::uint8_t* data;
  std::int32_t operator[](std::uint32_t i) const {
    const std::uint32_t nibble = (data[i / 2] >> (i % 2 * 4)) & 15;
    return static_cast<std::int32_t>(nibble ^ 8) - 8;
  }
};
struct FloatWeights {
  const float* data;
  float operator[](std::uint32_t i) const { return data[i]; }
};

/// Integer activations Io, biases B, accumulators Sum and weights W. P is the operator's struct.
template <class Io, class B, class Sum, class W>
class Quantised {
 public:
  using Element = Io;
  using Accumulator = Sum;

  template <class P>
  Quantised(const P& p, std::uint32_t channels, Memory memory)
      : weights{reinterpret_cast<decltype(W::data)>(memory.Read<std::uint8_t>(p.weights))},
        bias_(memory.Read<B>(p.channels)),
        multiplier_(reinterpret_cast<const std::int32_t*>(bias_ + channels)),
        shift_(reinterpret_cast<const std::int8_t*>(multiplier_ + (p.uniform ? 1 : channels))),
        step_(p.uniform ? 0 : 1),
        zero_point_(p.output_zero_point),
        clamp_min_(p.clamp_min),
        clamp_max_(p.clamp_max) {}

  Sum Start(std::uint32_t channel) const { return static_cast<Sum>(bias_[channel]); }
  Io Finish(Sum sum, std::uint32_t channel) const {
    const std::int32_t multiplier = multiplier_[channel * step_];
    const std::int32_t shift = shift_[channel * step_];
    std::int32_t value;
    if constexpr (sizeof(Sum) == 8) {
      value = Rescale64(static_cast<std::int64_t>(sum), multiplier, shift);
    } else {
      value = Rescale(static_cast<std::int32_t>(sum), multiplier, shift);
    }
    return static_cast<Io>(ClampTo(WrapAdd(value, zero_point_), clamp_min_, clamp_max_));
  }

  const W weights;

 private:
  const B* bias_;
  const std::int32_t* multiplier_;
  const std::int8_t* shift_;
  std::uint32_t step_;
  std::int32_t zero_point_;
  std::int32_t clamp_min_;
  std::int32_t clamp_max_;
};

using Int8 = Quantised<std::int8_t, std::int32_t, std::uint32_t, Int8Weights>;
using Int4 = Quantised<std::int8_t, std::int32_t, std::uint32_t, Int4Weights>;
using Int16 = Quantised<std::int16_t, std::int64_t, std::uint64_t, Int8Weights>;

class Float {
 public:
  using Element = float;
  using Accumulator = float;

  template <class P>
  Float(const P& p, std::uint32_t, Memory memory)
      : weights{memory.Read<float>(p.weights)},
        bias_(memory.Read<float>(p.channels)),
        clamp_min_(std::bit_cast<float>(p.clamp_min)),
        clamp_max_(std::bit_cast<float>(p.clamp_max)) {}

  float Start(std::uint32_t) const { return 0; }
  float Finish(float sum, std::uint32_t channel) const {
    return ClampTo(sum + bias_[channel], clamp_min_, clamp_max_);
  }

  const FloatWeights weights;

 private:
  const float* bias_;
  float clamp_min_;
  float clamp_max_;
};

}  // namespace tinyfog::nn::portable
