#include "command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace tinyfog::app {
namespace {

Outcome<CommandLine> Parsed(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "tinyfogd");
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  return ParseCommandLine(static_cast<int>(argv.size()), argv.data());
}

TEST(CommandLine, TakesValuesBothWays) {
  const auto line = Parsed({"--config", "a.toml", "--data=/x", "--check-config"});
  ASSERT_TRUE(line.ok());
  EXPECT_EQ(line->config, "a.toml");
  EXPECT_EQ(line->data, "/x");
  EXPECT_EQ(line->action, CommandLine::Action::kCheckConfig);
  EXPECT_EQ(Parsed({})->action, CommandLine::Action::kRun);
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"--config"}, {"--config="}, {"--configure=x"}, {"--data="}, {"run"}, {""}, {"-c"}}) {
    const auto line = Parsed(arguments);
    ASSERT_FALSE(line.ok()) << arguments[0];
    EXPECT_THAT(line.error().message, testing::HasSubstr("--help"));
  }
}

}  // namespace
}  // namespace tinyfog::app
