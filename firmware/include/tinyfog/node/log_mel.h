#pragma once

#include <cstdint>
#include <span>

namespace tinyfog::node {

/// A mel spectrogram of sound, in single precision.
struct LogMelConfig {
  std::uint32_t samples_per_s = 16000;
  std::uint32_t frame = 480;  ///< samples under a Hann window
  std::uint32_t hop = 320;    ///< samples between two frames
  std::uint32_t fft = 512;    ///< a power of two from 16 to 4096, at least `frame`
  std::uint32_t bands = 40;
  float lowest_hz = 20;
  float highest_hz = 4000;
  float floor = 1e-6f;  ///< is added to a band's energy before the logarithm
};

/// Natural logarithms of the energy in bands of equal width on the mel scale (HTK's: 2595 log10(1 +
/// f/700)), triangular filters without normalisation over the power spectrum.
class LogMel {
 public:
  /// Floats of `memory`.
  static std::uint32_t MemoryFloats(const LogMelConfig& config) { return config.fft; }
  static bool IsSound(const LogMelConfig& config);

  /// Precondition: IsSound, and `memory` as large as it says.
  LogMel(const LogMelConfig& config, std::span<float> memory) : config_(config), memory_(memory) {}

  /// `samples`: config.frame of them; `bands`: config.bands results.
  void Compute(std::span<const std::int16_t> samples, float unit, std::span<float> bands);

 private:
  LogMelConfig config_;
  std::span<float> memory_;
};

}  // namespace tinyfog::node
