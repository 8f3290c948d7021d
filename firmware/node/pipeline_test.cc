#include "tinyfog/node/pipeline.h"

#include <gmock/gmock.h>

#include <numeric>
#include <vector>

#include "tinyfog/node/log_mel.h"

namespace tinyfog::node {
namespace {

using ::testing::ElementsAre;

// Frame n has n in its first channel and -n in its second; one frame a millisecond.
class Counting final : public hal::Sensor {
 public:
  Format format() const override { return {2, 1000, 16, 0.5f}; }
  std::size_t Read(std::uint64_t now_ms, std::span<std::int16_t> samples) override {
    std::size_t filled = 0;
    for (; next < now_ms && filled + 2 <= samples.size(); ++next) {
      samples[filled++] = static_cast<std::int16_t>(next);
      samples[filled++] = static_cast<std::int16_t>(-static_cast<int>(next));
    }
    return filled;
  }
  std::uint64_t next = 0;
};

std::vector<int> Window(const Pipeline& pipeline,
                        const Quantisation& as = {nn::Type::kInt8, 1, 0}) {
  std::vector<std::uint8_t> out(64);
  const auto bytes = pipeline.Take(as, out);
  std::vector<int> elements;
  for (const std::uint8_t b : bytes) elements.push_back(static_cast<std::int8_t>(b));
  return elements;
}

TEST(PipelineTest, WindowsBeginWhenAskedFor) {
  Counting sensor;
  std::vector<std::int16_t> samples(6);
  Pipeline pipeline({.window_rows = 3}, {samples, {}}, sensor);
  ASSERT_TRUE(pipeline.is_sound());
  EXPECT_EQ(pipeline.elements(), 6u);
  EXPECT_FALSE(pipeline.Collect(2));
  EXPECT_THAT(Window(pipeline), ElementsAre());
  EXPECT_EQ(pipeline.NextCollectMs(), 2u) << "one frame is missing";
  EXPECT_TRUE(pipeline.Collect(9));
  EXPECT_THAT(Window(pipeline), ElementsAre(0, 0, 1, -1, 1, -1)) << "halves away from zero";
  EXPECT_TRUE(pipeline.Collect(20));
  EXPECT_EQ(sensor.next, 3u) << "the window stays";
  pipeline.Restart(20);
  EXPECT_FALSE(pipeline.Collect(22));
  EXPECT_TRUE(pipeline.Collect(23));
  EXPECT_THAT(Window(pipeline), ElementsAre(10, -10, 11, -11, 11, -11));
}

TEST(PipelineTest, ContinuousWindowsAreTheNewest) {
  Counting sensor;
  std::vector<std::int16_t> samples(6);
  Pipeline pipeline({.window_rows = 3, .is_continuous = true}, {samples, {}}, sensor);
  EXPECT_FALSE(pipeline.Collect(2));
  EXPECT_TRUE(pipeline.Collect(5));
  EXPECT_THAT(Window(pipeline), ElementsAre(1, -1, 2, -2, 2, -2));
  EXPECT_TRUE(pipeline.Collect(6));
  EXPECT_THAT(Window(pipeline), ElementsAre(2, -2, 2, -2, 3, -3));
}

TEST(PipelineTest, FeaturesAreRowsThatOverlap) {
  Counting sensor;
  const LogMelConfig features{1000, 16, 8, 16, 2, 0, 500, 1e-6f};
  std::vector<std::int16_t> samples(32);
  std::vector<float> memory(3 * 2), working(16);
  LogMel log_mel(features, working);
  Pipeline pipeline({3, false, &log_mel}, {samples, memory}, sensor);
  ASSERT_TRUE(pipeline.is_sound());
  EXPECT_FALSE(pipeline.Collect(31));
  EXPECT_TRUE(pipeline.Collect(100));
  EXPECT_EQ(sensor.next, 32u) << "16 + 2 * 8";
  std::vector<std::uint8_t> out(24);
  ASSERT_EQ(pipeline.Take({nn::Type::kFloat32}, out).size(), 24u);

  std::vector<std::int16_t> second(16);
  std::iota(second.begin(), second.end(), 8);
  std::vector<float> alone(16), bands(2), row(2);
  LogMel(features, alone).Compute(second, 1, 0.5f, bands);
  std::copy_n(out.begin() + 8, 8, reinterpret_cast<std::uint8_t*>(row.data()));
  EXPECT_EQ(row, bands);
}

TEST(PipelineTest, WhatDoesNotFitIsNotSound) {
  Counting sensor;
  std::vector<std::int16_t> samples(5);
  Pipeline small({.window_rows = 3}, {samples, {}}, sensor);
  EXPECT_FALSE(small.is_sound());
  EXPECT_FALSE(small.Collect(100));
  EXPECT_THAT(Window(small), ElementsAre());
  Pipeline none({.window_rows = 0}, {samples, {}}, sensor);
  EXPECT_FALSE(none.is_sound());
  Pipeline one({.window_rows = 1}, {samples, {}}, sensor);
  ASSERT_TRUE(one.Collect(3));
  std::vector<std::uint8_t> out(3);
  EXPECT_TRUE(one.Take({nn::Type::kInt16, 1, 0}, out).empty()) << "no room";
  EXPECT_TRUE(one.Take({nn::Type::kInt32, 1, 0}, out).empty()) << "no such type";
}

TEST(QuantiseTest, RoundsAndSaturates) {
  std::vector<std::uint8_t> tensor(8);
  const auto quantised = [&](nn::Type type, float value, std::int32_t zero_point) {
    Quantise({type, 0.5f, zero_point}, value, tensor, 0);
    return type == nn::Type::kInt8 ? static_cast<int>(static_cast<std::int8_t>(tensor[0]))
           : type == nn::Type::kUint8
               ? static_cast<int>(tensor[0])
               : static_cast<int>(static_cast<std::int16_t>(tensor[0] | tensor[1] << 8));
  };
  EXPECT_EQ(quantised(nn::Type::kInt8, 1.25f, -3), 0);
  EXPECT_EQ(quantised(nn::Type::kInt8, -1.25f, 0), -3);
  EXPECT_EQ(quantised(nn::Type::kInt8, 1e30f, 0), 127);
  EXPECT_EQ(quantised(nn::Type::kInt8, -1e30f, 0), -128);
  EXPECT_EQ(quantised(nn::Type::kUint8, -1, 1), 0);
  EXPECT_EQ(quantised(nn::Type::kInt16, 100, 7), 207);
  EXPECT_EQ(quantised(nn::Type::kInt16, 0.0f / 0.0f, 7), 7) << "no number";
}

TEST(ClassifyTest, FirstOfTheLargestWithItsValue) {
  const std::vector<std::uint8_t> int8 = {0x80, 0x40, 0x40, 0x00};
  const Classified softmax = Classify({nn::Type::kInt8, 1.0f / 256, -128}, int8);
  EXPECT_EQ(softmax.top_index, 1u);
  EXPECT_EQ(softmax.confidence_permille, 750u);
  const float values[] = {-3.0f, 0.25f, 7.0f};
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(values);
  EXPECT_EQ(Classify({nn::Type::kFloat32}, {bytes, 12}).confidence_permille, 1000u) << "held";
  EXPECT_EQ(Classify({nn::Type::kFloat32}, {bytes, 8}).confidence_permille, 250u);
  EXPECT_EQ(Classify({nn::Type::kFloat32}, {}).confidence_permille, 0u);
}

}  // namespace
}  // namespace tinyfog::node
