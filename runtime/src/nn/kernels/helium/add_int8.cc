#include <arm_mve.h>

#include "kernels/portable/add.h"

namespace tinyfog::nn {
namespace {

// One operand or the sum: Rescale without a left shift. `right` holds the (negative) shift in each
// lane.
struct VectorScale {
  VectorScale(std::int32_t m, std::int32_t s) : multiplier(m), shift(s), right(vdupq_n_s32(s)) {}

  int32x4_t operator()(int32x4_t x) const {
    const int32x4_t high = vqrdmulhq_n_s32(x, multiplier);
    // Halves are rounded away from zero: what is negative and shifted loses one first.
    const int32x4_t fix = vshrq_n_s32(vandq_s32(high, right), 31);
    return vrshlq_n_s32(vqaddq_s32(high, fix), shift);
  }

  std::int32_t multiplier;
  std::int32_t shift;
  int32x4_t right;
};

// Two dense operands of one dimension, shifts that the vectors know.
bool IsVector(const QuantisedBinaryParams& p) {
  const BinaryShape& s = p.shape;
  return s.dimensions[0] == 1 && s.dimensions[1] == 1 && s.dimensions[2] == 1 &&
         s.a_strides[3] == 1 && s.b_strides[3] == 1 && p.a_shift <= 0 && p.b_shift <= 0 &&
         p.output_shift <= 0;
}

}  // namespace

void RunAddInt8(const QuantisedBinaryParams& p, Memory memory) {
  if (!IsVector(p)) return portable::Add<std::int8_t>(p, memory);
  const std::int8_t* a = memory.Read<std::int8_t>(p.shape.a);
  const std::int8_t* b = memory.Read<std::int8_t>(p.shape.b);
  std::int8_t* output = memory.Write<std::int8_t>(p.shape.output);
  const VectorScale scale_a(p.a_multiplier, p.a_shift);
  const VectorScale scale_b(p.b_multiplier, p.b_shift);
  const VectorScale scale(p.output_multiplier, p.output_shift);
  const std::int32_t left = static_cast<std::int32_t>(p.left_shift & 31);
  std::int32_t count = static_cast<std::int32_t>(p.shape.dimensions[3]);
  for (; count > 0; count -= 4, a += 4, b += 4, output += 4) {
    const mve_pred16_t lanes = vctp32q(static_cast<std::uint32_t>(count));
    int32x4_t x = vaddq_n_s32(vldrbq_z_s32(a, lanes), p.a_offset);
    int32x4_t y = vaddq_n_s32(vldrbq_z_s32(b, lanes), p.b_offset);
    x = scale_a(vshlq_r_s32(x, left));
    y = scale_b(vshlq_r_s32(y, left));
    x = p.op == 1 ? vsubq_s32(x, y) : vaddq_s32(x, y);
    x = vaddq_n_s32(scale(x), p.output_offset);
    x = vminq_s32(vmaxq_s32(x, vdupq_n_s32(p.clamp_min)), vdupq_n_s32(p.clamp_max));
    vstrbq_p_s32(output, x, lanes);
  }
}

}  // namespace tinyfog::nn
