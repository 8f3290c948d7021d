#include "estimate.h"

namespace tinyfog::compile {
namespace {

using nn::Opcode;

struct Cost {
  Opcode kernel;
  double per_tap;
  double per_output;
};
constexpr Cost kCosts[] = {
    {Opcode::kConv2dInt8, 6, 60},
    {Opcode::kConv2dInt4, 9, 60},
    {Opcode::kConv2dInt16, 8, 80},
    {Opcode::kConv2dFloat, 6, 30},
    {Opcode::kDepthwiseInt8, 14, 60},
    {Opcode::kDepthwiseInt4, 18, 60},
    {Opcode::kDepthwiseInt16, 16, 80},
    {Opcode::kDepthwiseFloat, 14, 30},
    {Opcode::kFullyConnectedInt8, 5, 60},
    {Opcode::kFullyConnectedInt4, 9, 60},
    {Opcode::kFullyConnectedInt16, 7, 80},
    {Opcode::kFullyConnectedFloat, 5, 30},
    {Opcode::kConvDsp, 0.98, 12},
    {Opcode::kDepthwiseDsp, 1.4, 11},
    {Opcode::kFullyConnectedDsp, 1.35, 20},
    {Opcode::kAddDsp, 0, 14},
    {Opcode::kConvHelium, 0.16, 9},
    {Opcode::kDepthwiseHelium, 1.25, 0},
    {Opcode::kFullyConnectedHelium, 0.23, 1},
    {Opcode::kAveragePoolInt8, 8, 30},
    {Opcode::kMaxPoolInt8, 8, 30},
    {Opcode::kSoftmaxInt8, 0, 220},
    {Opcode::kAddInt8, 0, 20},
    {Opcode::kMulInt8, 0, 40},
    {Opcode::kLookup8, 0, 6},
    {Opcode::kCopy, 0, 8},
    {Opcode::kFill, 0, 3},
};
constexpr double kOtherPerTap = 10;
constexpr double kOtherPerOutput = 50;

}  // namespace

std::uint64_t EstimateOf(nn::Opcode kernel, std::uint64_t taps, std::uint64_t outputs) {
  double per_tap = kOtherPerTap;
  double per_output = kOtherPerOutput;
  for (const Cost& cost : kCosts) {
    if (cost.kernel != kernel) continue;
    per_tap = cost.per_tap;
    per_output = cost.per_output;
  }
  return static_cast<std::uint64_t>(per_tap * static_cast<double>(taps) +
                                    per_output * static_cast<double>(outputs));
}

}  // namespace tinyfog::compile
