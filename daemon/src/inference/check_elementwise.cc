#include <algorithm>

#include "operator_view.h"
#include "validate.h"

namespace tinyfog::inference {

Outcome<void> CheckUnary(const OperatorView& op) { return op.ExpectOutput(op.InputShape()); }

Outcome<void> CheckBinary(const OperatorView& op) {
  auto a = op.InputShape(0);
  auto b = op.InputShape(1);
  const auto rank = std::max(a.size(), b.size());
  a.insert(a.begin(), rank - a.size(), 1);
  b.insert(b.begin(), rank - b.size(), 1);
  Shape out(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    if (a[i] != b[i] && a[i] != 1 && b[i] != 1) {
      return op.Fail("shapes " + ShapeText(a) + " and " + ShapeText(b) + " do not broadcast");
    }
    out[i] = std::max(a[i], b[i]);
  }
  return op.ExpectOutput(out);
}

Outcome<void> CheckMean(const OperatorView& op) {
  const auto in = op.InputShape();
  TINYFOG_TRY_ASSIGN(const auto axes, op.Ints(1));
  std::vector<bool> reduced(in.size(), false);
  for (const auto value : axes) {
    TINYFOG_TRY_ASSIGN(const auto axis, op.Axis(value, in.size()));
    if (reduced[axis]) return op.Fail("axis " + std::to_string(axis) + " is there twice");
    reduced[axis] = true;
  }
  const bool keep = op.op().builtin_options.AsReducerOptions()->keep_dims;
  Shape out;
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (!reduced[i]) {
      out.push_back(in[i]);
    } else if (keep) {
      out.push_back(1);
    }
  }
  return op.ExpectOutput(out);
}

}  // namespace tinyfog::inference
