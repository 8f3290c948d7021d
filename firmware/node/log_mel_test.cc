#include "tinyfog/node/log_mel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "single_math.h"
#include "testdata/log_mel.h"

namespace tinyfog::node {
namespace {

constexpr float kUnit = 1.0f / 32768;

// The largest difference from the reference.
float Compare(const LogMelConfig& config, std::span<const std::int16_t> samples,
              std::span<const float> reference) {
  EXPECT_TRUE(LogMel::IsSound(config));
  EXPECT_EQ(samples.size(), config.frame);
  EXPECT_EQ(reference.size(), config.bands);
  std::vector<float> memory(LogMel::MemoryFloats(config));
  std::vector<float> bands(config.bands);
  LogMel(config, memory).Compute(samples, 1, kUnit, bands);
  float worst = 0;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    worst = std::max(worst, std::abs(bands[i] - reference[i]));
  }
  return worst;
}

TEST(LogMelTest, EqualsTheReferenceInDoublePrecision) {
  EXPECT_LT(Compare({}, vectors::kSpeechSamples, vectors::kSpeechBands), 2e-5f);
  EXPECT_LT(Compare({8000, 200, 100, 256, 10, 0, 4000, 1e-6f}, vectors::kSmallSamples,
                    vectors::kSmallBands),
            2e-5f);
  EXPECT_LT(
      Compare({1600, 16, 16, 16, 3, 50, 800, 1e-6f}, vectors::kTinySamples, vectors::kTinyBands),
      2e-5f);
}

TEST(LogMelTest, SilenceIsTheFloor) {
  const LogMelConfig config;
  std::vector<float> memory(config.fft), bands(config.bands);
  const std::vector<std::int16_t> silence(config.frame);
  LogMel(config, memory).Compute(silence, 1, kUnit, bands);
  for (const float band : bands) EXPECT_NEAR(band, std::log(config.floor), 1e-4);
}

TEST(LogMelTest, ImpossibleConfigurationsAreRefused) {
  const auto with = [](auto change) {
    LogMelConfig config;
    change(config);
    return LogMel::IsSound(config);
  };
  EXPECT_FALSE(with([](LogMelConfig& c) { c.fft = 500; }));
  EXPECT_FALSE(with([](LogMelConfig& c) { c.fft = 256; })) << "shorter than the frame";
  EXPECT_FALSE(with([](LogMelConfig& c) { c.hop = 0; }));
  EXPECT_FALSE(with([](LogMelConfig& c) { c.hop = c.frame + 1; }));
  EXPECT_FALSE(with([](LogMelConfig& c) { c.bands = 0; }));
  EXPECT_FALSE(with([](LogMelConfig& c) { c.highest_hz = 8001; }));
  EXPECT_FALSE(with([](LogMelConfig& c) { c.floor = 0; }));
}

TEST(SingleMathTest, IsAsGoodAsSinglePrecision) {
  for (int i = -1000; i <= 1000; ++i) {
    const float turns = static_cast<float>(i) / 1000;
    EXPECT_NEAR(SineOfTurns(turns), std::sin(2 * M_PI * turns), 4e-7) << turns;
    if (i >= 0) {
      EXPECT_NEAR(CosineOfTurns(turns), std::cos(2 * M_PI * turns), 4e-7) << turns;
    }
    const float x = static_cast<float>(i) / 13;
    const double e = std::exp(static_cast<double>(x));
    EXPECT_NEAR(Exponential(x) / e, 1, 3e-6) << x;
    EXPECT_NEAR(Logarithm(static_cast<float>(e)), x, 1e-6 + std::abs(x) * 2e-7) << x;
  }
}

}  // namespace
}  // namespace tinyfog::node
