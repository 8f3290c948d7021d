#include <bit>

#include "kernels/portable/resize.h"

namespace tinyfog::nn {

void RunResizeBilinearInt8(const ResizeParams& p, Memory memory) {
  portable::ForEachPixel<std::int8_t>(
      p, memory,
      [&p](const portable::Corners<std::int8_t>& at, const ResizeTap& row, const ResizeTap& column,
           std::int8_t* output) {
        const std::int64_t fy = row.fraction;
        const std::int64_t fx = column.fraction;
        for (std::uint32_t c = 0; c < p.channels; ++c) {
          const std::uint64_t top =
              static_cast<std::uint64_t>(at.top_left[c] * (1024 - fx) + at.top_right[c] * fx);
          const std::uint64_t bottom =
              static_cast<std::uint64_t>(at.bottom_left[c] * (1024 - fx) + at.bottom_right[c] * fx);
          const std::int64_t sum =
              static_cast<std::int64_t>(top * static_cast<std::uint64_t>(1024 - fy) +
                                        bottom * static_cast<std::uint64_t>(fy));
          const std::int64_t half = sum > 0 ? 1 << 19 : -(1 << 19);
          output[c] = static_cast<std::int8_t>((sum + half) / (1 << 20));
        }
      });
}

void RunResizeBilinearFloat(const ResizeParams& p, Memory memory) {
  portable::ForEachPixel<float>(
      p, memory,
      [&p](const portable::Corners<float>& at, const ResizeTap& row, const ResizeTap& column,
           float* output) {
        const float fy = std::bit_cast<float>(row.fraction);
        const float fx = std::bit_cast<float>(column.fraction);
        for (std::uint32_t c = 0; c < p.channels; ++c) {
          const float top = at.top_left[c] * (1 - fx) + at.top_right[c] * fx;
          const float bottom = at.bottom_left[c] * (1 - fx) + at.bottom_right[c] * fx;
          output[c] = top * (1 - fy) + bottom * fy;
        }
      });
}

}  // namespace tinyfog::nn
