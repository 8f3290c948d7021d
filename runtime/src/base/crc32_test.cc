#include "tinyfog/base/crc32.h"

#include <gtest/gtest.h>

#include <string_view>

namespace tinyfog {
namespace {

std::span<const std::uint8_t> Bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(Crc32, EqualsThePublishedCheckValue) { EXPECT_EQ(Crc32(Bytes("123456789")), 0xCBF43926u); }

TEST(Crc32, ContinuesAnEarlierResult) {
  EXPECT_EQ(Crc32(Bytes("56789"), Crc32(Bytes("1234"))), 0xCBF43926u);
  EXPECT_EQ(Crc32({}), 0u);
}

}  // namespace
}  // namespace tinyfog
