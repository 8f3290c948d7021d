#include "tinyfog/nn/kernels/move.h"

namespace tinyfog::nn {
namespace {

template <class T>
void FillWith(const FillParams& p, Memory memory) {
  T* output = memory.Write<T>(p.output);
  for (std::uint32_t i = 0; i < p.count; ++i) output[i] = static_cast<T>(p.value);
}

}  // namespace

void RunFill(const FillParams& p, Memory memory) {
  switch (p.element_bytes) {
    case 1:
      return FillWith<std::uint8_t>(p, memory);
    case 2:
      return FillWith<std::uint16_t>(p, memory);
    default:
      return FillWith<std::uint32_t>(p, memory);
  }
}

}  // namespace tinyfog::nn
