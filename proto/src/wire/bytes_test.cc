#include "tinyfog/wire/bytes.h"

#include <gmock/gmock.h>

#include <array>

namespace tinyfog::wire {
namespace {

using ::testing::ElementsAre;

// The bounds of each size. Source: MQTT 5.0, table 1-1.
TEST(Bytes, VariableIntegersHaveOneToFourBytes) {
  const struct {
    std::uint32_t value;
    std::vector<std::uint8_t> bytes;
  } cases[] = {{0, {0}},
               {127, {0x7F}},
               {128, {0x80, 0x01}},
               {16383, {0xFF, 0x7F}},
               {16384, {0x80, 0x80, 0x01}},
               {2097151, {0xFF, 0xFF, 0x7F}},
               {2097152, {0x80, 0x80, 0x80, 0x01}},
               {268435455, {0xFF, 0xFF, 0xFF, 0x7F}}};
  for (const auto& c : cases) {
    std::array<std::uint8_t, 8> buffer;
    Writer writer(buffer);
    writer.Variable(c.value);
    EXPECT_THAT(writer.written(), ::testing::ElementsAreArray(c.bytes));
    Writer counter;
    counter.Variable(c.value);
    EXPECT_EQ(counter.size(), c.bytes.size());
    Reader reader(c.bytes);
    EXPECT_EQ(reader.Variable(), c.value);
    EXPECT_TRUE(reader.ok() && reader.left().empty());
  }
}

TEST(Bytes, FiveByteIntegersAndTooLargeOnesAreRefused) {
  const std::uint8_t five[] = {0xFF, 0xFF, 0xFF, 0xFF, 0x01};
  Reader reader(five);
  reader.Variable();
  EXPECT_FALSE(reader.ok());
  std::array<std::uint8_t, 8> buffer;
  Writer writer(buffer);
  writer.Variable(1u << 28);
  EXPECT_FALSE(writer.ok());
}

TEST(Bytes, ReadingBehindTheEndGivesNothing) {
  const std::uint8_t bytes[] = {0x00, 0x05, 'a', 'b'};
  Reader reader(bytes);
  EXPECT_EQ(reader.Text(), "");
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.U32(), 0u);
}

TEST(Bytes, WhatDoesNotFitIsNotWritten) {
  std::array<std::uint8_t, 3> buffer{9, 9, 9};
  Writer writer(buffer);
  writer.U16(0x0102);
  writer.U16(0x0304);
  writer.U8(5);
  EXPECT_FALSE(writer.ok());
  EXPECT_THAT(buffer, ElementsAre(1, 2, 9));
}

}  // namespace
}  // namespace tinyfog::wire
