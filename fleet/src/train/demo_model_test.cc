#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

#include "report.h"
#include "runner.h"
#include "tinyfog/demo/vibration.h"
#include "tinyfog/host/file.h"
#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"
#include "tinyfog/train/motor.h"

namespace tinyfog::train {
namespace {

const std::string kFolder = TINYFOG_SOURCE_DIR "/fleet/demo/models/motor/";

/// The tool's model from its default seed, made once.
const MotorModel& Trained() {
  static const MotorModel model = TrainMotor({}, {});
  return model;
}

std::vector<std::uint8_t> CheckedIn() {
  auto file = ReadFile(kFolder + "1/model.tflite");
  EXPECT_TRUE(file.ok()) << file.error().message;
  return file.ok() ? *file : std::vector<std::uint8_t>();
}

/// Windows of seeds that training and calibration never use.
const Dataset& HeldOut() {
  constexpr std::uint64_t kSeed = 20'001;
  static const Dataset data = MotorData(kSeed, 200);
  return data;
}

Confusion RunInArmnn(const std::vector<std::uint8_t>& file, const std::string& name) {
  const auto answers = Runner(file).Classify(HeldOut());
  Confusion confusion = Confuse(HeldOut(), answers, demo::kMotorStates);
  std::cout << name << " in Arm NN CpuRef: " << 100 * Accuracy(confusion) << " % of "
            << HeldOut().size() << "\n"
            << ConfusionText(confusion);
  return confusion;
}

TEST(DemoModelTest, IsRightInArmnnInFloatAndInt8) {
  const double as_float = Accuracy(RunInArmnn(Trained().float_file, "float"));
  const double as_int8 = Accuracy(RunInArmnn(CheckedIn(), "checked-in int8"));
  EXPECT_GE(as_float, 0.97);
  EXPECT_GE(as_int8, as_float - 0.01);
}

/// The tool gives the same bytes on x86-64. Elsewhere sums may round differently, training
/// amplifies that, and weights are no longer comparable: then structure and answers are compared.
TEST(DemoModelTest, CheckedInModelIsWhatTheToolMakes) {
  const auto checked_in = CheckedIn();
  const auto& trained = Trained().int8_file;
  if (checked_in == trained) return;
  std::cout << "the checked-in model differs from the trained one in some bytes\n";
  const auto a = tflite::Parse(checked_in), b = tflite::Parse(trained);
  ASSERT_TRUE(a.ok() && b.ok());
  const auto& tensors = (*a)->subgraphs[0]->tensors;
  ASSERT_EQ(tensors.size(), (*b)->subgraphs[0]->tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    EXPECT_EQ(tensors[i]->shape, (*b)->subgraphs[0]->tensors[i]->shape) << i;
    EXPECT_EQ(tensors[i]->name, (*b)->subgraphs[0]->tensors[i]->name) << i;
  }
  const auto theirs = Runner(checked_in).Classify(HeldOut());
  const auto ours = Runner(trained).Classify(HeldOut());
  std::size_t equal = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) equal += ours[i] == theirs[i];
  EXPECT_GE(equal, ours.size() * 97 / 100)
      << "train it again: tinyfog-train -o fleet/demo/models/motor/1/model.tflite";
}

TEST(DemoModelTest, ConfigurationNamesTheStates) {
  std::string labels = "labels = [";
  for (std::size_t i = 0; i < demo::kMotorStates; ++i) {
    labels += (i ? ", \"" : "\"") + std::string(Label(static_cast<demo::MotorState>(i))) + "\"";
  }
  const auto file = ReadFile(kFolder + "config.toml");
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_THAT(std::string(file->begin(), file->end()), testing::HasSubstr(labels + "]"));
}

TEST(DemoModelTest, IsSmall) {
  EXPECT_LT(CheckedIn().size(), 20'000u);
  EXPECT_LT(MotorNetwork().MultiplyAccumulates(), 500'000);
}

}  // namespace
}  // namespace tinyfog::train
