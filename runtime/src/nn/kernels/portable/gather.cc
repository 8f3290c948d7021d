#include "tinyfog/nn/fixed_point.h"
#include "tinyfog/nn/kernels/move.h"

namespace tinyfog::nn {
namespace {

std::uint32_t Nearest(std::int32_t index, std::uint32_t limit) {
  return static_cast<std::uint32_t>(ClampTo(index, 0, static_cast<std::int32_t>(limit) - 1));
}

void CopyBytes(const std::uint8_t* from, std::uint8_t* to, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) to[i] = from[i];
}

}  // namespace

void RunGather(const GatherParams& p, Memory memory) {
  const std::uint8_t* input = memory.Read<std::uint8_t>(p.input);
  const std::int32_t* indices = memory.Read<std::int32_t>(p.indices);
  std::uint8_t* output = memory.Write<std::uint8_t>(p.output);
  for (std::uint32_t b = 0; b < p.batches; ++b, indices += p.index_count) {
    for (std::uint32_t o = 0; o < p.outer; ++o, input += p.axis * p.inner_bytes) {
      for (std::uint32_t i = 0; i < p.index_count; ++i, output += p.inner_bytes) {
        CopyBytes(input + Nearest(indices[i], p.axis) * p.inner_bytes, output, p.inner_bytes);
      }
    }
  }
}

void RunGatherNd(const GatherNdParams& p, Memory memory) {
  const std::uint8_t* input = memory.Read<std::uint8_t>(p.input);
  const std::int32_t* indices = memory.Read<std::int32_t>(p.indices);
  std::uint8_t* output = memory.Write<std::uint8_t>(p.output);
  for (std::uint32_t i = 0; i < p.count; ++i, indices += p.depth, output += p.slice_bytes) {
    std::uint32_t position = 0;
    for (std::uint32_t d = 0; d < p.depth; ++d) {
      position = position * p.dimensions[d] + Nearest(indices[d], p.dimensions[d]);
    }
    CopyBytes(input + position * p.slice_bytes, output, p.slice_bytes);
  }
}

}  // namespace tinyfog::nn
