#include "tinyfog/log/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tinyfog::log {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

class LogTest : public testing::Test {
 protected:
  ~LogTest() override {
    EXPECT_TRUE(SetLevel("info").ok());
    EXPECT_TRUE(SetFormat("auto").ok());
  }
  static std::string Captured(std::string_view message, Fields fields) {
    testing::internal::CaptureStderr();
    Info(message, fields);
    return testing::internal::GetCapturedStderr();
  }
};

TEST_F(LogTest, TextIsOneLineOfTimeLevelMessageAndFields) {
  ASSERT_TRUE(SetFormat("text").ok());
  EXPECT_THAT(Captured("model loaded", {{"model", "motor"}, {"version", 3}, {"ok", true}}),
              MatchesRegex("....-..-..T..:..:......Z info model loaded model=motor version=3 "
                           "ok=true\n"));
}

TEST_F(LogTest, ValuesFromOutsideCannotForgeLinesOrFields) {
  ASSERT_TRUE(SetFormat("text").ok());
  EXPECT_THAT(Captured("refused", {{"topic", "a\nerror forged b=\"c\""}}),
              HasSubstr("topic=\"a\\nerror forged b=\\\"c\\\"\"\n"));
  ASSERT_TRUE(SetFormat("json").ok());
  EXPECT_THAT(Captured("refused", {{"topic", "\x01\"}"}}),
              HasSubstr("\"topic\":\"\\u0001\\\"}\"}\n"));
}

TEST_F(LogTest, JournalLinesStartWithThePriority) {
  ASSERT_TRUE(SetFormat("journal").ok());
  EXPECT_THAT(Captured("hello", {}), StartsWith("<6>hello"));
}

TEST_F(LogTest, LevelsBelowTheThresholdAreSilent) {
  ASSERT_TRUE(SetLevel("warning").ok());
  EXPECT_EQ(Captured("hello", {}), "");
  testing::internal::CaptureStderr();
  Warning("careful");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("careful"));
}

TEST_F(LogTest, UnknownNamesAreRefusedWithTheKnownOnes) {
  EXPECT_THAT(SetLevel("loud").error().message, HasSubstr("debug, info, warning, error"));
  EXPECT_THAT(SetFormat("xml").error().message, HasSubstr("auto, text, json, journal"));
}

}  // namespace
}  // namespace tinyfog::log
