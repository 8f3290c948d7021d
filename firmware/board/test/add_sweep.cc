#include "program.h"
#include "sweep.h"
#include "tinyfog/nn/kernels/elementwise.h"

// ADD and SUB of int8: dense operands, which tuned kernels take, and broadcast ones.
namespace tinyfog::nn::reference {
void RunAddInt8(const QuantisedBinaryParams&, Memory);
}

namespace tinyfog::board {
namespace {

std::int32_t DrawMultiplier(Case& c) { return c.random().Between(1 << 30, INT32_MAX); }

bool Check(Case& c) {
  nn::QuantisedBinaryParams p{};
  nn::BinaryShape& s = p.shape;
  const bool is_dense = c.random().Between(0, 3) != 0;
  for (int i = 0; i < 4; ++i) s.dimensions[i] = is_dense && i < 3 ? 1 : c.random().Between(1, 5);
  if (is_dense) s.dimensions[3] = static_cast<std::uint32_t>(c.random().Between(1, 300));
  const std::uint32_t count = s.dimensions[0] * s.dimensions[1] * s.dimensions[2] * s.dimensions[3];
  s.a_strides[3] = 1;
  s.b_strides[3] = is_dense ? 1 : 0;
  for (int i = 2; i >= 0; --i) s.a_strides[i] = s.a_strides[i + 1] * s.dimensions[i + 1];
  s.b_strides[1] = is_dense ? 0 : 1;
  s.a = c.TakeArena(count);
  s.b = c.TakeArena(count);
  s.output = c.random().Between(0, 1) == 0 ? s.a : c.TakeArena(count);
  p.a_offset = c.random().Between(-127, 128);
  p.b_offset = c.random().Between(-127, 128);
  p.output_offset = c.random().Between(-128, 127);
  p.left_shift = 20;
  p.a_multiplier = DrawMultiplier(c);
  p.b_multiplier = DrawMultiplier(c);
  p.a_shift = -c.random().Between(0, 4);
  p.b_shift = -c.random().Between(0, 4);
  p.output_multiplier = DrawMultiplier(c);
  p.output_shift = -c.random().Between(16, 20);
  p.clamp_min = c.random().Between(-128, -60);
  p.clamp_max = c.random().Between(60, 127);
  p.op = static_cast<std::uint32_t>(c.random().Between(0, 1));
  return c.Check(p, nn::VerifyQuantisedBinary8, nn::RunAddInt8, nn::reference::RunAddInt8);
}

}  // namespace

std::int32_t Main() { return Sweep("add_int8", 1000, Check); }

}  // namespace tinyfog::board
