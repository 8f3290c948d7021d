#pragma once

#include "kernels/portable/broadcast.h"
#include "kernels/portable/compare.h"

namespace tinyfog::nn::portable {

/// Comparisons, MAXIMUM and MINIMUM of raw values. False: another operation.
template <class T>
bool CompareOrSelect(const BinaryParams& p, Memory memory) {
  if (p.op >= BinaryOp::kEqual && p.op <= BinaryOp::kLessEqual) {
    const BinaryOp op = p.op;
    Broadcast<T, std::uint8_t>(p.shape, memory,
                               [op](T a, T b) -> std::uint8_t { return Compare(op, a, b); });
    return true;
  }
  if (p.op == BinaryOp::kMaximum) {
    Broadcast<T, T>(p.shape, memory, [](T a, T b) { return a > b ? a : b; });
    return true;
  }
  if (p.op == BinaryOp::kMinimum) {
    Broadcast<T, T>(p.shape, memory, [](T a, T b) { return a < b ? a : b; });
    return true;
  }
  return false;
}

}  // namespace tinyfog::nn::portable
