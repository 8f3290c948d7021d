#pragma once

#include <cstdint>
#include <span>

#include "tinyfog/node/features.h"

namespace tinyfog::node {

/// A mel spectrogram of sound.
struct LogMelConfig {
  std::uint32_t samples_per_s = 16000;
  std::uint32_t frame = 480;  ///< samples under a periodic Hann window
  std::uint32_t hop = 320;    ///< samples between two frames, at most `frame`
  std::uint32_t fft = 512;    ///< a power of two from 16 to 4096, at least `frame`
  std::uint32_t bands = 40;   ///< at most 128
  float lowest_hz = 20;
  float highest_hz = 4000;
  float floor = 1e-6f;  ///< added to a band's energy before the logarithm
};

/// Natural logarithms of the energy in bands of equal width on the mel scale, 1127 ln(1 + f/700):
/// triangular filters of height 1 over the power spectrum. Single precision and no tables.
class LogMel final : public Features {
 public:
  static bool IsSound(const LogMelConfig& config);
  static std::uint32_t MemoryFloats(const LogMelConfig& config) { return config.fft; }

  /// Precondition: IsSound, and `memory`, which outlives this, as large as it says.
  LogMel(const LogMelConfig& config, std::span<float> memory) : config_(config), memory_(memory) {}

  Shape shape() const override { return {config_.frame, config_.hop, config_.bands}; }
  void Compute(std::span<const std::int16_t> samples, std::uint32_t stride, float unit,
               std::span<float> bands) override;

 private:
  LogMelConfig config_;
  std::span<float> memory_;
};

}  // namespace tinyfog::node
