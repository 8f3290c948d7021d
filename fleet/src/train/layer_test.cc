#include "tinyfog/train/layer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tinyfog/demo/random.h"

namespace tinyfog::train {
namespace {

using Kind = LayerSpec::Kind;
constexpr int kBatch = 3;

/// A layer with random parameters, input and output gradient; loss = sum(y * dy).
struct Case {
  Case(const LayerSpec& spec, Extent in) : layer(MakeLayer(spec, in, kBatch)) {
    demo::Random random(3);
    const auto fill = [&](std::vector<float>& values) {
      for (float& v : values) v = static_cast<float>(random.Uniform(-1, 1));
    };
    x.resize(static_cast<std::size_t>(kBatch * in.size()));
    y.resize(static_cast<std::size_t>(kBatch * spec.OutputOf(in).size()));
    dy.resize(y.size());
    for (auto* values : {&x, &dy, &layer->weights.value, &layer->bias.value}) fill(*values);
  }

  double Loss() {
    layer->Forward(x, y);
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += double{y[i]} * dy[i];
    return sum;
  }

  /// d loss / d value by central differences, compared with `gradient`.
  void ExpectGradient(std::vector<float>& values, const std::vector<float>& gradient) {
    constexpr float kStep = 1e-3f;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const float kept = values[i];
      values[i] = kept + kStep;
      const double above = Loss();
      values[i] = kept - kStep;
      const double below = Loss();
      values[i] = kept;
      ASSERT_NEAR((above - below) / (2 * kStep), gradient[i], 0.01) << i;
    }
  }

  void ExpectGradients() {
    (void)Loss();
    std::vector<float> scratch = dy, dx(x.size());
    layer->Backward(x, y, scratch, dx);
    ExpectGradient(x, dx);
    ExpectGradient(layer->weights.value, layer->weights.gradient);
    ExpectGradient(layer->bias.value, layer->bias.gradient);
  }

  std::unique_ptr<Layer> layer;
  std::vector<float> x, y, dy;
};

TEST(LayerTest, GradientsAreThoseOfTheForwardPass) {
  Case({Kind::kConvolution, "c", 4, 5, 2, false}, {11, 3}).ExpectGradients();
  Case({Kind::kConvolution, "c", 4, 3, 1, false}, {8, 2}).ExpectGradients();
  Case({Kind::kGlobalAveragePool, "p"}, {6, 4}).ExpectGradients();
  Case({Kind::kDense, "d", 5}, {1, 7}).ExpectGradients();
}

TEST(LayerTest, ReluPassesTheGradientOfPositiveOutputsOnly) {
  Case with({Kind::kDense, "d", 5, 1, 1, true}, {1, 7});
  with.layer->Forward(with.x, with.y);
  std::vector<float> scratch = with.dy, dx(with.x.size());
  with.layer->Backward(with.x, with.y, scratch, dx);
  int positive = 0;
  for (std::size_t i = 0; i < with.y.size(); ++i) {
    EXPECT_GE(with.y[i], 0);
    EXPECT_EQ(scratch[i], with.y[i] > 0 ? with.dy[i] : 0);
    positive += with.y[i] > 0;
  }
  EXPECT_GT(positive, 0);
  EXPECT_LT(positive, static_cast<int>(with.y.size()));
}

TEST(LayerTest, ConvolutionEqualsItsDefinition) {
  const LayerSpec spec{Kind::kConvolution, "c", 2, 4, 2, false};
  const Extent in{7, 3};
  Case c(spec, in);
  c.layer->Forward(c.x, c.y);
  ASSERT_EQ(spec.OutputOf(in).width, 4);
  ASSERT_EQ(spec.PaddingTotal(7), 3);
  for (int n = 0; n < kBatch; ++n) {
    for (int t = 0; t < 4; ++t) {
      for (int o = 0; o < 2; ++o) {
        double sum = c.layer->bias.value[static_cast<std::size_t>(o)];
        for (int k = 0; k < 4; ++k) {
          const int at = 2 * t + k - 1;  // one zero before, two behind
          if (at < 0 || at >= 7) continue;
          for (int i = 0; i < 3; ++i) {
            sum += double{c.x[static_cast<std::size_t>((n * 7 + at) * 3 + i)]} *
                   c.layer->weights.value[static_cast<std::size_t>((k * 3 + i) * 2 + o)];
          }
        }
        EXPECT_NEAR(c.y[static_cast<std::size_t>((n * 4 + t) * 2 + o)], sum, 1e-5);
      }
    }
  }
}

TEST(LayerTest, SoftmaxIsAShare) {
  const std::vector<float> x{0, std::log(3.0f), 1, 1};
  std::vector<float> y(4);
  Softmax(x, y, 2);
  EXPECT_NEAR(y[0], 0.25, 1e-6);
  EXPECT_NEAR(y[1], 0.75, 1e-6);
  EXPECT_NEAR(y[2], 0.5, 1e-6);
}

}  // namespace
}  // namespace tinyfog::train
