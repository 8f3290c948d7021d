#include "tinyfog/registry/registry.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "process.h"

namespace tinyfog::registry {
namespace {

using v1::NodeState;

class RegistryTest : public ::testing::Test {
 protected:
  RegistryTest() { Open(); }

  void Open() {
    registry_.reset();
    auto opened = Registry::Open(options_, warnings_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    registry_ = std::move(opened).value();
  }

  static NodeState State(NodeState::Kind kind, std::uint64_t session) {
    NodeState state;
    state.set_kind(kind);
    state.set_session(session);
    if (kind == NodeState::KIND_BORN || kind == NodeState::KIND_READY) {
      state.set_hardware("mps2-an386");
    }
    return state;
  }
  Change Tell(NodeState::Kind kind, std::uint64_t session, bool retained = false) {
    const auto change = registry_->State("n1", State(kind, session), retained, now_);
    EXPECT_TRUE(change.ok()) << change.error().message;
    return change.ok() ? *change : Change::kNone;
  }
  static v1::Desired Model(char digest) {
    v1::Desired desired;
    desired.mutable_model()->set_digest(std::string(32, digest));
    return desired;
  }
  static v1::OtaReport Report(char digest, v1::OtaReport::State state) {
    v1::OtaReport report;
    report.set_state(state);
    report.set_digest(std::string(32, digest));
    return report;
  }
  /// Runs SQL on the file as another program would.
  void Sql(const std::string& text) const {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(options_.file.c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db);
    sqlite3_close(db);
  }

  tinyfog::testing::TemporaryFolder folder_;
  Options options_{folder_ / "nodes.db", 3};
  std::vector<std::string> warnings_;
  std::unique_ptr<Registry> registry_;
  WallTime now_{std::chrono::seconds(1'700'000'000)};
};

TEST_F(RegistryTest, ANodeIsBornReadyAndLost) {
  EXPECT_EQ(Tell(NodeState::KIND_BORN, 4), Change::kBorn);
  EXPECT_EQ(Tell(NodeState::KIND_READY, 4), Change::kUpdated);
  ASSERT_NE(registry_->Find("n1"), nullptr);
  EXPECT_TRUE(registry_->Find("n1")->connected());
  EXPECT_EQ(Tell(NodeState::KIND_LOST, 4), Change::kGone);
  EXPECT_FALSE(registry_->Find("n1")->connected());
  EXPECT_EQ(registry_->Find("n1")->state().hardware(), "mps2-an386");  // still known
  EXPECT_EQ(Tell(NodeState::KIND_READY, 4), Change::kBorn);            // its network is back
  EXPECT_EQ(registry_->Find("n1")->births(), 2u);
}

TEST_F(RegistryTest, WhatOlderSessionsSayChangesNothing) {
  Tell(NodeState::KIND_READY, 7);
  EXPECT_EQ(Tell(NodeState::KIND_LOST, 6), Change::kNone);
  EXPECT_EQ(Tell(NodeState::KIND_SLEEPING, 8), Change::kNone);
  EXPECT_EQ(Tell(NodeState::KIND_READY, 5, /*retained=*/true), Change::kNone);
  EXPECT_TRUE(registry_->Find("n1")->connected());
  EXPECT_EQ(registry_->Find("n1")->state().session(), 7u);
  EXPECT_EQ(Tell(NodeState::KIND_BORN, 1), Change::kBorn);  // provisioned anew
  EXPECT_EQ(registry_->Find("n1")->state().session(), 1u);
}

TEST_F(RegistryTest, AWillOfANodeNeverSeenCreatesNone) {
  EXPECT_EQ(Tell(NodeState::KIND_LOST, 1, true), Change::kNone);
  EXPECT_EQ(registry_->size(), 0u);
}

TEST_F(RegistryTest, DesiredIsOnDiskAndItsVersionRises) {
  auto state = State(NodeState::KIND_READY, 1);
  state.set_desired(41);  // of a registry that was lost
  ASSERT_TRUE(registry_->State("n1", state, false, now_).ok());
  const auto first = registry_->SetDesired("n1", Model('a'));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ((*first)->desired().version(), 42u);
  ASSERT_TRUE(registry_->SetDesired("n1", Model('b')).ok());
  Open();  // as after kill -9: nothing was flushed
  ASSERT_NE(registry_->Find("n1"), nullptr);
  EXPECT_EQ(registry_->Find("n1")->desired().version(), 43u);
  EXPECT_EQ(registry_->Find("n1")->desired().model().digest(), std::string(32, 'b'));
  EXPECT_EQ(registry_->SetDesired("n2", Model('b')).error().code, Status::kNotFound);
}

TEST_F(RegistryTest, AnAcceptedCommandSurvivesKill) {
  registry_.reset();
  int told[2];
  ASSERT_EQ(pipe(told), 0);
  const pid_t child = fork();
  if (child == 0) {
    std::vector<std::string> warnings;
    auto opened = Registry::Open(options_, warnings);
    if (!opened.ok()) _exit(1);
    (void)(*opened)->State("n1", State(NodeState::KIND_READY, 1), false, now_);
    for (;;) {
      const auto set = (*opened)->SetDesired("n1", Model('a'));
      const auto version = set.ok() ? (*set)->desired().version() : 0;
      if (write(told[1], &version, sizeof version) != sizeof version) _exit(1);
    }
  }
  close(told[1]);
  std::uint64_t accepted = 0, last = 0;
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(read(told[0], &accepted, sizeof accepted), static_cast<ssize_t>(sizeof accepted));
  }
  kill(child, SIGKILL);
  while (read(told[0], &last, sizeof last) == sizeof last) accepted = last;
  close(told[0]);
  waitpid(child, nullptr, 0);
  Open();
  EXPECT_TRUE(warnings_.empty()) << warnings_[0];
  ASSERT_NE(registry_->Find("n1"), nullptr);
  EXPECT_GE(registry_->Find("n1")->desired().version(), accepted);
}

TEST_F(RegistryTest, ReportsOfWhatIsDesiredAreKept) {
  Tell(NodeState::KIND_READY, 1);
  ASSERT_TRUE(registry_->SetDesired("n1", Model('a')).ok());
  EXPECT_EQ(*registry_->Report("n1", Report('b', v1::OtaReport::STATE_DONE), now_), Change::kNone);
  EXPECT_EQ(*registry_->Report("n1", Report('a', v1::OtaReport::STATE_WANT), now_),
            Change::kUpdated);
  EXPECT_EQ(registry_->Find("n1")->model_ota().state(), v1::OtaReport::STATE_WANT);
  ASSERT_TRUE(registry_->SetDesired("n1", Model('c')).ok());
  EXPECT_FALSE(registry_->Find("n1")->has_model_ota());
}

// A node tells of both at each start: that its model is there must not hide what became of the
// firmware.
TEST_F(RegistryTest, ReportsOfModelAndFirmwareAreKeptApart) {
  Tell(NodeState::KIND_READY, 1);
  v1::Desired desired = Model('a');
  desired.mutable_firmware()->set_digest(std::string(32, 'f'));
  ASSERT_TRUE(registry_->SetDesired("n1", desired).ok());
  ASSERT_TRUE(registry_->Report("n1", Report('f', v1::OtaReport::STATE_REFUSED), now_).ok());
  ASSERT_TRUE(registry_->Report("n1", Report('a', v1::OtaReport::STATE_DONE), now_).ok());
  EXPECT_EQ(registry_->Find("n1")->firmware_ota().state(), v1::OtaReport::STATE_REFUSED);
  EXPECT_EQ(registry_->Find("n1")->model_ota().state(), v1::OtaReport::STATE_DONE);
  ASSERT_TRUE(registry_->SetDesired("n1", Model('a')).ok());
  EXPECT_FALSE(registry_->Find("n1")->has_firmware_ota());
  EXPECT_TRUE(registry_->Find("n1")->has_model_ota());
}

TEST_F(RegistryTest, FlushWritesInBatches) {
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_TRUE(registry_->State(id, State(NodeState::KIND_READY, 1), false, now_).ok());
  }
  EXPECT_TRUE(*registry_->Flush(false, 2));
  EXPECT_FALSE(*registry_->Flush(false, 2));
  EXPECT_FALSE(*registry_->Flush(false, 2));
  Open();
  EXPECT_EQ(registry_->size(), 3u);
  EXPECT_TRUE(registry_->Find("c")->connected());
  registry_->ForgetConnections();
  EXPECT_FALSE(registry_->Find("c")->connected());
}

TEST_F(RegistryTest, SightingsAreWrittenRarely) {
  Tell(NodeState::KIND_READY, 1);
  ASSERT_FALSE(*registry_->Flush(false));
  v1::NodeTelemetry telemetry;
  telemetry.set_inferences(5);
  EXPECT_EQ(*registry_->Telemetry("n1", telemetry, now_), Change::kUpdated);
  EXPECT_EQ(registry_->Telemetry("n2", telemetry, now_).error().code, Status::kNotFound);
  ASSERT_FALSE(*registry_->Flush(false));
  Open();
  EXPECT_FALSE(registry_->Find("n1")->has_telemetry());
  ASSERT_TRUE(registry_->Telemetry("n1", telemetry, now_).ok());
  ASSERT_FALSE(*registry_->Flush(true));
  Open();
  EXPECT_EQ(registry_->Find("n1")->telemetry().inferences(), 5u);
}

TEST_F(RegistryTest, HostileInputIsRefused) {
  const auto state = State(NodeState::KIND_READY, 1);
  for (const std::string id : {"", "gateway", "art", "a/b", "a b", "\xff"}) {
    EXPECT_EQ(registry_->State(id, state, false, now_).error().code, Status::kInvalidArgument);
  }
  EXPECT_FALSE(registry_->State(std::string(65, 'a'), state, false, now_).ok());
  auto large = state;
  large.set_hardware(std::string(65, 'h'));
  EXPECT_FALSE(registry_->State("n1", large, false, now_).ok());
  auto many = state;
  for (int i = 0; i < 3; ++i) many.add_models();
  EXPECT_FALSE(registry_->State("n1", many, false, now_).ok());
  EXPECT_FALSE(registry_->State("n1", State(NodeState::KIND_UNSPECIFIED, 1), false, now_).ok());
  EXPECT_EQ(registry_->size(), 0u);
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_TRUE(registry_->State(id, state, false, now_).ok());
  }
  EXPECT_EQ(registry_->State("d", state, false, now_).error().code, Status::kResourceExhausted);
  EXPECT_TRUE(registry_->State("c", state, false, now_).ok());
  auto report = Report('a', v1::OtaReport::STATE_WANT);
  report.set_received(2);
  EXPECT_FALSE(registry_->Report("a", report, now_).ok());
  report.set_chunks(2);
  report.set_text(std::string(257, 't'));
  EXPECT_FALSE(registry_->Report("a", report, now_).ok());
}

TEST_F(RegistryTest, OnlyWhoIsGoneIsRemoved) {
  Tell(NodeState::KIND_READY, 1);
  EXPECT_EQ(registry_->Remove("n1").error().code, Status::kFailedPrecondition);
  Tell(NodeState::KIND_SLEEPING, 1);
  EXPECT_TRUE(registry_->Remove("n1").ok());
  EXPECT_EQ(registry_->Remove("n1").error().code, Status::kNotFound);
  Open();
  EXPECT_EQ(registry_->size(), 0u);
}

TEST_F(RegistryTest, ADamagedDatabaseIsSetAside) {
  Tell(NodeState::KIND_READY, 1);
  ASSERT_TRUE(registry_->SetDesired("n1", Model('a')).ok());
  registry_.reset();
  for (const char* tail : {"", "-wal", "-shm"})
    std::filesystem::remove(options_.file.string() + tail);
  std::ofstream(options_.file) << std::string(8192, 'x');
  Open();
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_NE(warnings_[0].find("damaged"), std::string::npos) << warnings_[0];
  EXPECT_EQ(registry_->size(), 0u);
  int kept = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    kept += entry.path().filename().string().find(".damaged-") != std::string::npos;
  }
  EXPECT_EQ(kept, 1);
}

TEST_F(RegistryTest, ARecordThatCannotBeReadIsDamage) {
  Tell(NodeState::KIND_READY, 1);
  ASSERT_TRUE(registry_->SetDesired("n1", Model('a')).ok());
  registry_.reset();
  Sql("UPDATE nodes SET node = 'zz'");
  Open();
  EXPECT_EQ(warnings_.size(), 1u);
}

TEST_F(RegistryTest, ANewerSchemaIsLeftAlone) {
  registry_.reset();
  Sql("UPDATE schema_version SET version = 99");
  const auto opened = Registry::Open(options_, warnings_);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, Status::kFailedPrecondition);
  EXPECT_NE(opened.error().message.find("99"), std::string::npos) << opened.error().message;
  EXPECT_TRUE(warnings_.empty());
}

}  // namespace
}  // namespace tinyfog::registry
