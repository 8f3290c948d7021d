#pragma once

#include "kernels/portable/arithmetic.h"
#include "tinyfog/nn/kernels/convolution.h"

namespace tinyfog::nn::portable {

/// Gathers for each output what scattering would have added, so it needs no accumulator map.
template <class A>
class TransposeConv {
 public:
  using Element = typename A::Element;
  using Sum = typename A::Accumulator;

  TransposeConv(const ConvolutionParams& p, Memory memory)
      : p_(p),
        arithmetic_(p, p.output_channels, memory),
        input_(memory.Read<Element>(p.input)),
        output_(memory.Write<Element>(p.output)) {}

  void Run() {
    const std::uint32_t map = std::uint32_t{p_.input_height} * p_.input_width * p_.input_channels;
    for (std::uint32_t n = 0; n < p_.batches; ++n, input_ += map) {
      for (std::int32_t oy = 0; oy < p_.output_height; ++oy) {
        for (std::int32_t ox = 0; ox < p_.output_width; ++ox) {
          for (std::uint32_t o = 0; o < p_.output_channels; ++o) {
            *output_++ = arithmetic_.Finish(Point(oy + p_.pad_top, ox + p_.pad_left, o), o);
          }
        }
      }
    }
  }

 private:
  // The input position that tap k carries to `target`, or -1.
  static std::int32_t Source(std::int32_t target, std::uint32_t k, std::int32_t stride,
                             std::int32_t limit) {
    const std::int32_t distance = target - static_cast<std::int32_t>(k);
    if (distance < 0 || distance % stride != 0 || distance / stride >= limit) return -1;
    return distance / stride;
  }

  Sum Point(std::int32_t y, std::int32_t x, std::uint32_t channel) const {
    Sum sum = arithmetic_.Start(channel);
    std::uint32_t tap = channel * p_.kernel_height * p_.kernel_width * p_.input_channels;
    for (std::uint32_t ky = 0; ky < p_.kernel_height; ++ky) {
      const std::int32_t iy = Source(y, ky, p_.stride_height, p_.input_height);
      for (std::uint32_t kx = 0; kx < p_.kernel_width; ++kx, tap += p_.input_channels) {
        const std::int32_t ix = Source(x, kx, p_.stride_width, p_.input_width);
        sum = Tap(sum, tap, iy < 0 || ix < 0 ? -1 : iy * p_.input_width + ix);
      }
    }
    return sum;
  }

  // Taps without a source read the zero point, which the bias has taken off already.
  Sum Tap(Sum sum, std::uint32_t tap, std::int32_t pixel) const {
    const Element zero = static_cast<Element>(p_.input_zero_point);
    if (pixel < 0 && zero == 0) return sum;
    const Element* x = input_ + (pixel < 0 ? 0 : pixel * p_.input_channels);
    for (std::uint32_t i = 0; i < p_.input_channels; ++i) {
      sum = Mac(sum, pixel < 0 ? zero : x[i], arithmetic_.weights[tap + i]);
    }
    return sum;
  }

  const ConvolutionParams& p_;
  const A arithmetic_;
  const Element* input_;
  Element* output_;
};

}  // namespace tinyfog::nn::portable
