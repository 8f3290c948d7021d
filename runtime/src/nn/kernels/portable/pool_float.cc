#include <cmath>

#include "kernels/portable/pool_window.h"

namespace tinyfog::nn {
namespace {

float Clamp(const PoolParams& p, float value) {
  return ClampTo(value, std::bit_cast<float>(p.clamp_min), std::bit_cast<float>(p.clamp_max));
}

}  // namespace

void RunAveragePoolFloat(const PoolParams& p, Memory memory) {
  portable::Pool<float>(p, memory, [&p](const portable::Window<float>& window, std::uint32_t c) {
    float sum = 0;
    const std::int32_t count = window.ForEach(c, [&sum](float value) { sum += value; });
    return Clamp(p, count == 0 ? 0.0f : sum / static_cast<float>(count));
  });
}

void RunMaxPoolFloat(const PoolParams& p, Memory memory) {
  portable::Pool<float>(p, memory, [&p](const portable::Window<float>& window, std::uint32_t c) {
    float highest = -3.4028235e38f;
    window.ForEach(c, [&highest](float value) { highest = value > highest ? value : highest; });
    return Clamp(p, highest);
  });
}

void RunL2PoolFloat(const PoolParams& p, Memory memory) {
  portable::Pool<float>(p, memory, [&p](const portable::Window<float>& window, std::uint32_t c) {
    float sum = 0;
    const std::int32_t count = window.ForEach(c, [&sum](float value) { sum += value * value; });
    return Clamp(p, count == 0 ? 0.0f : std::sqrt(sum / static_cast<float>(count)));
  });
}

}  // namespace tinyfog::nn
