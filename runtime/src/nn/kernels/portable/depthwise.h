#pragma once

#include "kernels/portable/arithmetic.h"
#include "tinyfog/nn/kernels/convolution.h"

namespace tinyfog::nn::portable {

template <class A>
class Depthwise {
 public:
  using Element = typename A::Element;
  using Sum = typename A::Accumulator;

  Depthwise(const ConvolutionParams& p, Memory memory)
      : p_(p),
        arithmetic_(p, p.output_channels, memory),
        input_(memory.Read<Element>(p.input)),
        output_(memory.Write<Element>(p.output)) {}

  void Run() {
    const std::uint32_t map = std::uint32_t{p_.input_height} * p_.input_width * p_.input_channels;
    for (std::uint32_t n = 0; n < p_.batches; ++n, input_ += map) {
      for (std::int32_t oy = 0; oy < p_.output_height; ++oy) {
        for (std::int32_t ox = 0; ox < p_.output_width; ++ox) {
          Pixel(oy * p_.stride_height - p_.pad_top, ox * p_.stride_width - p_.pad_left);
        }
      }
    }
  }

 private:
  void Pixel(std::int32_t top, std::int32_t left) {
    const std::uint32_t multiplier = p_.output_channels / p_.input_channels;
    std::uint32_t channel = 0;
    for (std::uint32_t c = 0; c < p_.input_channels; ++c) {
      for (std::uint32_t m = 0; m < multiplier; ++m, ++channel) {
        *output_++ = arithmetic_.Finish(Window(top, left, c, channel), channel);
      }
    }
  }

  Sum Window(std::int32_t top, std::int32_t left, std::uint32_t c, std::uint32_t channel) const {
    Sum sum = arithmetic_.Start(channel);
    std::uint32_t tap = channel;
    for (std::uint32_t ky = 0; ky < p_.kernel_height; ++ky) {
      const std::int32_t y = top + static_cast<std::int32_t>(ky * p_.dilation_height);
      for (std::uint32_t kx = 0; kx < p_.kernel_width; ++kx, tap += p_.output_channels) {
        const std::int32_t x = left + static_cast<std::int32_t>(kx * p_.dilation_width);
        const bool inside = y >= 0 && y < p_.input_height && x >= 0 && x < p_.input_width;
        const Element value = inside ? input_[(y * p_.input_width + x) * p_.input_channels + c]
                                     : static_cast<Element>(p_.input_zero_point);
        sum = Mac(sum, value, arithmetic_.weights[tap]);
      }
    }
    return sum;
  }

  const ConvolutionParams& p_;
  const A arithmetic_;
  const Element* input_;
  Element* output_;
};

}  // namespace tinyfog::nn::portable
