#include "tinyfog/nn/kernels/pool.h"

namespace tinyfog::nn {
namespace {

bool Verify(const PoolParams& p, const Bounds& bounds, std::uint32_t element) {
  return ArePositive(p.batches, p.channels, p.output_height, p.output_width) &&
         bounds.Reads(p.input,
                      Product(p.batches, p.input_height, p.input_width, p.channels, element),
                      element) &&
         bounds.Writes(p.output,
                       Product(p.batches, p.output_height, p.output_width, p.channels, element),
                       element) &&
         Product(p.output_height, p.stride_height) < 0x40000000 &&
         Product(p.output_width, p.stride_width) < 0x40000000;
}

}  // namespace

bool VerifyPool8(const PoolParams& p, const Bounds& bounds) { return Verify(p, bounds, 1); }
bool VerifyPool16(const PoolParams& p, const Bounds& bounds) { return Verify(p, bounds, 2); }
bool VerifyPoolFloat(const PoolParams& p, const Bounds& bounds) { return Verify(p, bounds, 4); }

}  // namespace tinyfog::nn
