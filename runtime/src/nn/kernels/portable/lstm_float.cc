#include <bit>
#include <cmath>

#include "kernels/portable/lstm.h"

namespace tinyfog::nn {
namespace {

class Floats {
 public:
  using Element = float;
  using Cell = float;

  Floats(const LstmParams& p, Memory memory)
      : p_(p), memory_(memory), clip_(std::bit_cast<float>(p.cell_clip)) {}

  float Gate(const LstmGate& gate, std::uint32_t unit, const float* x, const float* h) const {
    float sum = memory_.Read<float>(gate.bias)[unit];
    const float* w = memory_.Read<float>(gate.input_weights) + unit * p_.inputs;
    for (std::uint32_t i = 0; i < p_.inputs; ++i) sum += x[i] * w[i];
    w = memory_.Read<float>(gate.recurrent_weights) + unit * p_.units;
    for (std::uint32_t i = 0; i < p_.units; ++i) sum += h[i] * w[i];
    return sum;
  }
  float Sigmoid(float x) const { return 1 / (1 + std::exp(-x)); }
  float Tanh(float x) const { return std::tanh(x); }
  float NextCell(float cell, float forget, float update, float value) const {
    const float next = forget * cell + update * value;
    return clip_ > 0 ? ClampTo(next, -clip_, clip_) : next;
  }
  float Hidden(float cell, float open) const { return open * std::tanh(cell); }

 private:
  const LstmParams& p_;
  Memory memory_;
  float clip_;
};

}  // namespace

void RunLstmFloat(const LstmParams& p, Memory memory) { portable::Lstm<Floats>(p, memory); }

}  // namespace tinyfog::nn
