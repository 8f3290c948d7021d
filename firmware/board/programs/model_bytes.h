#pragma once

#include <cstdint>
#include <span>

#include "tinyfog/nn/format.h"

extern "C" {
extern const std::uint8_t g_model[], g_model_end[];
}

namespace tinyfog::board {

/// The .tfm file that the build put into this image.
inline std::span<const std::uint8_t> ModelBytes() {
  return {g_model, static_cast<std::size_t>(g_model_end - g_model)};
}

#if defined(__ARM_FEATURE_MVE)
inline constexpr nn::Target kModelTarget = nn::Target::kCortexMHelium;
#elif defined(__ARM_FEATURE_DSP)
inline constexpr nn::Target kModelTarget = nn::Target::kCortexMDsp;
#else  // a host
inline constexpr nn::Target kModelTarget = nn::Target::kPortable;
#endif

}  // namespace tinyfog::board
