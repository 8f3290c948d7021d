#include "verify.h"

#include <gtest/gtest.h>

#include "runner_for_test.h"
#include "tinyfog/host/file.h"

namespace tinyfog::compile {
namespace {

const char* const kMotor = TINYFOG_SOURCE_DIR "/fleet/demo/models/motor/1/model.tflite";

TEST(Verify, TheDemoModelIsCloseToCpuRef) {
  const auto runner = Runner::FromTflite(kMotor);
  ASSERT_TRUE(runner.ok()) << runner.error().message;
  const auto file = ReadFile(kMotor);
  ASSERT_TRUE(file.ok());
  const auto outputs = CompareWithCpuRef(*file, (*runner)->compiled(), nn::Target::kPortable, 20);
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  ASSERT_EQ(outputs->size(), 1u);
  EXPECT_GT((*outputs)[0].values, 0u);
  EXPECT_GE((*outputs)[0].same_top, 19u);
}

TEST(Verify, WhatArmnnRefusesIsAnError) {
  const auto runner = Runner::FromTflite(kMotor);
  ASSERT_TRUE(runner.ok());
  const std::vector<std::uint8_t> garbage(100, 7);
  EXPECT_FALSE(CompareWithCpuRef(garbage, (*runner)->compiled(), nn::Target::kPortable, 1).ok());
}

TEST(Verify, AComparisonSaysHowFarAndWhere) {
  const std::string text = ComparisonText(
      {{.name = "y", .values = 200, .different = 3, .largest = 1, .same_top = 10}}, 10);
  EXPECT_NE(text.find("output 'y': 3 of 200 values differ (1.50 %), at most by 1 steps"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace tinyfog::compile
