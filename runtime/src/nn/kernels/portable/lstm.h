#pragma once

#include "kernels/portable/arithmetic.h"
#include "kernels/portable/sigmoid16.h"
#include "tinyfog/nn/kernels/recurrent.h"

namespace tinyfog::nn::portable {

/// The LSTM with arithmetic A: a unit's new hidden value goes to the output first, since the other
/// units' gates still read the old ones.
template <class A>
void Lstm(const LstmParams& p, Memory memory) {
  using Element = typename A::Element;
  const A arithmetic(p, memory);
  const Element* input = memory.Read<Element>(p.input);
  Element* output = memory.Write<Element>(p.output);
  for (std::uint32_t batch = 0; batch < p.batches; ++batch) {
    Element* hidden = memory.Write<Element>(p.hidden) + batch * p.units;
    typename A::Cell* cell = memory.Write<typename A::Cell>(p.cell) + batch * p.units;
    for (std::uint32_t step = 0; step < p.steps; ++step) {
      const std::uint32_t row = p.time_major ? step * p.batches + batch : batch * p.steps + step;
      const Element* x = input + row * p.inputs;
      Element* y = output + row * p.units;
      for (std::uint32_t unit = 0; unit < p.units; ++unit) {
        const auto forget = arithmetic.Sigmoid(arithmetic.Gate(p.gates[0], unit, x, hidden));
        const auto update = arithmetic.Sigmoid(arithmetic.Gate(p.gates[1], unit, x, hidden));
        const auto value = arithmetic.Tanh(arithmetic.Gate(p.gates[2], unit, x, hidden));
        const auto open = arithmetic.Sigmoid(arithmetic.Gate(p.gates[3], unit, x, hidden));
        cell[unit] = arithmetic.NextCell(cell[unit], forget, update, value);
        y[unit] = arithmetic.Hidden(cell[unit], open);
      }
      for (std::uint32_t unit = 0; unit < p.units; ++unit) hidden[unit] = y[unit];
    }
  }
}

/// The integer form: elements E, biases B, sums S (unsigned, so that they wrap).
template <class E, class B, class S>
class IntegerLstm {
 public:
  using Element = E;
  using Cell = std::int16_t;

  IntegerLstm(const LstmParams& p, Memory memory)
      : p_(p), memory_(memory), table_(memory.Read<std::uint16_t>(p.table)) {}

  std::int32_t Gate(const LstmGate& gate, std::uint32_t unit, const E* x, const E* h) const {
    const B* bias = memory_.Read<B>(gate.bias);
    S sum = static_cast<S>(bias[unit]);
    S recurrent = sizeof(B) == 4 ? static_cast<S>(bias[p_.units + unit]) : S{0};
    const std::int8_t* w = memory_.Read<std::int8_t>(gate.input_weights) + unit * p_.inputs;
    for (std::uint32_t i = 0; i < p_.inputs; ++i) sum = Mac(sum, x[i], w[i]);
    w = memory_.Read<std::int8_t>(gate.recurrent_weights) + unit * p_.units;
    for (std::uint32_t i = 0; i < p_.units; ++i) recurrent = Mac(recurrent, h[i], w[i]);
    return Saturated(Scaled(sum, gate.input_multiplier, gate.input_shift) +
                     Scaled(recurrent, gate.recurrent_multiplier, gate.recurrent_shift));
  }
  std::int32_t Sigmoid(std::int32_t x) const { return Logistic16(table_, 3 * x); }
  std::int32_t Tanh(std::int32_t x) const { return Tanh16(table_, 3 * x); }
  std::int16_t NextCell(std::int32_t cell, std::int32_t forget, std::int32_t update,
                        std::int32_t value) const {
    const std::int32_t kept =
        Saturated(Rescale(WrapMul(forget, cell), p_.forget_multiplier, p_.forget_shift));
    const std::int32_t added =
        Saturated(Rescale(WrapMul(update, value), p_.update_multiplier, p_.update_shift));
    const std::int32_t next = Saturated(kept + added);
    return static_cast<std::int16_t>(p_.cell_clip > 0 ? ClampTo(next, -p_.cell_clip, p_.cell_clip)
                                                      : next);
  }
  E Hidden(std::int32_t cell, std::int32_t open) const {
    const std::int32_t half = p_.tanh_shift > 0 ? 1 << (p_.tanh_shift - 1) : 0;
    const std::int32_t position = WrapAdd(WrapMul(cell, p_.tanh_multiplier), half) >> p_.tanh_shift;
    const std::int32_t product = WrapMul(Tanh16(table_, position), open);
    const std::int32_t value =
        WrapAdd(Rescale(product, p_.hidden_multiplier, p_.hidden_shift), p_.hidden_zero_point);
    constexpr std::int32_t kLimit = std::int32_t{1} << (8 * sizeof(E) - 1);
    return static_cast<E>(ClampTo(value, -kLimit, kLimit - 1));
  }

 private:
  static std::int32_t Saturated(std::int32_t x) { return ClampTo(x, -32768, 32767); }
  static std::int32_t Scaled(std::uint32_t sum, std::int32_t multiplier, std::int32_t shift) {
    return Saturated(Rescale(static_cast<std::int32_t>(sum), multiplier, shift));
  }
  static std::int32_t Scaled(std::uint64_t sum, std::int32_t multiplier, std::int32_t shift) {
    return Saturated(Rescale64(static_cast<std::int64_t>(sum), multiplier, shift));
  }

  const LstmParams& p_;
  Memory memory_;
  const std::uint16_t* table_;
};

}  // namespace tinyfog::nn::portable
