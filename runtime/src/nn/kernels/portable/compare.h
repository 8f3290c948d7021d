#pragma once

#include "tinyfog/nn/kernels/elementwise.h"

namespace tinyfog::nn::portable {

template <class T>
bool Compare(BinaryOp op, T a, T b) {
  switch (op) {
    case BinaryOp::kEqual:
      return a == b;
    case BinaryOp::kNotEqual:
      return a != b;
    case BinaryOp::kGreater:
      return a > b;
    case BinaryOp::kGreaterEqual:
      return a >= b;
    case BinaryOp::kLess:
      return a < b;
    default:
      return a <= b;
  }
}

}  // namespace tinyfog::nn::portable
