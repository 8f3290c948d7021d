#include "tinyfog/base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace tinyfog {
namespace {

Result<int> Half(int x) {
  if (x % 2 != 0) return Status::kInvalidArgument;
  return x / 2;
}

Result<int> Quarter(int x) {
  TINYFOG_TRY_ASSIGN(int half, Half(x));
  TINYFOG_TRY_ASSIGN(int quarter, Half(half));
  return quarter;
}

TEST(Result, CarriesValueOrError) {
  EXPECT_EQ(Half(8).value(), 4);
  EXPECT_EQ(Half(3).error(), Status::kInvalidArgument);
}

TEST(Result, TryPropagatesTheFirstError) {
  EXPECT_EQ(Quarter(12).value(), 3);
  EXPECT_FALSE(Quarter(6).ok());
}

TEST(Result, MovesOwningValues) {
  Result<std::unique_ptr<std::string>, std::string> r(std::make_unique<std::string>("x"));
  Result<std::unique_ptr<std::string>, std::string> s = std::move(r);
  EXPECT_EQ(**s, "x");
  s = Result<std::unique_ptr<std::string>, std::string>(Unexpected(std::string("gone")));
  EXPECT_EQ(s.error(), "gone");
}

TEST(Status, NamesFollowGrpc) {
  EXPECT_STREQ(StatusName(Status::kResourceExhausted), "RESOURCE_EXHAUSTED");
  EXPECT_STREQ(StatusName(static_cast<Status>(99)), "UNKNOWN");
}

}  // namespace
}  // namespace tinyfog
