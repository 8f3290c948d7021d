#include "tinyfog/nn/golden.h"

#include <gtest/gtest.h>

#include <cstring>

#include "file_for_test.h"

namespace tinyfog::nn {
namespace {

// The sequence from 0 on is printed in Numerical Recipes in C, section 7.1: 3C6EF35F, 47502932,
// D1CCF6E9, AAF95334, 6252E503, 9F2EC686, 57FE6C2D, A3D95FA8, ...
TEST(Golden, SequenceRunsOnOverTheInputs) {
  GoldenSequence sequence(0);
  std::uint8_t first[3], second[5];
  sequence.Fill(first, Type::kInt8);
  sequence.Fill(second, Type::kInt16);
  const std::uint8_t expected[] = {0x3C, 0x47, 0xD1, 0xAA, 0x62, 0x9F, 0x57, 0xA3};
  EXPECT_EQ(std::memcmp(first, expected, 3), 0);
  EXPECT_EQ(std::memcmp(second, expected + 3, 5), 0);
}

TEST(Golden, FloatsAreSmall) {
  GoldenSequence sequence(0);
  float values[3];
  sequence.Fill({reinterpret_cast<std::uint8_t*>(values), sizeof(values)}, Type::kFloat32);
  EXPECT_EQ(values[0], 0x3C / 32.0f);
  EXPECT_EQ(values[1], 0x47 / 32.0f);
  EXPECT_EQ(values[2], (0xD1 - 256) / 32.0f);
}

TEST(Golden, CrcIsOfTheOutputs) {
  const File file;
  const auto model = Model::Open(file.bytes(), Operators<Fill>::kTable);
  ASSERT_TRUE(model.ok());
  alignas(16) std::uint8_t arena[16];
  auto interpreter = Interpreter::Create(*model, arena);
  ASSERT_TRUE(interpreter.ok());
  // Of four bytes of 7, by Debian's python3: zlib.crc32(bytes([7] * 4)).
  EXPECT_EQ(RunGolden(*interpreter, 1), (GoldenCrcs{0, 0x68f9f244}));
}

}  // namespace
}  // namespace tinyfog::nn
