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
std::int32_t Noise(std::uint64_t frame, std::uint32_t channel, std::uint32_t seed,
                   std::uint16_t limit) {
  std::uint32_t h = static_cast<std::uint32_t>(frame) * 4 + channel + seed * 0x9E3779B9u;
  h = (h ^ h >> 16) * 0x85EBCA6Bu;
  h = (h ^ h >> 13) * 0xC2B2AE35u;
  h ^= h >> 16;
  return static_cast<std::int32_t>(h % (2 * limit + 1u)) - limit;
}

}  // namespace

std::size_t SyntheticSensor::SceneOf(std::uint64_t frame) const {
  const std::uint64_t ms = frame * 1000 / config_.format.frames_per_s;
  return ms / config_.scene_ms % config_.scenes.size();
}

std::int16_t SyntheticSensor::Sample(std::uint64_t frame, std::uint32_t channel) const {
  const Scene& scene = config_.scenes[SceneOf(frame)];
  std::int32_t sum = Noise(frame, channel, config_.seed, scene.noise);
  for (const Tone& tone : scene.tones) {
    const std::uint64_t rate = std::uint64_t{config_.format.frames_per_s} * 1000;
    const auto step = static_cast<std::uint32_t>((std::uint64_t{tone.millihertz} << 32) / rate);
    const std::uint32_t phase =
        static_cast<std::uint32_t>(frame) * step + (std::uint32_t{tone.phase[channel]} << 16);
    sum += Sine(phase) * tone.amplitude[channel] / 32768;
  }
  return static_cast<std::int16_t>(std::clamp<std::int32_t>(sum, -32768, 32767));
}

std::size_t SyntheticSensor::Read(std::uint64_t now_ms, std::span<std::int16_t> samples) {
  const std::uint64_t taken = now_ms * config_.format.frames_per_s / 1000;
  if (!has_begun_) next_ = taken;
  has_begun_ = true;
  if (taken - next_ > config_.format.kept_frames) next_ = taken - config_.format.kept_frames;
  const std::uint32_t channels = config_.format.channels;
  const std::uint64_t frames = std::min<std::uint64_t>(taken - next_, samples.size() / channels);
  for (std::size_t i = 0; i < frames * channels; ++i) {
    samples[i] = Sample(next_ + i / channels, static_cast<std::uint32_t>(i % channels));
  }
  next_ += frames;
  return frames * channels;
}

}  // namespace tinyfog::node
