#pragma once

#include "tinyfog/nn/operator_table.h"

namespace tinyfog::nn {

/// How one output row or column is made: from `lower` and `upper` of the input. `fraction` weighs
/// upper: in 1/1024 for int8, a float's bits for float; RESIZE_NEAREST_NEIGHBOR reads `lower` only.
struct ResizeTap {
  std::uint16_t lower;
  std::uint16_t upper;
  std::int32_t fraction;
};
static_assert(sizeof(ResizeTap) == 8);

/// RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR over NHWC maps. Taps outside the map read its edge.
struct ResizeParams {
  Ref input;
  Ref output;
  Ref rows;     // ResizeTap[output_height]
  Ref columns;  // ResizeTap[output_width]
  std::uint16_t batches;
  std::uint16_t channels;  // nearest: bytes of a pixel
  std::uint16_t input_height;
  std::uint16_t input_width;
  std::uint16_t output_height;
  std::uint16_t output_width;
};
static_assert(sizeof(ResizeParams) == 28);

bool VerifyResize8(const ResizeParams&, const Bounds&);
bool VerifyResizeFloat(const ResizeParams&, const Bounds&);
void RunResizeNearest(const ResizeParams&, Memory);
void RunResizeBilinearInt8(const ResizeParams&, Memory);
void RunResizeBilinearFloat(const ResizeParams&, Memory);
using ResizeNearest =
    Operator<Opcode::kResizeNearest, ResizeParams, VerifyResize8, RunResizeNearest>;
using ResizeBilinearInt8 =
    Operator<Opcode::kResizeBilinearInt8, ResizeParams, VerifyResize8, RunResizeBilinearInt8>;
using ResizeBilinearFloat =
    Operator<Opcode::kResizeBilinearFloat, ResizeParams, VerifyResizeFloat, RunResizeBilinearFloat>;

}  // namespace tinyfog::nn
