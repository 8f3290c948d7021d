#include <cmath>

#include "tinyfog/nn/fixed_point.h"
#include "tinyfog/nn/kernels/unary.h"

namespace tinyfog::nn {
namespace {

float RoundHalfToEven(float x) {
  const float floor = std::floor(x);
  const float difference = x - floor;
  if (difference < 0.5f) return floor;
  if (difference > 0.5f) return floor + 1;
  return std::fmod(floor, 2.0f) == 0 ? floor : floor + 1;
}

float Activate(const UnaryFloatParams& p, float x) {
  switch (p.op) {
    case UnaryOp::kAbs:
      return std::fabs(x);
    case UnaryOp::kNeg:
      return -x;
    case UnaryOp::kClamp:
      return ClampTo(x, p.a, p.b);
    case UnaryOp::kLeakyRelu:
      return x > 0 ? x : x * p.a;
    case UnaryOp::kElu:
      return x < 0 ? std::expm1(x) : x;
    case UnaryOp::kHardSwish:
      return x * ClampTo(x + 3, 0.0f, 6.0f) / 6;
    case UnaryOp::kLogistic:
      return 1 / (1 + std::exp(-x));
    default:
      return std::tanh(x);
  }
}

float Apply(const UnaryFloatParams& p, float x) {
  switch (p.op) {
    case UnaryOp::kExp:
      return std::exp(x);
    case UnaryOp::kLog:
      return std::log(x);
    case UnaryOp::kSqrt:
      return std::sqrt(x);
    case UnaryOp::kRsqrt:
      return 1 / std::sqrt(x);
    case UnaryOp::kSquare:
      return x * x;
    case UnaryOp::kSin:
      return std::sin(x);
    case UnaryOp::kCos:
      return std::cos(x);
    case UnaryOp::kCeil:
      return std::ceil(x);
    case UnaryOp::kFloor:
      return std::floor(x);
    case UnaryOp::kRound:
      return RoundHalfToEven(x);
    default:
      return Activate(p, x);
  }
}

}  // namespace

void RunUnaryFloat(const UnaryFloatParams& p, Memory memory) {
  const float* input = memory.Read<float>(p.input);
  float* output = memory.Write<float>(p.output);
  for (std::uint32_t i = 0; i < p.count; ++i) output[i] = Apply(p, input[i]);
}

}  // namespace tinyfog::nn
