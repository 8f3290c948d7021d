#include "tinyfog/nn/model.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "file_for_test.h"
#include "tinyfog/nn/interpreter.h"

namespace tinyfog::nn {
namespace {

using Mine = Operators<Fill>;

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
