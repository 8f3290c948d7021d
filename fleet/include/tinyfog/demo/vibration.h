#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tinyfog/demo/random.h"

/// The vibration of an electric motor's bearing housing, as a three-axis accelerometer sees it, for
/// the demo model. docs/demo-model.md has the physics and the formulae.
namespace tinyfog::demo {

inline constexpr double kSampleRateHz = 1600;
inline constexpr std::size_t kWindowSamples = 128;  ///< 80 ms
inline constexpr std::size_t kAxes = 3;             ///< radial horizontal, radial vertical, axial
inline constexpr double kFullScaleG = 4;            ///< the sensor clips at +-4 g

/// What is wrong with the motor; the numbers are the demo model's output indices.
enum class MotorState : std::uint8_t {
  kNormal = 0,
  kImbalance = 1,
  kMisalignment = 2,
  kBearingFault = 3,
  kLooseness = 4,
};
inline constexpr std::size_t kMotorStates = 5;

/// "normal", "imbalance", "misalignment", "bearing-fault", "looseness".
std::string_view Label(MotorState state);

/// Acceleration in g, sample after sample, the axes of one sample together: the row-major content
/// of the model's input [1,1,128,3].
using Window = std::array<float, kWindowSamples * kAxes>;
using QuantizedWindow = std::array<std::int8_t, kWindowSamples * kAxes>;

/// One window of a motor in this state; speed, load, severity, mounting and phase are drawn from
/// `random` anew. The same bits on every machine for the same seed.
Window Generate(MotorState state, Random& random);

/// clamp(round(x / scale) + zero_point, -128, 127), halves away from zero: for the model's input.
QuantizedWindow Quantize(const Window& window, float scale, std::int32_t zero_point);

}  // namespace tinyfog::demo
