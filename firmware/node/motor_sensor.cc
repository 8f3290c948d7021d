#include "tinyfog/node/synthetic_sensor.h"

namespace tinyfog::node {
namespace {

using Tone = SyntheticSensor::Tone;

// Of +-4 g in 16 bits.
consteval std::int16_t G(double g) { return static_cast<std::int16_t>(g * 8192); }
constexpr std::uint16_t kLater = 49152;  // by a quarter turn
constexpr std::uint32_t kFramesPerS = 1600;
consteval std::uint32_t Hz(std::uint32_t hertz) {
  return SyntheticSensor::StepOf(hertz * 1000, kFramesPerS);
}
constexpr std::uint32_t kTurn = 25;  // Hz

constexpr Tone kNormal[] = {
    {Hz(kTurn), {G(0.05), G(0.04), G(0.01)}, {0, kLater, 0}},
    {Hz(100), {G(0.01), G(0.01), G(0.005)}, {0, 0, 0}},
};
constexpr Tone kImbalance[] = {
    {Hz(kTurn), {G(0.7), G(0.55), G(0.08)}, {0, kLater, 0}},
    {Hz(100), {G(0.01), G(0.01), G(0.005)}, {0, 0, 0}},
};
constexpr Tone kMisalignment[] = {
    {Hz(2 * kTurn), {G(0.45), G(0.33), G(0.45)}, {0, kLater / 2, kLater}},
    {Hz(kTurn), {G(0.22), G(0.16), G(0.22)}, {kLater, 0, kLater / 2}},
    {Hz(3 * kTurn), {G(0.1), G(0.07), G(0.1)}, {0, 0, kLater}},
};
constexpr std::uint16_t kNoise = static_cast<std::uint16_t>(G(0.05));
constexpr SyntheticSensor::Scene kScenes[] = {
    {kNormal, kNoise},
    {kImbalance, kNoise},
    {kMisalignment, kNoise},
};

}  // namespace

SyntheticSensor::Config MotorSensor(std::uint32_t scene_ms, std::uint32_t seed) {
  return {{3, kFramesPerS, 512, 4.0f / 32768}, kScenes, scene_ms, seed};
}

Quantisation MotorInput() { return {nn::Type::kInt8, 0.0116318082f, -2}; }

}  // namespace tinyfog::node
