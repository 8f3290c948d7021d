#pragma once

#include "tinyfog/nn/kernels/elementwise.h"

namespace tinyfog::nn::portable {

/// output[i] = f(a[i'], b[i'']) over the shape. The innermost loop is separate for the three common
/// strides so that it stays tight.
template <class T, class Out, class F>
void Broadcast(const BinaryShape& s, Memory memory, F f) {
  const T* a0 = memory.Read<T>(s.a);
  const T* b0 = memory.Read<T>(s.b);
  Out* output = memory.Write<Out>(s.output);
  const std::uint32_t count = s.dimensions[3];
  const std::uint32_t sa = s.a_strides[3];
  const std::uint32_t sb = s.b_strides[3];
  for (std::uint32_t i = 0; i < s.dimensions[0]; ++i) {
    for (std::uint32_t j = 0; j < s.dimensions[1]; ++j) {
      for (std::uint32_t k = 0; k < s.dimensions[2]; ++k, output += count) {
        const T* a = a0 + i * s.a_strides[0] + j * s.a_strides[1] + k * s.a_strides[2];
        const T* b = b0 + i * s.b_strides[0] + j * s.b_strides[1] + k * s.b_strides[2];
        for (std::uint32_t l = 0; l < count; ++l) output[l] = f(a[l * sa], b[l * sb]);
      }
    }
  }
}

}  // namespace tinyfog::nn::portable
