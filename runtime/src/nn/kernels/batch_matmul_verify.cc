#include "tinyfog/nn/kernels/fully_connected.h"

namespace tinyfog::nn {
namespace {

// The batches' offsets are constants, so they can be checked once.
bool BatchesFit(const Bounds& bounds, Ref batches, std::uint32_t count) {
  return (batches & kConstantBit) != 0 && bounds.Reads(batches, Product(count, 4), 4);
}

bool Verify(const BatchMatmulParams& p, const Bounds& bounds, std::uint32_t element) {
  return ArePositive(p.batch_count, p.rows, p.depth, p.columns) &&
         BatchesFit(bounds, p.batch_x, p.batch_count) &&
         BatchesFit(bounds, p.batch_w, p.batch_count) && Product(p.rows, p.depth) <= p.x_elements &&
         Product(p.depth, p.columns) <= p.w_elements &&
         bounds.Reads(p.x, Product(p.x_elements, element), element) &&
         bounds.Reads(p.w, Product(p.w_elements, element), element) &&
         bounds.Writes(p.output, Product(p.batch_count, p.rows, p.columns, element), element);
}

}  // namespace

bool VerifyBatchMatmulInt8(const BatchMatmulParams& p, const Bounds& b) { return Verify(p, b, 1); }
bool VerifyBatchMatmulInt16(const BatchMatmulParams& p, const Bounds& b) { return Verify(p, b, 2); }
bool VerifyBatchMatmulFloat(const BatchMatmulParams& p, const Bounds& b) { return Verify(p, b, 4); }

}  // namespace tinyfog::nn
