#pragma once

#include "kernels/portable/arithmetic.h"
#include "tinyfog/nn/kernels/convolution.h"

namespace tinyfog::nn::portable {

template <class A>
class Conv2d {
 public:
  using Element = typename A::Element;
  using Sum = typename A::Accumulator;

  Conv2d(const ConvolutionParams& p, Memory memory)
      : p_(p),
        arithmetic_(p, p.output_channels, memory),
        input_(memory.Read<Element>(p.input)),
        output_(memory.Write<Element>(p.output)),
        depth_(p.input_channels / p.groups) {}

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
    const std::uint32_t group_channels = p_.output_channels / p_.groups;
    std::uint32_t channel = 0;
    for (std::uint32_t group = 0; group < p_.groups; ++group) {
      for (std::uint32_t i = 0; i < group_channels; ++i, ++channel) {
        *output_++ = arithmetic_.Finish(Window(top, left, channel, group * depth_), channel);
      }
    }
  }

  Sum Window(std::int32_t top, std::int32_t left, std::uint32_t channel,
             std::uint32_t first_input) const {
    Sum sum = arithmetic_.Start(channel);
    std::uint32_t tap = channel * p_.kernel_height * p_.kernel_width * depth_;
    for (std::uint32_t ky = 0; ky < p_.kernel_height; ++ky) {
      const std::int32_t y = top + static_cast<std::int32_t>(ky * p_.dilation_height);
      for (std::uint32_t kx = 0; kx < p_.kernel_width; ++kx, tap += depth_) {
        const std::int32_t x = left + static_cast<std::int32_t>(kx * p_.dilation_width);
        const bool inside = y >= 0 && y < p_.input_height && x >= 0 && x < p_.input_width;
        sum = inside ? Tap(sum, tap, (y * p_.input_width + x) * p_.input_channels + first_input)
                     : Border(sum, tap);
      }
    }
    return sum;
  }

  Sum Tap(Sum sum, std::uint32_t tap, std::uint32_t position) const {
    const Element* x = input_ + position;
    for (std::uint32_t i = 0; i < depth_; ++i) sum = Mac(sum, x[i], arithmetic_.weights[tap + i]);
    return sum;
  }

  // The bias has every tap's zero point taken off already.
  Sum Border(Sum sum, std::uint32_t tap) const {
    const Element zero = static_cast<Element>(p_.input_zero_point);
    if (zero == 0) return sum;
    for (std::uint32_t i = 0; i < depth_; ++i) sum = Mac(sum, zero, arithmetic_.weights[tap + i]);
    return sum;
  }

  const ConvolutionParams& p_;
  const A arithmetic_;
  const Element* input_;
  Element* output_;
  const std::uint32_t depth_;
};

}  // namespace tinyfog::nn::portable
