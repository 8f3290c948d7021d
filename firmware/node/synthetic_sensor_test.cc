#include "tinyfog/node/synthetic_sensor.h"

#include <gtest/gtest.h>

#include <vector>

#include "tinyfog/base/crc32.h"

namespace tinyfog::node {
namespace {

std::uint32_t CrcOf(std::span<const std::int16_t> samples, std::uint32_t before) {
  return Crc32({reinterpret_cast<const std::uint8_t*>(samples.data()), samples.size_bytes()},
               before);
}

// Reads of all sizes over some scenes, with gaps in which frames are lost.
std::uint32_t CrcOfMotor(std::uint32_t scene_ms, std::uint32_t seed, std::uint64_t from_ms) {
  SyntheticSensor sensor(MotorSensor(scene_ms, seed));
  std::vector<std::int16_t> samples(3 * 200);
  std::uint32_t crc = 0;
  for (std::uint32_t i = 0; i < 300; ++i) {
    from_ms += i % 50 == 49 ? 700 : i * 7 % 90;
    const std::span to = std::span(samples).first(1 + i * 31 % samples.size());
    crc = CrcOf(to.first(sensor.Read(from_ms, to)), crc);
  }
  return crc;
}

// The demo's answers are known beforehand, from any machine's samples.
TEST(SyntheticSensorTest, MotorIsTheSameForEver) {
  EXPECT_EQ(CrcOfMotor(10000, 1, 0), 2448937888u);
  EXPECT_EQ(CrcOfMotor(1000, 77, 123456789), 76256496u);
  EXPECT_EQ(CrcOfMotor(333, 5, std::uint64_t{1} << 33), 366264210u);
  EXPECT_EQ(CrcOfMotor(1, 0, 0xFFFFFFF0), 3767893166u);
  EXPECT_EQ(CrcOfMotor(100000, 0xFFFFFFFF, std::uint64_t{1} << 45), 749761147u);
}

TEST(SyntheticSensorTest, ScenesFollowEachOther) {
  const SyntheticSensor sensor(MotorSensor(10000, 1));
  EXPECT_EQ(sensor.SceneOf(0), 0u);
  EXPECT_EQ(sensor.SceneOf(15999), 0u);
  EXPECT_EQ(sensor.SceneOf(16000), 1u);
  EXPECT_EQ(sensor.SceneOf(3 * 16000), 0u);
  EXPECT_EQ(SyntheticSensor(MotorSensor(7, 1)).SceneOf(12), 1u) << "7.5 ms";
}

}  // namespace
}  // namespace tinyfog::node
