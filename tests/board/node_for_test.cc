#include "node_for_test.h"

namespace tinyfog::testing {

const std::string NodeTest::kRoot = "tinyfog/v1/default/";
const std::string NodeTest::kUp = kRoot + "node-1/up/";

std::filesystem::path NodeTest::Image(const std::string& version, int counter,
                                      const std::string& program,
                                      const std::filesystem::path& key) {
  return site_.SignImage(Board::Image(core(), program.empty() ? firmware_ : program), hardware(),
                         version, counter, key);
}

void NodeTest::StartBoard(Site::Security security) {
  board_ = std::make_unique<Board>(core(),
                                   site_.Provision("node-1", hardware(), Image("1.0.0"), security));
  board_->Start();
}

std::filesystem::path NodeTest::Stranger() {
  const std::filesystem::path folder = site_.folder() / "stranger";
  EXPECT_EQ(RunCommand({Program("tinyfog-provision"), "site", folder}).code, 0);
  return folder / "signing.key";
}

Artifact NodeTest::Package(const std::string& target, int version,
                           std::vector<std::string> options) {
  const std::filesystem::path file =
      site_.folder() / ("package-" + std::to_string(packages_++) + ".tfp");
  std::vector<std::string> arguments = {Program("tinyfog-package"), "make",
                                        TINYFOG_SOURCE_DIR
                                        "/fleet/demo/models/motor/1/model.tflite"};
  arguments.insert(arguments.end(), {"-o", file, "--name", "motor", "--target", target, "--version",
                                     std::to_string(version)});
  arguments.insert(arguments.end(), options.begin(), options.end());
  const Finished made = RunCommand(arguments);
  EXPECT_EQ(made.code, 0) << made.errors;
  return ModelArtifact(file);
}

Artifact NodeTest::Model(int version, int counter) {
  return Package(core(), version, {"--counter", std::to_string(counter), "--key", Key()});
}

std::string NodeTest::NextPayload(const std::string& tail) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (std::chrono::steady_clock::now() < end) {
    const auto message = peer_.Next(std::chrono::seconds(60));
    if (message && message->topic == kUp + tail) return message->payload;
  }
  ADD_FAILURE() << "nothing came on " << tail;
  return "";
}

v1::NodeState NodeTest::NextState(NodeState::Kind kind) {
  NodeState state;
  do state = Next<NodeState>("state");
  while (!HasFailure() && state.kind() != kind);
  return state;
}

void NodeTest::Publish(const std::string& topic, std::string payload, bool retained) {
  mqtt::Message message;
  message.topic = kRoot + topic;
  message.payload = std::move(payload);
  message.qos = 1;
  message.retained = retained;
  peer_.Publish(message);
}

void NodeTest::Command(v1::NodeCommand::Verb verb) {
  v1::NodeCommand command;
  command.set_verb(verb);
  command.set_id(1);
  Publish("node-1/down/cmd", command.SerializeAsString());
}

void NodeTest::Want(const Artifact& artifact) {
  v1::Desired desired;
  *(artifact.kind == v1::ARTIFACT_KIND_MODEL ? desired.mutable_model()
                                             : desired.mutable_firmware()) = artifact.Desired();
  Want(desired);
}

void NodeTest::Want(v1::Desired desired) {
  desired.set_version(++desired_);
  *desired.mutable_settings() = settings_;
  Publish("node-1/down/desired", desired.SerializeAsString(), true);
}

void NodeTest::Send(const Artifact& artifact, const OtaReport& report) {
  for (std::size_t i = 0; i < artifact.chunks.size(); ++i) {
    const bool is_missing =
        i / 8 >= report.missing().size() || (report.missing()[i / 8] >> i % 8 & 1) != 0;
    if (is_missing) Publish(artifact.TopicOf(i), artifact.chunks[i]);
  }
}

v1::OtaReport NodeTest::Follow(const Artifact& artifact, OtaReport::State until) {
  constexpr int kMostReports = 50;  // an update that needs more does not get on
  for (int reports = 0; reports < kMostReports && !HasFailure(); ++reports) {
    const auto report = Next<OtaReport>("ota");
    if (report.digest() != artifact.digest) continue;
    if (report.state() == until || report.state() == OtaReport::STATE_DONE ||
        report.state() == OtaReport::STATE_REFUSED) {
      return report;
    }
    if (report.state() == OtaReport::STATE_WANT) Send(artifact, report);
  }
  if (!HasFailure()) ADD_FAILURE() << "the update does not get on";
  return {};
}

v1::OtaReport NodeTest::Deliver(const Artifact& artifact) {
  Want(artifact);
  return Follow(artifact);
}

void NodeTest::ExpectTaken(const Artifact& artifact) {
  EXPECT_EQ(Deliver(artifact).state(), OtaReport::STATE_DONE);
}

void NodeTest::ExpectRefused(const Artifact& artifact, v1::UpdateReason reason) {
  const OtaReport last = Deliver(artifact);
  EXPECT_EQ(last.state(), OtaReport::STATE_REFUSED);
  EXPECT_EQ(last.reason(), reason) << v1::UpdateReason_Name(last.reason());
}

}  // namespace tinyfog::testing
