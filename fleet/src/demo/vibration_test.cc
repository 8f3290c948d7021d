#include "tinyfog/demo/vibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "trigonometry.h"

namespace tinyfog::demo {
namespace {

constexpr MotorState kStates[] = {MotorState::kNormal, MotorState::kImbalance,
                                  MotorState::kMisalignment, MotorState::kBearingFault,
                                  MotorState::kLooseness};

/// FNV-1a over the floats' bits.
std::uint64_t Digest(const Window& window) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const float x : window) {
    std::uint32_t bits;
    std::memcpy(&bits, &x, sizeof(bits));
    hash = (hash ^ bits) * 0x100000001b3;
  }
  return hash;
}

double Mean(const Window& window, std::size_t axis, double (*f)(double)) {
  double sum = 0;
  for (std::size_t n = 0; n < kWindowSamples; ++n) sum += f(window[n * kAxes + axis]);
  return sum / kWindowSamples;
}

double Rms(const Window& window, std::size_t axis) {
  return std::sqrt(Mean(window, axis, [](double x) { return x * x; }));
}

/// The window's mean over 200 seeds.
template <class F>
double Average(MotorState state, F measure) {
  Random random(1);
  double sum = 0;
  for (int i = 0; i < 200; ++i) sum += measure(Generate(state, random));
  return sum / 200;
}

TEST(TrigonometryTest, EqualsTheRealFunctions) {
  for (double angle = -20; angle < 20; angle += 0.37) {
    EXPECT_NEAR(Rotation(angle).re, std::cos(angle), 1e-13);
    EXPECT_NEAR(Rotation(angle).im, std::sin(angle), 1e-13);
  }
  for (double x = -1; x <= 1; x += 0.1) EXPECT_NEAR(SmallExp(x), std::exp(x), 1e-15);
}

TEST(RandomTest, HasTheDistributionsItPromises) {
  Random random(7);
  double sum = 0, squares = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double x = random.Normal();
    sum += x;
    squares += x * x;
    ASSERT_LT(random.Below(5), 5u);
  }
  EXPECT_NEAR(sum / 100'000, 0, 0.01);
  EXPECT_NEAR(squares / 100'000, 1, 0.02);
}

TEST(VibrationTest, FaultsShowWherePhysicsPutsThem) {
  const auto radial = [](const Window& w) { return Rms(w, 0); };
  const auto axial_share = [](const Window& w) { return Rms(w, 2) / Rms(w, 0); };
  const auto crest = [](const Window& w) {
    double peak = 0;
    for (const float x : w) peak = std::max<double>(peak, std::abs(x));
    return peak / Rms(w, 1);
  };
  const double healthy = Average(MotorState::kNormal, radial);
  for (const MotorState state : kStates) {
    if (state != MotorState::kNormal) {
      EXPECT_GT(Average(state, radial), 1.2 * healthy) << Label(state);
    }
  }
  EXPECT_GT(Average(MotorState::kMisalignment, axial_share),
            2 * Average(MotorState::kImbalance, axial_share));
  EXPECT_GT(Average(MotorState::kBearingFault, crest),
            1.3 * Average(MotorState::kImbalance, crest));
}

TEST(VibrationTest, QuantisesLikeTheModelsInput) {
  Window window{};
  window[0] = 0.5f;
  window[1] = -0.05f;
  window[2] = 100;
  window[3] = -100;
  const QuantizedWindow q = Quantize(window, 0.1f, 3);
  EXPECT_EQ(q[0], 8);
  EXPECT_EQ(q[1], 2);
  EXPECT_EQ(q[2], 127);
  EXPECT_EQ(q[3], -128);
  EXPECT_EQ(q[4], 3);
}

TEST(VibrationTest, IsTheSameOnEveryMachine) {
  Random random(1);
  std::uint64_t all = 0;
  for (const MotorState state : kStates) all = all * 31 + Digest(Generate(state, random));
  EXPECT_EQ(all, 6488645247336047126u) << "the generator changed: train the demo model again";
}

}  // namespace
}  // namespace tinyfog::demo
