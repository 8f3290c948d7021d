#include "kernels/portable/svdf.h"

namespace tinyfog::nn {
namespace {

// Arithmetic of the integer form; states and time weights are of type State.
template <class State>
struct Integers {
  using Element = std::int8_t;
  using Memory = State;
  using Sum = std::uint32_t;

  explicit Integers(const SvdfParams& params) : p(params) {}

  Sum Feature(Sum sum, std::int8_t x, std::int8_t w) const {
    return Product(sum, WrapSub(x, p.input_zero_point), w);
  }
  State Remember(Sum sum) const {
    const std::int32_t value =
        Rescale(static_cast<std::int32_t>(sum), p.state_multiplier, p.state_shift);
    constexpr std::int32_t kMax = std::int32_t{1} << (8 * sizeof(State) - 1);
    return static_cast<State>(ClampTo(WrapAdd(value, p.state_zero_point), -kMax, kMax - 1));
  }
  Sum Time(Sum sum, State s, State w) const {
    return Product(sum, WrapSub(s, p.state_zero_point), w);
  }
  Sum Start(std::int32_t bias) const { return static_cast<Sum>(bias); }
  std::int8_t Finish(Sum sum) const {
    const std::int32_t value =
        Rescale(static_cast<std::int32_t>(sum), p.output_multiplier, p.output_shift);
    return static_cast<std::int8_t>(ClampTo(WrapAdd(value, p.output_zero_point), -128, 127));
  }

  static Sum Product(Sum sum, std::int32_t a, std::int32_t b) {
    return sum + static_cast<Sum>(WrapMul(a, b));
  }

  const SvdfParams& p;
};

}  // namespace

void RunSvdfInt8(const SvdfParams& p, Memory memory) {
  if (p.state_type == static_cast<std::uint32_t>(Type::kInt8)) {
    portable::Svdf<Integers<std::int8_t>, std::int32_t>(p, memory);
  } else {
    portable::Svdf<Integers<std::int16_t>, std::int32_t>(p, memory);
  }
}

}  // namespace tinyfog::nn
