#include "function_table.h"

#include <algorithm>
#include <cmath>

#include "scale.h"

namespace tinyfog::compile {
namespace {

using graph::Op;

std::int16_t Saturate16(std::int32_t x) {
  return static_cast<std::int16_t>(std::clamp(x, -32768, 32767));
}

// 16-bit fixed-point helpers of gemmlowp.
std::int16_t HighMul16(std::int16_t a, std::int16_t b) {
  if (a == b && a == -32768) return 32767;
  const std::int32_t product = std::int32_t{a} * b;
  const std::int32_t nudge = product >= 0 ? 1 << 14 : 1 - (1 << 14);
  return static_cast<std::int16_t>((product + nudge) / (1 << 15));
}

struct Scale16 {
  std::int16_t multiplier;
  int exponent;
};
Scale16 Scale16Of(float real) {
  const nn::Scale scale = ScaleOf(double{real});
  const std::int32_t rounded =
      scale.multiplier >= INT32_MAX - (1 << 15) ? 32767 : (scale.multiplier + (1 << 15)) >> 16;
  return {static_cast<std::int16_t>(rounded), scale.shift};
}

// Source: TFLite reference/hard_swish.h.
class HardSwish {
 public:
  HardSwish(const graph::Tensor& input, const graph::Tensor& output)
      : input_zero_point_(input.quantization.zero_point()),
        output_zero_point_(output.quantization.zero_point()) {
    const float fine = 1.0f / 128.0f * input.quantization.scale();
    output_ = Scale16Of(fine / output.quantization.scale());
    reluish_ = Scale16Of(fine / (3.0f / 32768.0f));
  }

  std::int32_t operator()(std::int32_t x) const {
    const std::int16_t fine = static_cast<std::int16_t>((x - input_zero_point_) * 128);
    const std::int16_t scaled = HighMul16(fine, output_.multiplier);
    const std::int32_t gate = (Gate(fine) + (1 << 15)) >> 1;  // 0 to 1 in 15 bits
    const std::int32_t product = gate * scaled / (1 << 15);
    const int right = std::max(0, -output_.exponent);
    const std::int32_t y = nn::DivideByPowerOfTwo(product, static_cast<unsigned>(right));
    return std::clamp(y + output_zero_point_, -128, 127);
  }

 private:
  std::int32_t Gate(std::int16_t x) const {
    std::int16_t value = x;
    if (reluish_.exponent > 0) value = Saturate16(value << (reluish_.exponent - 1));
    value = HighMul16(value, reluish_.multiplier);
    if (reluish_.exponent > 0) value = Saturate16(value * 2);
    if (reluish_.exponent >= 0) return value;
    return nn::DivideByPowerOfTwo(value, static_cast<unsigned>(-reluish_.exponent));
  }

  std::int32_t input_zero_point_;
  std::int32_t output_zero_point_;
  Scale16 output_;
  Scale16 reluish_;
};

double Real(Op op, double x) {
  switch (op) {
    case Op::kLogistic:
      return 1 / (1 + std::exp(-x));
    case Op::kTanh:
      return std::tanh(x);
    case Op::kRsqrt:
      return x > 0 ? 1 / std::sqrt(x) : HUGE_VAL;
    case Op::kSqrt:
      return std::sqrt(std::max(x, 0.0));
    case Op::kExp:
      return std::exp(x);
    default:
      return x;
  }
}

bool IsRealFunction(Op op) {
  return op == Op::kLogistic || op == Op::kTanh || op == Op::kRsqrt || op == Op::kSqrt ||
         op == Op::kExp;
}

}  // namespace

std::optional<std::array<std::int8_t, 256>> FunctionTable(Op op, const graph::Tensor& input,
                                                          const graph::Tensor& output) {
  const graph::Quantization& in = input.quantization;
  const graph::Quantization& out = output.quantization;
  const HardSwish hard_swish(input, output);
  std::array<std::int8_t, 256> table;
  for (std::int32_t x = -128; x < 128; ++x) {
    std::int32_t y;
    if (op == Op::kHardSwish) {
      y = hard_swish(x);
    } else if (op == Op::kElu) {  // in float, as TFLM fills its table
      const float real = in.scale() * static_cast<float>(x - in.zero_point());
      const float value = real < 0 ? std::exp(real) - 1.0f : real;
      const float steps = std::clamp(std::round(value * (1.0f / out.scale())), -1e6f, 1e6f);
      y = static_cast<std::int32_t>(steps) + out.zero_point();
    } else if (IsRealFunction(op)) {
      const double value = Real(op, double{in.scale()} * (x - in.zero_point())) / out.scale();
      y = static_cast<std::int32_t>(std::clamp(std::round(value), -1e6, 1e6)) + out.zero_point();
    } else {
      return std::nullopt;
    }
    table[static_cast<std::size_t>(x + 128)] = static_cast<std::int8_t>(std::clamp(y, -128, 127));
  }
  return table;
}

std::vector<std::uint16_t> SigmoidTable16() {
  const auto sigmoid = [](int i) { return 65536 / (1 + std::exp(-i / 24.0)); };
  std::vector<std::uint16_t> table;
  for (int i = 0; i < 255; ++i) {
    // The knots give way by a sixteenth of the second difference: halves the interpolation's error.
    const double bend = sigmoid(i + 1) + sigmoid(i - 1) - 2 * sigmoid(i);
    table.push_back(static_cast<std::uint16_t>(std::round(sigmoid(i) - bend / 16)));
  }
  table.push_back(65535);
  return table;
}

}  // namespace tinyfog::compile
