#include "tinyfog/nn/kernels/reduce.h"

namespace tinyfog::nn {
namespace {

template <class T>
void Find(const ArgParams& p, Memory memory) {
  const T* input = memory.Read<T>(p.input);
  std::uint32_t position = 0;
  for (std::uint32_t o = 0; o < p.outer; ++o) {
    for (std::uint32_t i = 0; i < p.inner; ++i, ++position) {
      const T* line = input + (std::uint64_t{o} * p.axis * p.inner + i);
      std::uint32_t best = 0;
      for (std::uint32_t k = 1; k < p.axis; ++k) {
        const T value = line[k * p.inner];
        const T current = line[best * p.inner];
        if (p.minimum ? value < current : value > current) best = k;
      }
      if (static_cast<Type>(p.output_type) == Type::kInt64) {
        memory.Write<std::int64_t>(p.output)[position] = best;
      } else {
        memory.Write<std::int32_t>(p.output)[position] = static_cast<std::int32_t>(best);
      }
    }
  }
}

}  // namespace

void RunArg(const ArgParams& p, Memory memory) {
  switch (static_cast<Type>(p.type)) {
    case Type::kInt8:
      return Find<std::int8_t>(p, memory);
    case Type::kUint8:
      return Find<std::uint8_t>(p, memory);
    default:
      return Find<float>(p, memory);
  }
}

}  // namespace tinyfog::nn
