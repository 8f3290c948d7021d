#include "tinyfog/nn/kernels/elementwise.h"
#include "tinyfog/nn/kernels/move.h"

namespace tinyfog::nn {
namespace {

// One past the largest index that the strides reach; more than any memory for an empty shape.
std::uint64_t Extent(const std::uint32_t (&dimensions)[4], const std::uint32_t (&strides)[4]) {
  std::uint64_t last = 0;
  for (int i = 0; i < 4; ++i) {
    if (dimensions[i] == 0) return std::uint64_t{1} << 32;
    last += Product(dimensions[i] - 1, strides[i]);
  }
  return last + 1;
}

std::uint64_t Count(const std::uint32_t (&d)[4]) { return Product(d[0], d[1], d[2], d[3]); }

bool Verify(const BinaryShape& s, const Bounds& bounds, std::uint32_t element,
            std::uint32_t output_element) {
  return bounds.Writes(s.output, Product(Count(s.dimensions), output_element), output_element) &&
         bounds.Reads(s.a, Product(Extent(s.dimensions, s.a_strides), element), element) &&
         bounds.Reads(s.b, Product(Extent(s.dimensions, s.b_strides), element), element);
}

bool IsCompare(BinaryOp op) { return op >= BinaryOp::kEqual && op <= BinaryOp::kLessEqual; }

bool VerifyRaw(const BinaryParams& p, const Bounds& bounds, std::uint32_t element) {
  return static_cast<std::uint32_t>(p.op) < kBinaryOpCount &&
         Verify(p.shape, bounds, element, IsCompare(p.op) ? 1 : element);
}

}  // namespace

bool VerifyQuantisedBinary8(const QuantisedBinaryParams& p, const Bounds& bounds) {
  return Verify(p.shape, bounds, 1, 1);
}
bool VerifyQuantisedBinary16(const QuantisedBinaryParams& p, const Bounds& bounds) {
  return Verify(p.shape, bounds, 2, 2);
}
bool VerifyCompareInt8(const QuantisedBinaryParams& p, const Bounds& bounds) {
  return IsCompare(static_cast<BinaryOp>(p.op)) && Verify(p.shape, bounds, 1, 1);
}
bool VerifyBinaryInt8(const BinaryParams& p, const Bounds& b) { return VerifyRaw(p, b, 1); }
bool VerifyBinaryInt16(const BinaryParams& p, const Bounds& b) { return VerifyRaw(p, b, 2); }
bool VerifyBinaryInt32(const BinaryParams& p, const Bounds& b) { return VerifyRaw(p, b, 4); }
bool VerifyBinaryFloat(const BinaryParams& p, const Bounds& b) { return VerifyRaw(p, b, 4); }
bool VerifyPreluFloat(const BinaryParams& p, const Bounds& b) { return Verify(p.shape, b, 4, 4); }

bool VerifySelect(const SelectParams& p, const Bounds& bounds) {
  const std::uint32_t element = p.element_bytes;
  return (element == 1 || element == 2 || element == 4) &&
         bounds.Writes(p.output, Product(Count(p.dimensions), element), element) &&
         bounds.Reads(p.condition, Extent(p.dimensions, p.condition_strides)) &&
         bounds.Reads(p.a, Product(Extent(p.dimensions, p.a_strides), element), element) &&
         bounds.Reads(p.b, Product(Extent(p.dimensions, p.b_strides), element), element);
}

}  // namespace tinyfog::nn
