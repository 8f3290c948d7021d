#include <cmath>

#include "tinyfog/nn/kernels/softmax.h"

namespace tinyfog::nn {
namespace {

float HighestOf(const float* row, std::uint32_t depth) {
  float highest = row[0];
  for (std::uint32_t i = 1; i < depth; ++i) highest = row[i] > highest ? row[i] : highest;
  return highest;
}

}  // namespace

void RunSoftmaxFloat(const SoftmaxParams& p, Memory memory) {
  const float* x = memory.Read<float>(p.input);
  float* y = memory.Write<float>(p.output);
  for (std::uint32_t row = 0; row < p.rows; ++row, x += p.depth, y += p.depth) {
    const float highest = HighestOf(x, p.depth);
    float sum = 0;
    for (std::uint32_t i = 0; i < p.depth; ++i) {
      y[i] = std::exp((x[i] - highest) * p.beta);
      sum += y[i];
    }
    for (std::uint32_t i = 0; i < p.depth; ++i) y[i] /= sum;
  }
}

void RunLogSoftmaxFloat(const SoftmaxParams& p, Memory memory) {
  const float* x = memory.Read<float>(p.input);
  float* y = memory.Write<float>(p.output);
  for (std::uint32_t row = 0; row < p.rows; ++row, x += p.depth, y += p.depth) {
    const float highest = HighestOf(x, p.depth);
    float sum = 0;
    for (std::uint32_t i = 0; i < p.depth; ++i) sum += std::exp(x[i] - highest);
    const float log_sum = std::log(sum);
    for (std::uint32_t i = 0; i < p.depth; ++i) y[i] = x[i] - highest - log_sum;
  }
}

}  // namespace tinyfog::nn
