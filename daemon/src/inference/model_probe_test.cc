#include "model_probe.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "serving.h"
#include "test_models.h"

namespace tinyfog::inference {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kProgram = TINYFOG_BINARY_DIR "/bin/model_probe";

class ModelProbeTest : public ::testing::Test {
 protected:
  /// A program that does `script` instead of trying a model.
  std::filesystem::path Program(const std::string& script) {
    const auto path = folder_.path() / "probe.sh";
    std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }
  static Outcome<void> Try(const std::filesystem::path& program,
                           std::chrono::milliseconds bound = std::chrono::seconds(60)) {
    ModelProbe probe(program, {"CpuRef"}, bound);
    return probe.Check(testing::SumAndDifferenceFile(), 8);
  }
  static std::string Message(const Outcome<void>& outcome) {
    return outcome.ok() ? "passed" : outcome.error().message;
  }
  testing::TemporaryRepository folder_;
};

TEST_F(ModelProbeTest, AGoodModelPasses) { EXPECT_EQ(Message(Try(kProgram)), "passed"); }

TEST_F(ModelProbeTest, WhatTheProbeReportsIsTheError) {
  ModelProbe probe(kProgram, {"CpuRef"});
  const std::vector<std::uint8_t> garbage(100, 1);
  const auto outcome = probe.Check(garbage, 8);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, Status::kInvalidArgument);
  EXPECT_THAT(outcome.error().message, Not(HasSubstr("safely")));
}

TEST_F(ModelProbeTest, ADeadProbeIsARefusal) {
  const auto outcome = Try(Program("echo first >&2; echo 'double free' >&2; kill -SEGV $$"));
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, Status::kInvalidArgument);
  EXPECT_THAT(outcome.error().message, HasSubstr("Arm NN cannot run this model safely"));
  EXPECT_THAT(outcome.error().message, HasSubstr("signal 11"));
  EXPECT_THAT(outcome.error().message, HasSubstr("double free"));
  EXPECT_THAT(outcome.error().message, Not(HasSubstr("first")));
}

TEST_F(ModelProbeTest, AnUnknownExitCodeIsARefusal) {
  EXPECT_THAT(Message(Try(Program("exit 3"))), HasSubstr("exited with code 3"));
  EXPECT_THAT(Message(Try(Program("exit 255"))), HasSubstr("exited with code 255"));
}

TEST_F(ModelProbeTest, AnEndlessProbeIsKilled) {
  const auto outcome = Try(Program("while :; do :; done"), std::chrono::milliseconds(50));
  EXPECT_THAT(Message(outcome), HasSubstr("took longer than 50 ms"));
}

TEST_F(ModelProbeTest, AMissingProgramIsNamed) {
  const auto outcome = Try("/nonexistent/probe");
  ASSERT_FALSE(outcome.ok());
  EXPECT_THAT(outcome.error().message, HasSubstr("/nonexistent/probe"));
}

TEST_F(ModelProbeTest, NothingIsInherited) {
  const int open_without_cloexec = open("/dev/null", O_RDONLY);
  ASSERT_GE(open_without_cloexec, 0);
  setenv("TINYFOG_PROBE_TEST", "secret", 1);
  const auto outcome =
      Try(Program("for fd in /proc/self/fd/*; do case $fd in */[012]) ;;\n"
                  "*) if [ -e $fd ]; then echo \"open: $fd\" >&2; exit 1; fi;; "
                  "esac; done\n[ -z \"$TINYFOG_PROBE_TEST\" ]"));
  unsetenv("TINYFOG_PROBE_TEST");
  close(open_without_cloexec);
  // The shell has its script open, at 10 or above; what a parent leaves open is below.
  EXPECT_THAT(Message(outcome), ::testing::AnyOf("passed", HasSubstr("open: /proc/self/fd/10")));
}

TEST_F(ModelProbeTest, WhatPassedOncePassesAgainWithoutAProcess) {
  const auto program = Program("echo run >> " + (folder_.path() / "runs").string());
  ModelProbe probe(program, {});
  const auto file = testing::SumAndDifferenceFile();
  EXPECT_TRUE(probe.Check(file, 4).ok());
  EXPECT_TRUE(probe.Check(file, 4).ok());
  EXPECT_TRUE(probe.Check(file, 1).ok());
  EXPECT_EQ(testing::ReadAll(folder_.path() / "runs").size(), 4u);
  EXPECT_TRUE(probe.Check(file, 8).ok());
  EXPECT_EQ(testing::ReadAll(folder_.path() / "runs").size(), 8u);
}

TEST_F(ModelProbeTest, TheServerRefusesWhatTheProbeDiesOf) {
  testing::TemporaryRepository repository;
  repository.Add("pair", 1, testing::SumAndDifferenceFile());
  const auto metrics = metrics::Registry::Create();
  const auto events = events::EventBus::Create();
  ServerOptions options;
  options.repository = repository.path();
  options.backends = {"CpuRef"};
  options.probe_program = Program("kill -ABRT $$");
  auto server = Server::Create(options, *metrics, *events);
  ASSERT_TRUE(server.ok());
  const auto index = (*server)->Index();
  ASSERT_EQ(index.size(), 1u);
  EXPECT_EQ(index[0].state, ModelState::kUnavailable);
  EXPECT_THAT(index[0].reason, HasSubstr("safely"));
  const auto checked = (*server)->Check(testing::SumAndDifferenceFile());
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code, Status::kInvalidArgument);
  EXPECT_EQ((*server)->Load("pair").ok(), false);
  // And serves what it lives through.
  options.probe_program = kProgram;
  auto other = Server::Create(options, *metrics, *events);
  ASSERT_TRUE(other.ok());
  EXPECT_TRUE((*other)->ModelReady("pair", 1));
}

}  // namespace
}  // namespace tinyfog::inference
