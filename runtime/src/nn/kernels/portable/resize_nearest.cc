#include "kernels/portable/resize.h"

namespace tinyfog::nn {

void RunResizeNearest(const ResizeParams& p, Memory memory) {
  portable::ForEachPixel<std::uint8_t>(
      p, memory,
      [&p](const portable::Corners<std::uint8_t>& corners, const ResizeTap&, const ResizeTap&,
           std::uint8_t* output) {
        for (std::uint32_t c = 0; c < p.channels; ++c) output[c] = corners.top_left[c];
      });
}

}  // namespace tinyfog::nn
