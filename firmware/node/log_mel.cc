#include "tinyfog/node/log_mel.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "single_math.h"

namespace tinyfog::node {
namespace {

struct Complex {
  float re, im;
};
Complex operator*(Complex a, Complex b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
// The root of unity e^(-2 pi i turns).
Complex Root(float turns) { return {CosineOfTurns(turns), -SineOfTurns(turns)}; }

// Pairs of floats as complex numbers.
class Complexes {
 public:
  explicit Complexes(std::span<float> floats) : floats_(floats) {}
  std::uint32_t size() const { return static_cast<std::uint32_t>(floats_.size() / 2); }
  Complex Get(std::uint32_t i) const { return {floats_[2 * i], floats_[2 * i + 1]}; }
  void Set(std::uint32_t i, Complex value) {
    floats_[2 * i] = value.re;
    floats_[2 * i + 1] = value.im;
  }

 private:
  std::span<float> floats_;
};

void ReverseBits(Complexes x) {
  for (std::uint32_t i = 1, j = 0; i < x.size(); ++i) {
    std::uint32_t bit = x.size() / 2;
    for (; (j & bit) != 0; bit /= 2) j ^= bit;
    j |= bit;
    if (i >= j) continue;
    const Complex other = x.Get(j);
    x.Set(j, x.Get(i));
    x.Set(i, other);
  }
}

// Decimation in time, in place. Source: Cooley, Tukey (1965).
void Transform(Complexes x) {
  ReverseBits(x);
  for (std::uint32_t half = 1; half < x.size(); half *= 2) {
    for (std::uint32_t k = 0; k < half; ++k) {
      const Complex w = Root(static_cast<float>(k) / static_cast<float>(2 * half));
      for (std::uint32_t i = k; i < x.size(); i += 2 * half) {
        const Complex a = x.Get(i);
        const Complex b = x.Get(i + half) * w;
        x.Set(i, {a.re + b.re, a.im + b.im});
        x.Set(i + half, {a.re - b.re, a.im - b.im});
      }
    }
  }
}

// Power of the spectrum of memory.size() real numbers, in place: afterwards [k] is that of bin k
// from 0 to size/2 - 1. The numbers are taken in pairs as complex ones, whose transform is
// untangled from both ends. The bin at half the sample rate is left out.
void PowerSpectrum(std::span<float> memory) {
  Complexes x(memory);
  Transform(x);
  const std::uint32_t n = x.size();
  const auto power = [n](Complex a, Complex b, std::uint32_t k) {  // b: bin n - k
    const Complex even = {(a.re + b.re) / 2, (a.im - b.im) / 2};
    const Complex odd = {(a.im + b.im) / 2, (b.re - a.re) / 2};
    const Complex turned = odd * Root(static_cast<float>(k) / static_cast<float>(2 * n));
    const Complex bin = {even.re + turned.re, even.im + turned.im};
    return bin.re * bin.re + bin.im * bin.im;
  };
  const Complex first = x.Get(0);
  for (std::uint32_t k = 1; k <= n / 2; ++k) {
    const Complex a = x.Get(k), b = x.Get(n - k);
    x.Set(k, {power(a, b, k), 0});
    if (k != n - k) x.Set(n - k, {power(b, a, n - k), 0});
  }
  memory[0] = (first.re + first.im) * (first.re + first.im);
  for (std::uint32_t k = 1; k < n; ++k) memory[k] = memory[2 * k];
}

float MelOfHz(float hz) { return 1127 * Logarithm(1 + hz / 700); }
float HzOfMel(float mel) { return 700 * (Exponential(mel / 1127) - 1); }

}  // namespace

bool LogMel::IsSound(const LogMelConfig& config) {
  const auto nyquist = static_cast<float>(config.samples_per_s) / 2;
  return std::has_single_bit(config.fft) && config.fft >= 16 && config.fft <= 4096 &&
         config.frame >= 1 && config.frame <= config.fft && config.hop >= 1 &&
         config.hop <= config.frame && config.bands >= 1 && config.bands <= 128 &&
         config.lowest_hz >= 0 && config.lowest_hz < config.highest_hz &&
         config.highest_hz <= nyquist && config.floor >= 1e-30f;
}

void LogMel::Compute(std::span<const std::int16_t> samples, std::uint32_t stride, float unit,
                     std::span<float> bands) {
  for (std::uint32_t i = 0; i < config_.frame; ++i) {
    const float turns = static_cast<float>(i) / static_cast<float>(config_.frame);
    const float window = 0.5f - 0.5f * CosineOfTurns(turns);
    memory_[i] = static_cast<float>(samples[i * stride]) * unit * window;
  }
  std::fill(memory_.begin() + config_.frame, memory_.end(), 0.0f);
  PowerSpectrum(memory_);

  const float lowest = MelOfHz(config_.lowest_hz);
  const float width =
      (MelOfHz(config_.highest_hz) - lowest) / static_cast<float>(config_.bands + 1);
  const float hz_of_bin =
      static_cast<float>(config_.samples_per_s) / static_cast<float>(config_.fft);
  const auto edge = [&](std::uint32_t i) {
    return HzOfMel(lowest + width * static_cast<float>(i)) / hz_of_bin;
  };
  for (std::uint32_t band = 0; band < config_.bands; ++band) {
    const float left = edge(band), peak = edge(band + 1), right = edge(band + 2);
    float energy = 0;
    for (auto k = static_cast<std::uint32_t>(left); k < config_.fft / 2; ++k) {
      const auto bin = static_cast<float>(k);
      if (bin >= right) break;
      if (bin <= left) continue;
      energy +=
          memory_[k] * (bin < peak ? (bin - left) / (peak - left) : (right - bin) / (right - peak));
    }
    bands[band] = Logarithm(energy + config_.floor);
  }
}

}  // namespace tinyfog::node
