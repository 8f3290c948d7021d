#include "kernels/portable/reduce.h"

namespace tinyfog::nn {
namespace {

float Sum(const ReduceParams& p, const float* group) {
  float sum = 0;
  std::uint32_t count = 0;
  portable::ForEachIndex(p.reduced, p.reduced_strides, [&](std::uint32_t offset) {
    sum += group[offset];
    ++count;
  });
  return p.op == ReduceOp::kMean ? sum / static_cast<float>(count) : sum;
}

}  // namespace

void RunReduceFloat(const ReduceParams& p, Memory memory) {
  const float* input = memory.Read<float>(p.input);
  float* output = memory.Write<float>(p.output);
  const bool sums = p.op == ReduceOp::kSum || p.op == ReduceOp::kMean;
  portable::ForEachIndex(p.kept, p.kept_strides, [&](std::uint32_t offset) {
    *output++ = sums ? Sum(p, input + offset) : portable::Extreme(p, input + offset);
  });
}

}  // namespace tinyfog::nn
