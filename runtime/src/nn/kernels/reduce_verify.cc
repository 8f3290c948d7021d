#include "tinyfog/nn/kernels/reduce.h"

namespace tinyfog::nn {
namespace {

bool Verify(const ReduceParams& p, const Bounds& bounds, std::uint32_t element) {
  std::uint64_t reach = 1;
  for (int i = 0; i < 4; ++i) {
    if (p.kept[i] == 0 || p.reduced[i] == 0) return false;
    reach += Product(p.kept[i] - 1, p.kept_strides[i]);
    reach += Product(p.reduced[i] - 1, p.reduced_strides[i]);
  }
  const std::uint64_t elements =
      Product(Product(p.kept[0], p.kept[1], p.kept[2], p.kept[3]),
              Product(p.reduced[0], p.reduced[1], p.reduced[2], p.reduced[3]));
  return p.op <= ReduceOp::kMinimum && elements <= reach &&
         bounds.Reads(p.input, Product(reach, element), element) &&
         bounds.Writes(p.output, Product(p.kept[0], p.kept[1], p.kept[2], p.kept[3], element),
                       element);
}

bool VerifyLines(const CumsumParams& p, const Bounds& bounds, std::uint32_t element) {
  const std::uint64_t bytes = Product(p.outer, p.axis, p.inner, element);
  return ArePositive(p.outer, p.axis, p.inner) && bounds.Reads(p.input, bytes, element) &&
         bounds.Writes(p.output, bytes, element);
}

}  // namespace

bool VerifyReduceInt8(const ReduceParams& p, const Bounds& bounds) { return Verify(p, bounds, 1); }
bool VerifyReduceInt16(const ReduceParams& p, const Bounds& bounds) { return Verify(p, bounds, 2); }
bool VerifyReduceFloat(const ReduceParams& p, const Bounds& bounds) { return Verify(p, bounds, 4); }
bool VerifyCumsumInt8(const CumsumParams& p, const Bounds& b) { return VerifyLines(p, b, 1); }
bool VerifyCumsumFloat(const CumsumParams& p, const Bounds& b) { return VerifyLines(p, b, 4); }

bool VerifyArg(const ArgParams& p, const Bounds& bounds) {
  const Type type = static_cast<Type>(p.type);
  const Type output = static_cast<Type>(p.output_type);
  if (type != Type::kInt8 && type != Type::kUint8 && type != Type::kFloat32) return false;
  if (output != Type::kInt32 && output != Type::kInt64) return false;
  return ArePositive(p.outer, p.axis, p.inner) &&
         bounds.Reads(p.input, Product(p.outer, p.axis, p.inner, SizeOf(type)), SizeOf(type)) &&
         bounds.Writes(p.output, Product(p.outer, p.inner, SizeOf(output)), SizeOf(output));
}

}  // namespace tinyfog::nn
