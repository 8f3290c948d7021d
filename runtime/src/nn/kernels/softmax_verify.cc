#include "tinyfog/nn/kernels/softmax.h"

namespace tinyfog::nn {
namespace {

template <class P>
bool VerifyRows(const P& p, const Bounds& bounds, std::uint32_t element) {
  const std::uint64_t bytes = Product(p.rows, p.depth, element);
  return ArePositive(p.rows, p.depth) && bounds.Reads(p.input, bytes, element) &&
         bounds.Writes(p.output, bytes, element);
}

}  // namespace

bool VerifySoftmaxInt8(const SoftmaxParams& p, const Bounds& bounds) {
  return p.difference_min <= 0 && VerifyRows(p, bounds, 1);
}
bool VerifySoftmaxInt16(const SoftmaxParams& p, const Bounds& bounds) {
  return VerifyRows(p, bounds, 2) && bounds.Reads(p.tables, 2 * 513 * 2, 2);
}
bool VerifySoftmaxFloat(const SoftmaxParams& p, const Bounds& bounds) {
  return VerifyRows(p, bounds, 4);
}
bool VerifyL2NormInt8(const L2NormParams& p, const Bounds& bounds) {
  return VerifyRows(p, bounds, 1);
}
bool VerifyL2NormFloat(const L2NormParams& p, const Bounds& bounds) {
  return VerifyRows(p, bounds, 4);
}

}  // namespace tinyfog::nn
