#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "tinyfog/base/status.h"
#include "tinyfog/wire/bytes.h"
#include "tinyfog/wire/firmware_image.h"

/// A node's side of tinyfog/v1/node.proto, which says what each field means: what it sends is
/// written, what it receives is read. Texts and bytes are views: in what is written they must stay
/// until it is, in what was read they point into the payload.
namespace tinyfog::wire {

/// tinyfog.v1.ArtifactKind
enum class ArtifactKind : std::uint8_t { kUnspecified = 0, kFirmware = 1, kModel = 2 };

/// tinyfog.v1.UpdateReason
enum class UpdateReason : std::uint8_t {
  kNone = 0,
  kMalformed = 1,
  kTruncated = 2,
  kTooLarge = 3,
  kWrongHardware = 4,
  kWrongTarget = 5,
  kWrongRuntime = 6,
  kMissingOperator = 7,
  kArenaTooSmall = 8,
  kDowngrade = 9,
  kWrongDigest = 10,
  kUnknownKey = 11,
  kWrongSignature = 12,
  kGoldenFailed = 13,
  kFlash = 14,
  kReverted = 15,
  kSelfTest = 16,
  kBusy = 17,
};
/// The reason in words, e.g. "wrong signature". Static storage.
const char* UpdateReasonName(UpdateReason reason);

struct NodeModel {
  std::string_view name;
  std::uint32_t version = 0;
  Bytes digest;
  bool active = false;
  std::uint32_t slot = 0;
};

struct NodeFirmware {
  ImageVersion version;
  std::uint32_t counter = 0;
  bool confirmed = false;
  std::uint32_t outcome = 0;
  UpdateReason reason = UpdateReason::kNone;
  Bytes digest;
};

struct NodeCrash {
  std::uint32_t count = 0;
  std::uint32_t pc = 0;
  std::uint32_t lr = 0;
  std::uint32_t status = 0;
  std::uint64_t session = 0;
};

struct NodeState {
  enum class Kind : std::uint8_t { kBorn = 1, kReady = 2, kSleeping = 3, kLost = 4 };
  Kind kind = Kind::kBorn;
  std::uint64_t session = 0;
  std::string_view hardware;
  std::string_view target;
  std::uint32_t tfm_version = 0;
  Bytes operators;
  NodeFirmware firmware;
  std::span<const NodeModel> models;
  std::uint32_t model_counter = 0;
  std::uint32_t arena_bytes = 0;
  std::uint32_t model_slot_bytes = 0;
  std::uint32_t firmware_slot_bytes = 0;
  std::uint64_t desired = 0;
  std::uint32_t reset = 0;
  NodeCrash crash;
};

struct OtaReport {
  enum class State : std::uint8_t {
    kUnspecified = 0,
    kWant = 1,
    kVerifying = 2,
    kStaged = 3,
    kTesting = 4,
    kDone = 5,
    kRefused = 6,
  };
  State state = State::kUnspecified;
  ArtifactKind kind = ArtifactKind::kUnspecified;
  Bytes digest;
  std::uint64_t desired = 0;
  std::uint32_t chunks = 0;
  std::uint32_t received = 0;
  Bytes missing;
  UpdateReason reason = UpdateReason::kNone;
  std::string_view text;
};

struct NodeTelemetry {
  std::uint64_t uptime_ms = 0;
  std::uint64_t inferences = 0;
  std::uint32_t inference_us = 0;
  std::uint64_t cascaded = 0;
  std::uint32_t stack_free_bytes = 0;
  std::uint32_t messages_lost = 0;
  std::int32_t temperature_centi = 0;
  std::uint32_t battery_permille = 0;
};

struct NodeResult {
  std::uint64_t sequence = 0;
  std::uint32_t top_index = 0;
  std::uint32_t confidence_permille = 0;
  std::uint32_t output_crc = 0;
  bool from_gateway = false;
  std::uint32_t input_crc = 0;
};

/// An artifact that the node shall have. Without chunks: nothing is asked for.
struct DesiredArtifact {
  Sha256 digest{};
  std::uint32_t bytes = 0;
  std::uint32_t chunks = 0;
  Bytes proof;
  std::string_view name;
  std::uint32_t version = 0;
  ImageVersion firmware_version;
};

struct DesiredSettings {
  std::uint32_t sample_interval_ms = 0;
  std::uint32_t cascade_permille = 0;
  std::string_view cascade_model;
  std::uint32_t telemetry_interval_s = 0;
};

struct Desired {
  std::uint64_t version = 0;
  DesiredArtifact firmware;
  DesiredArtifact model;
  DesiredSettings settings;
};

struct NodeCommand {
  enum class Verb : std::uint8_t {
    kUnspecified = 0,
    kReboot = 1,
    kSendTelemetry = 2,
    kSendState = 3,
    kSelfTest = 4,
  };
  Verb verb = Verb::kUnspecified;
  std::uint64_t id = 0;
};

/// Each returns the message written into `buffer`; empty when it does not fit.
Bytes WriteNodeState(const NodeState& state, std::span<std::uint8_t> buffer);
Bytes WriteOtaReport(const OtaReport& report, std::span<std::uint8_t> buffer);
Bytes WriteNodeTelemetry(const NodeTelemetry& telemetry, std::span<std::uint8_t> buffer);
Bytes WriteNodeResult(const NodeResult& result, std::span<std::uint8_t> buffer);

/// Each fills a new struct: members of fields that are absent stay as they are. Unknown fields and
/// verbs are passed over, so that newer gateways can say more. Errors: kInvalidArgument: not
/// Protobuf, a digest that has not 32 bytes, or numbers beyond their range; then the struct's
/// content means nothing.
Status ParseDesired(Bytes payload, Desired& desired);
Status ParseNodeCommand(Bytes payload, NodeCommand& command);

}  // namespace tinyfog::wire
