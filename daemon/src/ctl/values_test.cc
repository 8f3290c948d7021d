#include "values.h"

#include <gtest/gtest.h>

namespace tinyfog::ctl {
namespace {

std::vector<std::string> Texts(std::string_view type, std::string_view bytes) {
  std::vector<std::string> texts;
  const auto values = DecodeNumbers(type, bytes);
  if (!values.ok()) return {values.error().message};
  for (const auto& value : *values) texts.push_back(AsText(value));
  return texts;
}

using Strings = std::vector<std::string>;

TEST(DecodeNumbers, EveryType) {
  EXPECT_EQ(Texts("BOOL", std::string_view("\0\1", 2)), (Strings{"false", "true"}));
  EXPECT_EQ(Texts("INT8", "\x80\x7F"), (Strings{"-128", "127"}));
  EXPECT_EQ(Texts("UINT8", "\xFF"), (Strings{"255"}));
  EXPECT_EQ(Texts("INT16", "\xFE\xFF"), (Strings{"-2"}));
  EXPECT_EQ(Texts("UINT64", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), (Strings{"18446744073709551615"}));
  EXPECT_EQ(Texts("FP32", std::string_view("\xCD\xCC\xCC\x3D", 4)), (Strings{"0.1"}));
  EXPECT_EQ(Texts("FP16", std::string_view("\x00\x3C\x00\xC0\x01\x00\x00\x7C", 8)),
            (Strings{"1", "-2", "5.9604645e-08", "inf"}));
  EXPECT_EQ(Texts("FP64", std::string_view("\x9A\x99\x99\x99\x99\x99\xB9\x3F", 8)),
            (Strings{"0.1"}));
}

TEST(DecodeNumbers, RefusesWhatDoesNotFit) {
  EXPECT_EQ(DecodeNumbers("INT32", "123").error().code, Status::kInvalidArgument);
  EXPECT_EQ(DecodeNumbers("BYTES", "").error().code, Status::kInvalidArgument);
}

TEST(Largest, OrdersAndCuts) {
  const auto values = DecodeNumbers("INT8", "\x01\x05\x05\xFF");
  const auto top = Largest(*values, 3);
  ASSERT_EQ(top.size(), 3u);
  EXPECT_EQ(top[0].index, 1u);
  EXPECT_EQ(top[1].index, 2u);
  EXPECT_EQ(top[2].index, 0u);
  EXPECT_EQ(Largest(*values, 9).size(), 4u);
}

TEST(Shapes, TextAndCount) {
  const std::vector<std::int64_t> shape{-1, 49, 10};
  EXPECT_EQ(ShapeText(shape), "[?, 49, 10]");
  EXPECT_EQ(CountElements(shape), 490u);
  EXPECT_EQ(CountElements({}), 1u);
}

}  // namespace
}  // namespace tinyfog::ctl
