#include "tinyfog/wire/node_messages.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "protobuf.h"
#include "tinyfog/v1/node.pb.h"

// The Protobuf library is the oracle: it reads what nodes write, and writes what they read.
namespace tinyfog::wire {
namespace {

const std::string kDigest(32, '\x5A');

template <class Message>
Message Parsed(Bytes bytes) {
  Message message;
  EXPECT_FALSE(bytes.empty());
  EXPECT_TRUE(message.ParseFromString(std::string(AsText(bytes))));
  return message;
}

Bytes BytesOf(const std::string& text) { return AsBytes(text); }

TEST(NodeMessages, StateIsReadByProtobuf) {
  const std::array<NodeModel, 2> models{
      NodeModel{.name = "motor", .version = 7, .digest = BytesOf(kDigest), .active = true},
      NodeModel{.name = "kws", .version = 300, .digest = BytesOf(kDigest), .slot = 1}};
  const std::string operators = "\x01\x80";
  NodeState state;
  state.kind = NodeState::Kind::kReady;
  state.session = 1ull << 40;
  state.hardware = "mps2-an386";
  state.target = "cortex-m4";
  state.tfm_version = 3;
  state.operators = BytesOf(operators);
  state.firmware = {.version = {1, 2, 3, 4},
                    .counter = 9,
                    .confirmed = true,
                    .outcome = 3,
                    .reason = UpdateReason::kDowngrade,
                    .digest = BytesOf(kDigest)};
  state.models = models;
  state.model_counter = 11;
  state.arena_bytes = 65536;
  state.model_slot_bytes = 520192;
  state.firmware_slot_bytes = 1 << 20;
  state.desired = 12;
  state.reset = 2;
  state.crash = {.count = 1, .pc = 0x1234, .lr = 0x5678, .status = 0x82, .session = 5};
  std::array<std::uint8_t, 512> buffer;
  const auto read = Parsed<v1::NodeState>(WriteNodeState(state, buffer));
  EXPECT_EQ(read.kind(), v1::NodeState::KIND_READY);
  EXPECT_EQ(read.session(), state.session);
  EXPECT_EQ(read.hardware(), "mps2-an386");
  EXPECT_EQ(read.target(), "cortex-m4");
  EXPECT_EQ(read.tfm_version(), 3u);
  EXPECT_EQ(read.operators(), operators);
  EXPECT_EQ(read.firmware().version().build(), 4u);
  EXPECT_EQ(read.firmware().version().revision(), 3u);
  EXPECT_TRUE(read.firmware().confirmed());
  EXPECT_EQ(read.firmware().reason(), v1::UPDATE_REASON_DOWNGRADE);
  EXPECT_EQ(read.firmware().digest(), kDigest);
  ASSERT_EQ(read.models_size(), 2);
  EXPECT_EQ(read.models(0).name(), "motor");
  EXPECT_TRUE(read.models(0).active());
  EXPECT_EQ(read.models(1).version(), 300u);
  EXPECT_EQ(read.models(1).slot(), 1u);
  EXPECT_EQ(read.model_counter(), 11u);
  EXPECT_EQ(read.limits().arena_bytes(), 65536u);
  EXPECT_EQ(read.limits().firmware_slot_bytes(), 1u << 20);
  EXPECT_EQ(read.desired(), 12u);
  EXPECT_EQ(read.reset(), 2u);
  EXPECT_EQ(read.crash().status(), 0x82u);
}

TEST(NodeMessages, WillIsShort) {
  NodeState state;
  state.kind = NodeState::Kind::kLost;
  state.session = 3;
  state.hardware = "not told";
  std::array<std::uint8_t, 16> buffer;
  const auto read = Parsed<v1::NodeState>(WriteNodeState(state, buffer));
  EXPECT_EQ(read.kind(), v1::NodeState::KIND_LOST);
  EXPECT_EQ(read.session(), 3u);
  EXPECT_EQ(read.hardware(), "");
}

TEST(NodeMessages, ReportTelemetryAndResultAreReadByProtobuf) {
  std::array<std::uint8_t, 512> buffer;
  const std::string missing(128, '\xF0');
  const OtaReport report{.state = OtaReport::State::kRefused,
                         .kind = ArtifactKind::kModel,
                         .digest = BytesOf(kDigest),
                         .desired = 4,
                         .chunks = 1024,
                         .received = 512,
                         .missing = BytesOf(missing),
                         .reason = UpdateReason::kGoldenFailed,
                         .text = "why"};
  const auto ota = Parsed<v1::OtaReport>(WriteOtaReport(report, buffer));
  EXPECT_EQ(ota.state(), v1::OtaReport::STATE_REFUSED);
  EXPECT_EQ(ota.kind(), v1::ARTIFACT_KIND_MODEL);
  EXPECT_EQ(ota.missing(), missing);
  EXPECT_EQ(ota.reason(), v1::UPDATE_REASON_GOLDEN_FAILED);
  EXPECT_EQ(ota.received(), 512u);
  EXPECT_EQ(ota.text(), "why");
  const auto telemetry = Parsed<v1::NodeTelemetry>(WriteNodeTelemetry(
      {.uptime_ms = 5, .inferences = 6, .cascaded = 8, .temperature_centi = -4000}, buffer));
  EXPECT_EQ(telemetry.temperature_centi(), -4000);
  EXPECT_EQ(telemetry.cascaded(), 8u);
  const auto result = Parsed<v1::NodeResult>(WriteNodeResult({.sequence = 1,
                                                              .top_index = 2,
                                                              .confidence_permille = 999,
                                                              .output_crc = 0xFFFFFFFF,
                                                              .from_gateway = true},
                                                             buffer));
  EXPECT_EQ(result.output_crc(), 0xFFFFFFFFu);
  EXPECT_TRUE(result.from_gateway());
}

TEST(NodeMessages, WhatDoesNotFitIsEmpty) {
  NodeState state;
  state.hardware = "mps2-an386";
  std::array<std::uint8_t, 512> buffer;
  const std::size_t needed = WriteNodeState(state, buffer).size();
  for (std::size_t i = 0; i < needed; ++i) {
    EXPECT_TRUE(WriteNodeState(state, std::span(buffer).first(i)).empty()) << i;
  }
  EXPECT_EQ(WriteNodeState(state, std::span(buffer).first(needed)).size(), needed);
}

v1::Desired FullDesired() {
  v1::Desired desired;
  desired.set_version(77);
  auto* firmware = desired.mutable_firmware();
  firmware->set_digest(kDigest);
  firmware->set_bytes(100000);
  firmware->set_chunks(25);
  firmware->set_proof(std::string(300, 'p'));
  firmware->mutable_firmware_version()->set_major(1);
  firmware->mutable_firmware_version()->set_build(70000);
  auto* model = desired.mutable_model();
  model->set_digest(std::string(32, '\x01'));
  model->set_chunks(64);
  model->set_proof("proof");
  model->set_name("motor");
  model->set_version(9);
  desired.mutable_settings()->set_cascade_permille(700);
  desired.mutable_settings()->set_cascade_model("motor_large");
  return desired;
}

TEST(NodeMessages, DesiredIsRead) {
  const std::string payload = FullDesired().SerializeAsString();
  Desired read;
  ASSERT_EQ(ParseDesired(AsBytes(payload), read), Status::kOk);
  EXPECT_EQ(read.version, 77u);
  EXPECT_EQ(AsText(read.firmware.digest), kDigest);
  EXPECT_EQ(read.firmware.bytes, 100000u);
  EXPECT_EQ(read.firmware.proof.size(), 300u);
  EXPECT_EQ(read.firmware.firmware_version, (ImageVersion{1, 0, 0, 70000}));
  EXPECT_EQ(read.model.chunks, 64u);
  EXPECT_EQ(read.model.name, "motor");
  EXPECT_EQ(read.model.version, 9u);
  EXPECT_EQ(read.settings.cascade_permille, 700u);
  EXPECT_EQ(read.settings.cascade_model, "motor_large");
}

bool IsDesired(Bytes payload) {
  Desired desired;
  return ParseDesired(payload, desired) == Status::kOk;
}

TEST(NodeMessages, MalformedDesiredIsRefused) {
  v1::Desired short_digest = FullDesired();
  short_digest.mutable_model()->set_digest("short");
  EXPECT_FALSE(IsDesired(BytesOf(short_digest.SerializeAsString())));
  v1::Desired no_digest = FullDesired();
  no_digest.mutable_model()->clear_digest();
  EXPECT_FALSE(IsDesired(BytesOf(no_digest.SerializeAsString())));
  v1::Desired large = FullDesired();
  large.mutable_firmware()->mutable_firmware_version()->set_major(256);
  EXPECT_FALSE(IsDesired(BytesOf(large.SerializeAsString())));
  const std::string payload = FullDesired().SerializeAsString();
  std::size_t refused = 0;
  for (std::size_t i = 1; i < payload.size(); ++i) {
    refused += !IsDesired(AsBytes(payload).first(i));
  }
  EXPECT_GT(refused, payload.size() / 2);  // some cuts fall between two fields
}

TEST(NodeMessages, UnknownFieldsAndVerbsArePassedOver) {
  v1::NodeCommand command;
  command.set_verb(static_cast<v1::NodeCommand::Verb>(99));
  command.set_id(5);
  const std::string payload = command.SerializeAsString() + std::string(
                                                                "\xF8\x07\x01\xF5\x07"
                                                                "abcd"
                                                                "\xF1\x07"
                                                                "abcdefgh",
                                                                19);
  NodeCommand read;
  ASSERT_EQ(ParseNodeCommand(AsBytes(payload), read), Status::kOk);
  EXPECT_EQ(read.verb, NodeCommand::Verb::kUnspecified);
  EXPECT_EQ(read.id, 5u);
}

TEST(ProtoReader, RefusesWhatIsMalformed) {
  for (const std::string& bad :
       {std::string("\x00\x01", 2), std::string("\x0B"), std::string("\x08\x80"),
        std::string("\x0A\x05"
                    "abc"),
        std::string("\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02"),
        std::string("\x0D"
                    "abc")}) {
    ProtoReader reader(AsBytes(bad));
    ProtoField field;
    EXPECT_FALSE(reader.Next(field));
    EXPECT_FALSE(reader.ok());
  }
}

}  // namespace
}  // namespace tinyfog::wire
