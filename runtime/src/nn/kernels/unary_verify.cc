#include "tinyfog/nn/kernels/unary.h"

namespace tinyfog::nn {
namespace {

template <class P>
bool VerifyMap(const P& p, const Bounds& bounds, std::uint32_t input_element,
               std::uint32_t output_element) {
  return bounds.Reads(p.input, Product(p.count, input_element), input_element) &&
         bounds.Writes(p.output, Product(p.count, output_element), output_element);
}

bool IsInteger(std::uint32_t type) { return type <= static_cast<std::uint32_t>(Type::kInt32); }
std::uint32_t Size(std::uint32_t type) { return SizeOf(static_cast<Type>(type)); }
bool IsCastable(std::uint8_t type) {
  return type < kTypeCount && static_cast<Type>(type) != Type::kInt64;
}

}  // namespace

bool VerifyUnaryFloat(const UnaryFloatParams& p, const Bounds& bounds) {
  return static_cast<std::uint32_t>(p.op) < kUnaryOpCount && VerifyMap(p, bounds, 4, 4);
}
bool VerifyRequantize(const RequantizeParams& p, const Bounds& bounds) {
  return IsInteger(p.input_type) && IsInteger(p.output_type) &&
         VerifyMap(p, bounds, Size(p.input_type), Size(p.output_type));
}
bool VerifyQuantizeFloat(const QuantizeParams& p, const Bounds& bounds) {
  return IsInteger(p.type) && VerifyMap(p, bounds, 4, Size(p.type));
}
bool VerifyDequantize(const QuantizeParams& p, const Bounds& bounds) {
  return IsInteger(p.type) && VerifyMap(p, bounds, Size(p.type), 4);
}
bool VerifyCast(const CastParams& p, const Bounds& bounds) {
  return IsCastable(p.input_type) && IsCastable(p.output_type) &&
         VerifyMap(p, bounds, Size(p.input_type), Size(p.output_type));
}
bool VerifyLookup16(const Lookup16Params& p, const Bounds& bounds) {
  return p.shift < 32 && bounds.Reads(p.table, 512, 2) && VerifyMap(p, bounds, 2, 2);
}

}  // namespace tinyfog::nn
