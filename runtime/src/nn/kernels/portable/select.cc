#include "tinyfog/nn/kernels/move.h"

namespace tinyfog::nn {
namespace {

template <class T>
void SelectFrom(const SelectParams& p, Memory memory) {
  const std::uint8_t* condition = memory.Read<std::uint8_t>(p.condition);
  const T* a = memory.Read<T>(p.a);
  const T* b = memory.Read<T>(p.b);
  T* output = memory.Write<T>(p.output);
  std::uint32_t i[4];
  for (i[0] = 0; i[0] < p.dimensions[0]; ++i[0]) {
    for (i[1] = 0; i[1] < p.dimensions[1]; ++i[1]) {
      for (i[2] = 0; i[2] < p.dimensions[2]; ++i[2]) {
        for (i[3] = 0; i[3] < p.dimensions[3]; ++i[3]) {
          const auto at = [&i](const std::uint32_t(&strides)[4]) {
            return i[0] * strides[0] + i[1] * strides[1] + i[2] * strides[2] + i[3] * strides[3];
          };
          *output++ = condition[at(p.condition_strides)] ? a[at(p.a_strides)] : b[at(p.b_strides)];
        }
      }
    }
  }
}

}  // namespace

void RunSelect(const SelectParams& p, Memory memory) {
  switch (p.element_bytes) {
    case 1:
      return SelectFrom<std::uint8_t>(p, memory);
    case 2:
      return SelectFrom<std::uint16_t>(p, memory);
    default:
      return SelectFrom<std::uint32_t>(p, memory);
  }
}

}  // namespace tinyfog::nn
