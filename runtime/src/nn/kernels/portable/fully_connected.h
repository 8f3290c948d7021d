#pragma once

#include "kernels/portable/arithmetic.h"
#include "tinyfog/nn/kernels/fully_connected.h"

namespace tinyfog::nn::portable {

template <class A>
void FullyConnected(const FullyConnectedParams& p, Memory memory) {
  using Element = typename A::Element;
  const A arithmetic(p, p.outputs, memory);
  const Element* input = memory.Read<Element>(p.input);
  Element* output = memory.Write<Element>(p.output);
  for (std::uint32_t n = 0; n < p.batches; ++n, input += p.inputs) {
    for (std::uint32_t m = 0; m < p.outputs; ++m) {
      auto sum = arithmetic.Start(m);
      const std::uint32_t row = m * p.inputs;
      for (std::uint32_t c = 0; c < p.inputs; ++c) {
        sum = Mac(sum, input[c], arithmetic.weights[row + c]);
      }
      *output++ = arithmetic.Finish(sum, m);
    }
  }
}

}  // namespace tinyfog::nn::portable
