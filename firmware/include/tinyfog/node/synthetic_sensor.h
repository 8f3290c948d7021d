#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "tinyfog/hal/sensor.h"
#include "tinyfog/node/quantise.h"

namespace tinyfog::node {

/// A sensor for boards that have none: sums of sines with noise, which follow from the number of
/// the frame alone, in integers, so that every machine sees the same.
class SyntheticSensor final : public hal::Sensor {
 public:
  static constexpr std::size_t kChannels = 3;  ///< at most

  struct Tone {
    std::uint32_t step;                             ///< 2^32ths of a turn, from frame to frame
    std::array<std::int16_t, kChannels> amplitude;  ///< counts, of each channel
    std::array<std::uint16_t, kChannels> phase;     ///< 65536ths of a turn
  };
  static constexpr std::uint32_t StepOf(std::uint32_t millihertz, std::uint32_t frames_per_s) {
    const std::uint64_t rate = std::uint64_t{frames_per_s} * 1000;
    return static_cast<std::uint32_t>((std::uint64_t{millihertz} << 32) / rate);
  }
  /// What there is to be heard for some time. All of it together stays within 16 bits.
  struct Scene {
    std::span<const Tone> tones;
    std::uint16_t noise;  ///< counts: evenly between plus and minus this
  };
  struct Config {
    Format format;
    std::span<const Scene> scenes;  ///< one after the other, and over again; at least one
    std::uint32_t scene_ms = 10000;  ///< below 2^31
    std::uint32_t seed = 1;  ///< of the noise
  };

  /// What `config` refers to outlives the sensor.
  explicit SyntheticSensor(const Config& config) : config_(config) {}

  Format format() const override { return config_.format; }
  /// Frame n is taken at n / frames_per_s; reading begins with the newest one at the first call.
  std::size_t Read(std::uint64_t now_ms, std::span<std::int16_t> samples) override;

  /// Which of the scenes a frame is in.
  std::size_t SceneOf(std::uint64_t frame) const;

 private:
  Config config_;
  std::uint64_t next_ = 0;
  bool has_begun_ = false;
};

/// An accelerometer on an electric motor, as the demo model knows them (docs/demo-model.md), whose
/// state changes: scene i is the model's output i. `scene_ms` and `seed` as in the configuration.
SyntheticSensor::Config MotorSensor(std::uint32_t scene_ms, std::uint32_t seed);
/// The demo model's input, for windows that go to the gateway's.
Quantisation MotorInput();

}  // namespace tinyfog::node
