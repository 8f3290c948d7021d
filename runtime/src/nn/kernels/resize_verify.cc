#include "tinyfog/nn/kernels/resize.h"

namespace tinyfog::nn {
namespace {

bool Verify(const ResizeParams& p, const Bounds& bounds, std::uint32_t element) {
  return ArePositive(p.batches, p.channels, p.input_height, p.input_width, p.output_height,
                     p.output_width) &&
         bounds.Reads(p.rows, Product(p.output_height, sizeof(ResizeTap)), 4) &&
         bounds.Reads(p.columns, Product(p.output_width, sizeof(ResizeTap)), 4) &&
         bounds.Reads(p.input,
                      Product(p.batches, p.input_height, p.input_width, p.channels, element),
                      element) &&
         bounds.Writes(p.output,
                       Product(p.batches, p.output_height, p.output_width, p.channels, element),
                       element);
}

}  // namespace

bool VerifyResize8(const ResizeParams& p, const Bounds& bounds) { return Verify(p, bounds, 1); }
bool VerifyResizeFloat(const ResizeParams& p, const Bounds& bounds) { return Verify(p, bounds, 4); }

}  // namespace tinyfog::nn
