#pragma once

#include "tinyfog/nn/fixed_point.h"
#include "tinyfog/nn/kernels/recurrent.h"

namespace tinyfog::nn::portable {

/// SVDF with arithmetic A and biases of type Bias.
template <class A, class Bias>
void Svdf(const SvdfParams& p, Memory memory) {
  const A arithmetic(p);
  const auto* input = memory.Read<typename A::Element>(p.input);
  auto* output = memory.Write<typename A::Element>(p.output);
  auto* state = memory.Write<typename A::Memory>(p.state);
  const Bias* bias = memory.Read<Bias>(p.bias);
  const std::uint32_t units = p.filters / p.rank;
  for (std::uint32_t batch = 0; batch < p.batches; ++batch, input += p.inputs) {
    const auto* feature = memory.Read<typename A::Element>(p.feature_weights);
    const auto* time = memory.Read<typename A::Memory>(p.time_weights);
    for (std::uint32_t unit = 0; unit < units; ++unit) {
      auto sum = arithmetic.Start(bias[unit]);
      for (std::uint32_t r = 0; r < p.rank; ++r) {
        typename A::Sum product{};
        for (std::uint32_t i = 0; i < p.inputs; ++i) {
          product = arithmetic.Feature(product, input[i], *feature++);
        }
        for (std::uint32_t i = 0; i + 1 < p.memory; ++i) state[i] = state[i + 1];
        state[p.memory - 1] = arithmetic.Remember(product);
        for (std::uint32_t i = 0; i < p.memory; ++i) {
          sum = arithmetic.Time(sum, *state++, *time++);
        }
      }
      *output++ = arithmetic.Finish(sum);
    }
  }
}

}  // namespace tinyfog::nn::portable
