#include "program.h"
#include "sweep.h"
#include "tinyfog/nn/kernels/pool.h"

// AVERAGE_POOL_2D and MAX_POOL_2D of int8.
namespace tinyfog::nn::reference {
void RunAveragePoolInt8(const PoolParams&, Memory);
void RunMaxPoolInt8(const PoolParams&, Memory);
}  // namespace tinyfog::nn::reference

namespace tinyfog::board {
namespace {

std::uint16_t Draw(Case& c, int lowest, int highest) {
  return static_cast<std::uint16_t>(c.random().Between(lowest, highest));
}

nn::PoolParams DrawPool(Case& c) {
  nn::PoolParams p{};
  p.batches = Draw(c, 1, 2);
  p.channels = Draw(c, 1, 20);
  p.input_height = Draw(c, 1, 18);
  p.input_width = Draw(c, 1, 18);
  p.output_height = Draw(c, 1, 5);
  p.output_width = Draw(c, 1, 5);
  p.filter_height = Draw(c, 1, 18);
  p.filter_width = Draw(c, 1, 18);
  p.stride_height = Draw(c, 1, 3);
  p.stride_width = Draw(c, 1, 3);
  p.pad_top = static_cast<std::int16_t>(Draw(c, 0, 2));
  p.pad_left = static_cast<std::int16_t>(Draw(c, 0, 2));
  p.clamp_min = c.random().Between(-128, -60);
  p.clamp_max = c.random().Between(60, 127);
  p.input = c.TakeArena(std::uint32_t{p.batches} * p.input_height * p.input_width * p.channels);
  p.output = c.TakeArena(std::uint32_t{p.batches} * p.output_height * p.output_width * p.channels);
  return p;
}

bool CheckAverage(Case& c) {
  return c.Check(DrawPool(c), nn::VerifyPool8, nn::RunAveragePoolInt8,
                 nn::reference::RunAveragePoolInt8);
}
bool CheckMax(Case& c) {
  return c.Check(DrawPool(c), nn::VerifyPool8, nn::RunMaxPoolInt8, nn::reference::RunMaxPoolInt8);
}

}  // namespace

std::int32_t Main() {
  return Sweep("average_pool_int8", 1000, CheckAverage) + Sweep("max_pool_int8", 200, CheckMax);
}

}  // namespace tinyfog::board
