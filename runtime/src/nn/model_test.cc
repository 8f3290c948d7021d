#include "tinyfog/nn/model.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "tinyfog/nn/interpreter.h"
#include "tinyfog/nn/kernels/move.h"

namespace tinyfog::nn {
namespace {

using Mine = Operators<Fill>;

// A model without inputs: one step fills its output of 4 bytes with 7.
struct alignas(16) File {
  Header header{};
  StepRecord step{};
  FillParams params{};
  std::uint32_t step_offset = 0;
  TensorRecord tensor{};
  std::uint32_t shape = 4;
  PortRecord output{};

  File() {
    header = {kTfmMagic,
              kFormatVersion,
              0,
              0,
              sizeof(File),
              0,
              16,
              1,
              1,
              0,
              1,
              0,
              1,
              offsetof(File, step_offset),
              offsetof(File, tensor),
              offsetof(File, output),
              0,
              offsetof(File, shape),
              0,
              0};
    step = {static_cast<std::uint16_t>(Opcode::kFill), sizeof(FillParams)};
    params = {0, 4, 7, 1};
    step_offset = offsetof(File, step);
    tensor = {0, 4, 1, 1, static_cast<std::uint8_t>(Type::kInt8), 1, 0};
  }
  std::span<const std::uint8_t> bytes() const {
    return {reinterpret_cast<const std::uint8_t*>(this), sizeof(File)};
  }
};

Status StatusOf(const File& file) {
  const auto model = Model::Open(file.bytes(), Mine::kTable);
  return model.ok() ? Status::kOk : model.error();
}

TEST(Model, RunsWhatItHasVerified) {
  const File file;
  const auto model = Model::Open(file.bytes(), Mine::kTable);
  ASSERT_TRUE(model.ok());
  alignas(16) std::uint8_t arena[16] = {};
  auto interpreter = Interpreter::Create(*model, arena);
  ASSERT_TRUE(interpreter.ok());
  interpreter->Run();
  const auto output = interpreter->output(0);
  EXPECT_EQ(std::vector<std::uint8_t>(output.begin(), output.end()),
            std::vector<std::uint8_t>(4, 7));
}

TEST(Model, RefusesAnotherVersionTargetOrMagic) {
  File file;
  file.header.version = 2;
  EXPECT_EQ(StatusOf(file), Status::kFailedPrecondition);
  file = File();
  file.header.target = 1;
  EXPECT_EQ(StatusOf(file), Status::kFailedPrecondition);
  file = File();
  file.header.magic = 0;
  EXPECT_EQ(StatusOf(file), Status::kInvalidArgument);
}

TEST(Model, RefusesAnOperatorThatTheImageLacks) {
  File file;
  file.step.opcode = static_cast<std::uint16_t>(Opcode::kConv2dInt8);
  EXPECT_EQ(StatusOf(file), Status::kUnimplemented);
}

TEST(Model, RefusesMemoryOutsideArenaAndFile) {
  File file;
  file.params.count = 17;
  EXPECT_EQ(StatusOf(file), Status::kInvalidArgument);
  file = File();
  file.params.output = kConstantBit;
  EXPECT_EQ(StatusOf(file), Status::kInvalidArgument);
  file = File();
  file.tensor.data = 13;
  EXPECT_EQ(StatusOf(file), Status::kInvalidArgument);
  file = File();
  file.step_offset = sizeof(File);
  EXPECT_EQ(StatusOf(file), Status::kInvalidArgument);
  file = File();
  file.header.constants = 16;
  file.header.constant_bytes = sizeof(File);
  EXPECT_EQ(StatusOf(file), Status::kInvalidArgument);
}

TEST(Model, RefusesTablesThatDoNotFitTogether) {
  File file;
  file.shape = 5;
  EXPECT_EQ(StatusOf(file), Status::kInvalidArgument);
  file = File();
  file.tensor.last_cut = 2;
  EXPECT_EQ(StatusOf(file), Status::kInvalidArgument);
  file = File();
  file.output.tensor = 1;
  EXPECT_EQ(StatusOf(file), Status::kInvalidArgument);
}

TEST(Interpreter, NeedsTheWholeArenaAndItsAlignment) {
  const File file;
  const auto model = Model::Open(file.bytes(), Mine::kTable);
  ASSERT_TRUE(model.ok());
  alignas(16) std::uint8_t arena[32] = {};
  EXPECT_EQ(Interpreter::Create(*model, {arena, 15}).error(), Status::kResourceExhausted);
  EXPECT_EQ(Interpreter::Create(*model, {arena + 1, 16}).error(), Status::kInvalidArgument);
}

}  // namespace
}  // namespace tinyfog::nn
