#include "program.h"
#include "sweep.h"
#include "tinyfog/nn/kernels/softmax.h"

// SOFTMAX int8: also shows how a sweep is made, and that the sweeps' machinery works.
namespace tinyfog::nn::reference {
void RunSoftmaxInt8(const SoftmaxParams&, Memory);
}

namespace tinyfog::board {
namespace {

bool Check(Case& c) {
  nn::SoftmaxParams p{};
  p.rows = static_cast<std::uint32_t>(c.random().Between(1, 8));
  p.depth = static_cast<std::uint32_t>(c.random().Between(1, 100));
  p.input = c.TakeArena(p.rows * p.depth);
  p.output = c.random().Between(0, 3) == 0 ? p.input : c.TakeArena(p.rows * p.depth);
  p.tables = nn::kNoRef;
  p.multiplier = c.random().Between(1 << 30, INT32_MAX);
  p.shift = c.random().Between(0, 23);
  p.difference_min = -c.random().Between(0, 255);
  return c.Check(p, nn::VerifySoftmaxInt8, nn::RunSoftmaxInt8, nn::reference::RunSoftmaxInt8);
}

}  // namespace

std::int32_t Main() { return Sweep("softmax_int8", 500, Check); }

}  // namespace tinyfog::board
