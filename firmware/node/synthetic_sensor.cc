#include "tinyfog/node/synthetic_sensor.h"

#include <algorithm>

namespace tinyfog::node {
namespace {

// 32767 sin(2 pi phase / 2^32), within a thousandth: a parabola and its correction.
std::int32_t Sine(std::uint32_t phase) {
  const std::int32_t x = static_cast<std::int32_t>(phase) >> 16;
  const auto magnitude = [](std::int32_t v) { return v < 0 ? -v : v; };
  const std::int32_t parabola = x * (32768 - magnitude(x)) / 8192;
  const std::int32_t squared = parabola * magnitude(parabola) / 32768;
  return std::clamp<std::int32_t>(parabola + (squared - parabola) * 29 / 128, -32767, 32767);
}

// Evenly between -limit and limit. Source: the finaliser of MurmurHash3.
std::int32_t Noise(std::uint32_t frame, std::uint32_t channel, std::uint32_t seed,
                   std::uint16_t limit) {
  std::uint32_t h = frame * 4 + channel + seed * 0x9E3779B9u;
  h = (h ^ h >> 16) * 0x85EBCA6Bu;
  h = (h ^ h >> 13) * 0xC2B2AE35u;
  h ^= h >> 16;
  return static_cast<std::int32_t>(h % (2 * limit + 1u)) - limit;
}

// In place; returns what is left. `by`: below 2^31. The compiler's 64-bit division alone would take
// as much of a node's flash as this whole sensor.
std::uint32_t Divide(std::uint64_t& number, std::uint32_t by) {
  std::uint32_t rest = 0;
  for (int bit = 0; bit < 64; ++bit) {
    rest = rest << 1 | static_cast<std::uint32_t>(number >> 63);
    number <<= 1;
    if (rest < by) continue;
    rest -= by;
    ++number;
  }
  return rest;
}

std::int16_t Sample(const SyntheticSensor::Scene& scene, std::uint32_t frame, std::uint32_t channel,
                    std::uint32_t seed) {
  std::int32_t sum = Noise(frame, channel, seed, scene.noise);
  for (const SyntheticSensor::Tone& tone : scene.tones) {
    const std::uint32_t phase = frame * tone.step + (std::uint32_t{tone.phase[channel]} << 16);
    sum += Sine(phase) * tone.amplitude[channel] / 32768;
  }
  return static_cast<std::int16_t>(sum);
}

}  // namespace

std::size_t SyntheticSensor::SceneOf(std::uint64_t frame) const {
  frame *= 1000;
  Divide(frame, config_.format.frames_per_s);
  Divide(frame, config_.scene_ms);
  return Divide(frame, static_cast<std::uint32_t>(config_.scenes.size()));
}

std::size_t SyntheticSensor::Read(std::uint64_t now_ms, std::span<std::int16_t> samples) {
  std::uint64_t taken = now_ms * config_.format.frames_per_s;
  Divide(taken, 1000);
  if (!has_begun_) next_ = taken;
  has_begun_ = true;
  const std::uint32_t kept = config_.format.kept_frames;
  if (taken - next_ > kept) next_ = taken - kept;
  const std::uint32_t channels = config_.format.channels;
  const std::size_t frames = std::min<std::size_t>(taken - next_, samples.size() / channels);
  for (std::size_t i = 0; i < frames; ++i, ++next_) {
    const Scene& scene = config_.scenes[SceneOf(next_)];
    for (std::uint32_t channel = 0; channel < channels; ++channel) {
      samples[i * channels + channel] =
          Sample(scene, static_cast<std::uint32_t>(next_), channel, config_.seed);
    }
  }
  return frames * channels;
}

}  // namespace tinyfog::node
