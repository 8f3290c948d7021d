#include "tinyfog/nn/kernels/move.h"

namespace tinyfog::nn {
namespace {

template <class T>
void CopyRow(const T* from, std::int32_t from_stride, T* to, std::int32_t to_stride,
             std::uint32_t count) {
  // By index, so that no pointer leaves its buffer behind the last element.
  std::intptr_t i = 0;
  std::intptr_t j = 0;
  for (; count > 0; --count, i += from_stride, j += to_stride) to[j] = from[i];
}

template <class T>
void Copy6(const CopyParams& p, Memory memory) {
  std::int64_t from = p.input_base;
  std::int64_t to = p.output_base;
  std::uint32_t index[5] = {};
  while (true) {
    CopyRow(memory.Read<T>(p.input) + from, p.input_strides[5], memory.Write<T>(p.output) + to,
            p.output_strides[5], p.dimensions[5]);
    int d = 4;
    for (; d >= 0; --d) {
      from += p.input_strides[d];
      to += p.output_strides[d];
      if (++index[d] < p.dimensions[d]) break;
      from -= std::int64_t{p.input_strides[d]} * p.dimensions[d];
      to -= std::int64_t{p.output_strides[d]} * p.dimensions[d];
      index[d] = 0;
    }
    if (d < 0) return;
  }
}

}  // namespace

void RunCopy(const CopyParams& p, Memory memory) {
  switch (p.element_bytes) {
    case 1:
      return Copy6<std::uint8_t>(p, memory);
    case 2:
      return Copy6<std::uint16_t>(p, memory);
    case 4:
      return Copy6<std::uint32_t>(p, memory);
    default:
      return Copy6<std::uint64_t>(p, memory);
  }
}

}  // namespace tinyfog::nn
