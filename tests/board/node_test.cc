#include <algorithm>
#include <random>
#include <set>

#include "node_for_test.h"
#include "tinyfog/base/crc32.h"

// Boards as nodes: what they tell, take, refuse and take back.
namespace tinyfog::testing {
namespace {

// What node_misbehaves does, by the build number of its version.
constexpr std::uint32_t kMisbehaves = 0xBAD00000, kCrashes = 1, kHangs = 2, kRefusesItself = 4,
                        kWhenOnline = 16;

std::uint32_t CrcOf(const std::string& bytes) {
  return Crc32({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

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

// What goes up is what the node computed its own answer of: a host answers the same bytes.
TEST_P(NodeTest, ComputesWhatAHostDoesAndSendsUpWhatItIsNotSureOf) {
  StartBoard();
  const Artifact model = Model(1);
  ExpectTaken(model);
  settings_.set_cascade_permille(1001);
  Want(model);
  v1::NodeResult own, answered;
  std::optional<mqtt::Message> sample;
  while ((sample = peer_.Next()) && sample->topic != kUp + "infer/motor") {
    if (sample->topic == kUp + "result/motor") own.ParseFromString(sample->payload);
  }
  ASSERT_TRUE(sample);
  EXPECT_EQ(own.input_crc(), CrcOf(sample->payload));
  EXPECT_EQ(own.output_crc(), OutputCrc(model, sample->payload));
  mqtt::Message answer;
  answer.topic = kRoot + "node-1/down/infer/motor";
  answer.payload = std::string("\x80\x80\x80\x7F\x80", 5);
  answer.correlation_data = sample->correlation_data;
  answer.qos = 1;
  peer_.Publish(answer);
  do answered = Next<v1::NodeResult>("result/motor");
  while (!HasFailure() && !answered.from_gateway());
  EXPECT_EQ(answered.top_index(), 3u);
  EXPECT_EQ(answered.output_crc(), CrcOf(answer.payload));
}

TEST_P(NodeTest, SendsUpEverythingWithoutAModelOfItsOwn) {
  StartBoard();
  settings_.set_cascade_model("motor");
  Want(v1::Desired());
  std::optional<mqtt::Message> sample;
  do sample = peer_.Next();
  while (sample && sample->topic != kUp + "infer/motor");
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->payload.size(), 128u * 3);
  // A motor's vibration, in steps of the demo model's input.
  EXPECT_GT(std::set<char>(sample->payload.begin(), sample->payload.end()).size(), 8u);
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
  // In all that time only the cut has ended a run: the watchdog is fed.
  Command(v1::NodeCommand::VERB_SEND_STATE);
  EXPECT_EQ(NextState(NodeState::KIND_READY).session(), 2u);
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

// Twice each, in another order, among chunks that are none.
TEST_P(NodeTest, ChunksOfATroubledNetworkMakeTheFirmwareAllTheSame) {
  StartBoard();
  const Artifact next = FirmwareArtifact(Image("2.0.0", 2));
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < next.chunks.size(); ++i) order.insert(order.end(), 2, i);
  std::mt19937 random(1);
  std::shuffle(order.begin(), order.end(), random);
  Want(next);
  Follow(next, OtaReport::STATE_WANT);
  for (std::size_t n = 0; n < order.size(); ++n) {
    const std::string& chunk = next.chunks[order[n]];
    // Never sixteen in a row, which would end the transfer.
    if (n % 8 == 0) Publish(next.TopicOf(order[n]), chunk.substr(0, chunk.size() / 2));
    if (n % 8 == 1) Publish(next.TopicOf(order[n]), chunk + chunk);
    if (n % 8 == 2) Publish(next.TopicOf(next.chunks.size() + n), chunk);
    if (n % 8 == 3) Publish(next.TopicOf(order[n]), "");
    Publish(next.TopicOf(order[n]), chunk);
  }
  EXPECT_EQ(Follow(next).state(), OtaReport::STATE_DONE);
  EXPECT_EQ(NextState(NodeState::KIND_READY).firmware().version().major(), 2u);
}

// A gateway that announces one firmware and sends another, though that is signed, too.
TEST_P(NodeTest, RefusesWhatIsNotWhatWasAnnounced) {
  StartBoard();
  Artifact lie = FirmwareArtifact(Image("2.0.0"));
  const std::size_t last = lie.chunks.back().size();
  lie.chunks = FirmwareArtifact(Image("3.0.0")).chunks;
  lie.chunks.back().resize(last);  // signatures differ in length; the digest ends before them
  ExpectRefused(lie, v1::UPDATE_REASON_WRONG_DIGEST);
  EXPECT_EQ(NextState(NodeState::KIND_READY).firmware().version().major(), 1u);
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
