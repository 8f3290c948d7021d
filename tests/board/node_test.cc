#include <gmock/gmock.h>

#include "artifact_for_test.h"
#include "board.h"
#include "mqtt_client.h"
#include "site.h"
#include "tinyfog/base/crc32.h"

// A node's firmware on an emulated board: provisioned flash, bootloader, a real broker that demands
// certificates. The test is the gateway.
namespace tinyfog::testing {
namespace {

using ::testing::HasSubstr;
using v1::NodeState;
using v1::OtaReport;

const std::string kRoot = "tinyfog/v1/default/";
const std::string kUp = kRoot + "node-1/up/";
// What node_misbehaves does, by the build number of its version.
constexpr std::uint32_t kMisbehaves = 0xBAD00000, kCrashes = 1, kHangs = 2, kRefusesItself = 4,
                        kWhenOnline = 16;

class NodeTest : public ::testing::TestWithParam<const char*> {
 protected:
  std::string core() const { return GetParam(); }
  std::string hardware() const { return Board::HardwareOf(core()); }

  std::filesystem::path Image(const std::string& version, int counter = 1,
                              const std::string& name = "node",
                              const std::filesystem::path& key = {}) {
    return site_.SignImage(Board::Image(core(), name), hardware(), version, counter, key);
  }
  void StartBoard(Site::Security security = Site::Security::kCertificates) {
    board_ = std::make_unique<Board>(
        core(), site_.Provision("node-1", hardware(), Image("1.0.0"), security));
    board_->Start();
  }

  // The demo model, packed as the options say.
  Artifact Package(const std::string& target, int version, std::vector<std::string> options) {
    const std::filesystem::path file =
        site_.folder() / ("package-" + std::to_string(packages_++) + ".tfp");
    std::vector<std::string> arguments = {Program("tinyfog-package"), "make",
                                          TINYFOG_SOURCE_DIR
                                          "/fleet/demo/models/motor/1/model.tflite"};
    arguments.insert(arguments.end(), {"-o", file, "--name", "motor", "--target", target,
                                       "--version", std::to_string(version)});
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Finished made = RunCommand(arguments);
    EXPECT_EQ(made.code, 0) << made.errors;
    return ModelArtifact(file);
  }
  Artifact Model(int version, int counter = 1) {
    return Package(core(), version, {"--counter", std::to_string(counter), "--key", Key()});
  }
  std::string Key() const { return site_.signing_key(); }
  // A key that nobody trusts.
  std::filesystem::path Stranger() {
    const std::filesystem::path folder = site_.folder() / "stranger";
    EXPECT_EQ(RunCommand({Program("tinyfog-provision"), "site", folder}).code, 0);
    return folder / "signing.key";
  }

  // The next message on one of the node's topics; what comes on others is passed over.
  template <class Message>
  Message Next(const std::string& tail) {
    Message result;
    while (const auto message = peer_.Next(std::chrono::seconds(60))) {
      if (message->topic != kUp + tail) continue;
      EXPECT_TRUE(result.ParseFromString(message->payload)) << message->topic;
      return result;
    }
    ADD_FAILURE() << "nothing came on " << tail;
    return result;
  }
  // A state of that kind.
  NodeState NextState(NodeState::Kind kind) {
    NodeState state;
    do state = Next<NodeState>("state");
    while (!HasFailure() && state.kind() != kind);
    return state;
  }

  void Publish(const std::string& topic, std::string payload, bool retained = false) {
    mqtt::Message message;
    message.topic = kRoot + topic;
    message.payload = std::move(payload);
    message.qos = 1;
    message.retained = retained;
    peer_.Publish(message);
  }
  void Command(v1::NodeCommand::Verb verb) {
    v1::NodeCommand command;
    command.set_verb(verb);
    command.set_id(1);
    Publish("node-1/down/cmd", command.SerializeAsString());
  }
  void Want(const Artifact& artifact) {
    v1::Desired desired;
    desired.set_version(++desired_);
    *(artifact.kind == v1::ARTIFACT_KIND_MODEL ? desired.mutable_model()
                                               : desired.mutable_firmware()) = artifact.Desired();
    *desired.mutable_settings() = settings_;
    Publish("node-1/down/desired", desired.SerializeAsString(), true);
  }
  // Publishes what a report says is missing.
  void Send(const Artifact& artifact, const OtaReport& report) {
    for (std::size_t i = 0; i < artifact.chunks.size(); ++i) {
      const bool is_missing =
          i / 8 >= report.missing().size() || (report.missing()[i / 8] >> i % 8 & 1) != 0;
      if (is_missing) Publish(artifact.TopicOf(i), artifact.chunks[i]);
    }
  }
  // Wants it and sends what is missing until the node has it or refuses it: its last word.
  OtaReport Deliver(const Artifact& artifact) {
    Want(artifact);
    while (!HasFailure()) {
      const auto report = Next<OtaReport>("ota");
      if (report.digest() != artifact.digest) continue;
      if (report.state() == OtaReport::STATE_WANT) Send(artifact, report);
      if (report.state() == OtaReport::STATE_DONE || report.state() == OtaReport::STATE_REFUSED) {
        return report;
      }
    }
    return {};
  }
  void ExpectTaken(const Artifact& artifact) {
    EXPECT_EQ(Deliver(artifact).state(), OtaReport::STATE_DONE);
  }
  void ExpectRefused(const Artifact& artifact, v1::UpdateReason reason) {
    const OtaReport last = Deliver(artifact);
    EXPECT_EQ(last.state(), OtaReport::STATE_REFUSED);
    EXPECT_EQ(last.reason(), reason) << v1::UpdateReason_Name(last.reason());
  }

  void SetUp() override { settings_.set_sample_interval_ms(100); }

  Site site_;
  v1::Desired::Settings settings_;
  MqttClient peer_{site_.uri(), {kUp + "#"}};
  std::unique_ptr<Board> board_;
  std::uint64_t desired_ = 0;
  int packages_ = 0;
};

TEST_P(NodeTest, TellsItsBirthBehindEachKindOfSecurity) {
  for (const auto security :
       {Site::Security::kCertificates, Site::Security::kPsk, Site::Security::kPlain}) {
    StartBoard(security);
    const NodeState state = NextState(NodeState::KIND_READY);
    EXPECT_EQ(state.hardware(), hardware());
    EXPECT_EQ(state.target(), core());
    EXPECT_EQ(state.firmware().version().major(), 1u);
    EXPECT_TRUE(state.firmware().confirmed());
    EXPECT_GE(state.limits().arena_bytes(), 64u << 10);
    EXPECT_EQ(state.reset(), 0u) << "power";
    EXPECT_EQ(state.session(), 1u);
    board_->Kill();
    EXPECT_EQ(NextState(NodeState::KIND_LOST).session(), 1u);
    std::filesystem::remove(board_->flash());
    if (HasFailure()) return;
  }
}

TEST_P(NodeTest, EveryStartCounts) {
  StartBoard();
  EXPECT_EQ(NextState(NodeState::KIND_READY).session(), 1u);
  board_->Kill();
  board_->Start();
  EXPECT_EQ(NextState(NodeState::KIND_READY).session(), 2u);
  Command(v1::NodeCommand::VERB_REBOOT);
  const NodeState state = NextState(NodeState::KIND_READY);
  EXPECT_EQ(state.session(), 3u);
  EXPECT_EQ(state.reset(), 1u) << "asked for";
}

TEST_P(NodeTest, TakesModelsAndRunsThem) {
  StartBoard();
  ExpectTaken(Model(1));
  const auto first = Next<v1::NodeResult>("result/motor");
  EXPECT_FALSE(first.from_gateway());
  EXPECT_LT(first.top_index(), 5u);
  ExpectTaken(Model(2));
  NodeState state;
  do state = NextState(NodeState::KIND_READY);
  while (!HasFailure() && (state.models_size() < 2 || state.desired() < desired_));
  for (const auto& model : state.models()) EXPECT_EQ(model.active(), model.version() == 2);
  Next<v1::NodeResult>("result/motor");
}

TEST_P(NodeTest, StackAndClockSuffice) {
  StartBoard();
  ExpectTaken(Model(1));
  Next<v1::NodeResult>("result/motor");
  Command(v1::NodeCommand::VERB_SEND_TELEMETRY);
  const auto telemetry = Next<v1::NodeTelemetry>("telemetry");
  // TLS, a signature and a model have run.
  EXPECT_GT(telemetry.stack_free_bytes(), 2048u);
  EXPECT_GT(telemetry.inferences(), 0u);
  EXPECT_GT(telemetry.inference_us(), 0u);
  EXPECT_EQ(telemetry.messages_lost(), 0u);
}

TEST_P(NodeTest, SendsUpWhatItIsNotSureOf) {
  StartBoard();
  const Artifact model = Model(1);
  ExpectTaken(model);
  settings_.set_cascade_permille(1001);
  Want(model);
  std::optional<mqtt::Message> sample;
  do sample = peer_.Next();
  while (sample && sample->topic != kUp + "infer/motor");
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->payload.size(), 128u * 3);
  mqtt::Message answer;
  answer.topic = kRoot + "node-1/down/infer/motor";
  answer.payload = std::string("\x80\x80\x80\x7F\x80", 5);
  answer.correlation_data = sample->correlation_data;
  answer.qos = 1;
  peer_.Publish(answer);
  v1::NodeResult result;
  do result = Next<v1::NodeResult>("result/motor");
  while (!HasFailure() && !result.from_gateway());
  EXPECT_EQ(result.top_index(), 3u);
  EXPECT_EQ(
      result.output_crc(),
      Crc32({reinterpret_cast<const std::uint8_t*>(answer.payload.data()), answer.payload.size()}));
}

TEST_P(NodeTest, GoesOnWithADownloadBehindAPowerCut) {
  StartBoard();
  const Artifact model = Model(1);
  ASSERT_GE(model.chunks.size(), 2u);
  Want(model);
  OtaReport report;
  do report = Next<OtaReport>("ota");
  while (!HasFailure() && report.state() != OtaReport::STATE_WANT);
  Publish(model.TopicOf(0), model.chunks[0]);
  do report = Next<OtaReport>("ota");
  while (!HasFailure() && report.received() == 0);
  board_->Kill();
  board_->Start();
  do report = Next<OtaReport>("ota");
  while (!HasFailure() && report.state() != OtaReport::STATE_WANT);
  EXPECT_EQ(report.received(), 1u);
  ExpectTaken(model);
}

TEST_P(NodeTest, RefusesWrongModelsWithTheReason) {
  StartBoard();
  ExpectTaken(Model(1, 5));
  const std::string other = core() == "cortex-m55" ? "cortex-m4" : "cortex-m55";
  ExpectRefused(Package(core(), 2, {"--counter", "5", "--key", Stranger()}),
                v1::UPDATE_REASON_UNKNOWN_KEY);
  ExpectRefused(Package(core(), 2, {"--counter", "5", "--key", Key(), "--hardware", "other-board"}),
                v1::UPDATE_REASON_WRONG_HARDWARE);
  ExpectRefused(Package(other, 2, {"--counter", "5", "--key", Key()}),
                v1::UPDATE_REASON_WRONG_TARGET);
  ExpectRefused(Model(2, 4), v1::UPDATE_REASON_DOWNGRADE);
  Artifact unsigned_one = Model(3, 5);
  unsigned_one.proof.back() = static_cast<char>(unsigned_one.proof.back() ^ 1);
  ExpectRefused(unsigned_one, v1::UPDATE_REASON_WRONG_SIGNATURE);
  Artifact truncated = Model(4, 5);
  truncated.proof.resize(truncated.proof.size() - 1);
  ExpectRefused(truncated, v1::UPDATE_REASON_TRUNCATED);
  Artifact flipped = Package(core(), 5, {"--counter", "5", "--key", Key(), "--raw"});
  flipped.chunks[1][100] ^= 1;
  ExpectRefused(flipped, v1::UPDATE_REASON_WRONG_DIGEST);
  Next<v1::NodeResult>("result/motor");
}

TEST_P(NodeTest, InstallsNewFirmwareAndConfirmsIt) {
  StartBoard();
  ExpectTaken(FirmwareArtifact(Image("2.0.0", 2)));
  const NodeState state = NextState(NodeState::KIND_READY);
  EXPECT_EQ(state.firmware().version().major(), 2u);
  EXPECT_TRUE(state.firmware().confirmed());
  // The bootloader keeps the counter of what is confirmed.
  board_->Kill();
  board_->Start();
  EXPECT_EQ(NextState(NodeState::KIND_READY).firmware().counter(), 2u);
}

TEST_P(NodeTest, TakesBackFirmwareThatMisbehaves) {
  StartBoard();
  int major = 2;
  for (const auto& [does, reason, reset] :
       std::initializer_list<std::tuple<std::uint32_t, int, int>>{
           {kCrashes, v1::UPDATE_REASON_REVERTED, 3},
           {kHangs | kWhenOnline, v1::UPDATE_REASON_REVERTED, 2},
           {kRefusesItself, v1::UPDATE_REASON_SELF_TEST, 1}}) {
    SCOPED_TRACE(does);
    const std::string version =
        std::to_string(major++) + ".0.0+" + std::to_string(kMisbehaves + does);
    ExpectRefused(FirmwareArtifact(Image(version, 1, "node_misbehaves")),
                  static_cast<v1::UpdateReason>(reason));
    if (HasFailure()) return;
    const NodeState state = NextState(NodeState::KIND_READY);
    EXPECT_EQ(state.firmware().version().major(), 1u);
    EXPECT_TRUE(state.firmware().confirmed());
    EXPECT_EQ(state.reset(), static_cast<std::uint32_t>(reset));
    EXPECT_EQ(state.crash().count() > 0, true);
  }
}

TEST_P(NodeTest, RefusesWrongFirmwareWithTheReason) {
  StartBoard();
  ExpectRefused(FirmwareArtifact(Image("2.0.0", 1, "node", Stranger())),
                v1::UPDATE_REASON_UNKNOWN_KEY);
  ExpectRefused(
      FirmwareArtifact(site_.SignImage(Board::Image(core(), "node"), "other-board", "2.0.0", 1)),
      v1::UPDATE_REASON_WRONG_HARDWARE);
  ExpectRefused(FirmwareArtifact(Image("2.0.0", 0)), v1::UPDATE_REASON_DOWNGRADE);
  Artifact unsigned_one = FirmwareArtifact(Image("2.1.0"));
  unsigned_one.proof.back() = static_cast<char>(unsigned_one.proof.back() ^ 1);
  ExpectRefused(unsigned_one, v1::UPDATE_REASON_WRONG_SIGNATURE);
  Artifact flipped = FirmwareArtifact(Image("2.2.0"));
  flipped.chunks[3][100] ^= 1;
  ExpectRefused(flipped, v1::UPDATE_REASON_WRONG_DIGEST);
  Artifact truncated = FirmwareArtifact(Image("2.3.0"));
  truncated.proof.resize(truncated.proof.size() - 10);
  ExpectRefused(truncated, v1::UPDATE_REASON_TRUNCATED);
  EXPECT_EQ(NextState(NodeState::KIND_READY).firmware().version().major(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Cores, NodeTest,
                         ::testing::Values("cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55"),
                         [](const auto& info) { return std::string(info.param).substr(7); });

}  // namespace
}  // namespace tinyfog::testing
