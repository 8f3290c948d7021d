#include "tinyfog/wire/node_messages.h"

#include <iterator>

#include "protobuf.h"

namespace tinyfog::wire {
namespace {

constexpr auto kLastVerb = static_cast<std::uint64_t>(NodeCommand::Verb::kSelfTest);

// What a field of a message may be besides Field's own kinds.
enum Kind : std::uint8_t {
  kVerb = Field::kOther,  // one that is not known is passed over
  kVersion,               // a message: from here on in the order of kNested
  kFirmware,
  kModels,  // any number of them
  kLimits,
  kCrash,
  kArtifact,
  kSettings,
};

// The members of each message: the first one is its field 1 in tinyfog/v1/node.proto, the next one
// its field 2.
constexpr Field kVersionFields[] = {
    TINYFOG_FIELD(ImageVersion, major), TINYFOG_FIELD(ImageVersion, minor),
    TINYFOG_FIELD(ImageVersion, revision), TINYFOG_FIELD(ImageVersion, build)};

constexpr Field kFirmwareFields[] = {
    {kVersion, offsetof(NodeFirmware, version)}, TINYFOG_FIELD(NodeFirmware, counter),
    TINYFOG_FIELD(NodeFirmware, confirmed),      TINYFOG_FIELD(NodeFirmware, outcome),
    TINYFOG_FIELD(NodeFirmware, reason),         TINYFOG_FIELD(NodeFirmware, digest)};

constexpr Field kModelFields[] = {TINYFOG_FIELD(NodeModel, name), TINYFOG_FIELD(NodeModel, version),
                                  TINYFOG_FIELD(NodeModel, digest),
                                  TINYFOG_FIELD(NodeModel, active), TINYFOG_FIELD(NodeModel, slot)};

constexpr Field kLimitsFields[] = {TINYFOG_FIELD(NodeState, arena_bytes),
                                   TINYFOG_FIELD(NodeState, model_slot_bytes),
                                   TINYFOG_FIELD(NodeState, firmware_slot_bytes)};

constexpr Field kCrashFields[] = {TINYFOG_FIELD(NodeCrash, count), TINYFOG_FIELD(NodeCrash, pc),
                                  TINYFOG_FIELD(NodeCrash, lr), TINYFOG_FIELD(NodeCrash, status),
                                  TINYFOG_FIELD(NodeCrash, session)};

constexpr Field kStateFields[] = {TINYFOG_FIELD(NodeState, kind),
                                  TINYFOG_FIELD(NodeState, session),
                                  TINYFOG_FIELD(NodeState, hardware),
                                  TINYFOG_FIELD(NodeState, target),
                                  TINYFOG_FIELD(NodeState, tfm_version),
                                  TINYFOG_FIELD(NodeState, operators),
                                  {kFirmware, offsetof(NodeState, firmware)},
                                  {kModels, offsetof(NodeState, models)},
                                  TINYFOG_FIELD(NodeState, model_counter),
                                  {kLimits, 0},
                                  TINYFOG_FIELD(NodeState, desired),
                                  TINYFOG_FIELD(NodeState, reset),
                                  {kCrash, offsetof(NodeState, crash)}};
// Of a node that sleeps or is lost: kind and session.
constexpr std::size_t kShortStateFields = 2;

constexpr Field kReportFields[] = {
    TINYFOG_FIELD(OtaReport, state),   TINYFOG_FIELD(OtaReport, kind),
    TINYFOG_FIELD(OtaReport, digest),  TINYFOG_FIELD(OtaReport, desired),
    TINYFOG_FIELD(OtaReport, chunks),  TINYFOG_FIELD(OtaReport, received),
    TINYFOG_FIELD(OtaReport, missing), TINYFOG_FIELD(OtaReport, reason),
    TINYFOG_FIELD(OtaReport, text)};

constexpr Field kTelemetryFields[] = {TINYFOG_FIELD(NodeTelemetry, uptime_ms),
                                      TINYFOG_FIELD(NodeTelemetry, inferences),
                                      TINYFOG_FIELD(NodeTelemetry, inference_us),
                                      TINYFOG_FIELD(NodeTelemetry, cascaded),
                                      TINYFOG_FIELD(NodeTelemetry, stack_free_bytes),
                                      TINYFOG_FIELD(NodeTelemetry, messages_lost),
                                      TINYFOG_FIELD(NodeTelemetry, temperature_centi),
                                      TINYFOG_FIELD(NodeTelemetry, battery_permille)};

constexpr Field kResultFields[] = {TINYFOG_FIELD(NodeResult, sequence),
                                   TINYFOG_FIELD(NodeResult, top_index),
                                   TINYFOG_FIELD(NodeResult, confidence_permille),
                                   TINYFOG_FIELD(NodeResult, output_crc),
                                   TINYFOG_FIELD(NodeResult, from_gateway),
                                   TINYFOG_FIELD(NodeResult, input_crc)};

constexpr Field kArtifactFields[] = {TINYFOG_FIELD(DesiredArtifact, digest),
                                     TINYFOG_FIELD(DesiredArtifact, bytes),
                                     TINYFOG_FIELD(DesiredArtifact, chunks),
                                     TINYFOG_FIELD(DesiredArtifact, proof),
                                     TINYFOG_FIELD(DesiredArtifact, name),
                                     TINYFOG_FIELD(DesiredArtifact, version),
                                     {kVersion, offsetof(DesiredArtifact, firmware_version)}};

constexpr Field kSettingsFields[] = {TINYFOG_FIELD(DesiredSettings, sample_interval_ms),
                                     TINYFOG_FIELD(DesiredSettings, cascade_permille),
                                     TINYFOG_FIELD(DesiredSettings, cascade_model),
                                     TINYFOG_FIELD(DesiredSettings, telemetry_interval_s)};

constexpr Field kDesiredFields[] = {TINYFOG_FIELD(Desired, version),
                                    {kArtifact, offsetof(Desired, firmware)},
                                    {kArtifact, offsetof(Desired, model)},
                                    {kSettings, offsetof(Desired, settings)}};

constexpr Field kCommandFields[] = {{kVerb, offsetof(NodeCommand, verb)},
                                    TINYFOG_FIELD(NodeCommand, id)};

struct Message {
  template <std::size_t kFields>
  constexpr Message(const Field (&its_fields)[kFields])  // NOLINT: implicit, for tables of them
      : fields(its_fields), count(kFields) {}
  constexpr Message(const Message& whole, std::uint32_t first_fields)
      : fields(whole.fields), count(first_fields) {}

  const Field* fields;
  std::uint32_t count;
};
constexpr Message kNested[] = {kVersionFields, kFirmwareFields, kModelFields,   kLimitsFields,
                               kCrashFields,   kArtifactFields, kSettingsFields};

void Write(ProtoWriter& writer, const Message& message, const void* object) {
  for (std::uint32_t number = 1; number <= message.count; ++number) {
    const Field& field = message.fields[number - 1];
    if (field.kind < Field::kOther) {
      const FieldValue value = ValueOf(object, field);
      writer.U64(number, value.number);
      writer.Data(number, value.bytes);
      continue;
    }
    const void* const member = MemberOf(object, field);
    auto nested = static_cast<const std::byte*>(member);
    std::size_t count = 1;
    if (field.kind == kModels) {
      const auto& models = *static_cast<const std::span<const NodeModel>*>(member);
      nested = reinterpret_cast<const std::byte*>(models.data());
      count = models.size();
    }
    for (; count > 0; --count, nested += sizeof(NodeModel)) {
      const std::size_t begin = writer.Begin(number);
      Write(writer, kNested[field.kind - kVersion], nested);
      writer.End(begin);
    }
  }
}

Bytes Write(const Message& message, const void* object, std::span<std::uint8_t> buffer) {
  ProtoWriter writer(buffer);
  Write(writer, message, object);
  return writer.ok() ? writer.written() : Bytes{};
}

bool Read(const Message& message, Bytes bytes, void* object);

bool ReadField(const Field& field, const ProtoField& read, void* object) {
  void* const member = MemberOf(object, field);
  if (field.kind >= kVersion) return Read(kNested[field.kind - kVersion], read.value.bytes, member);
  if (field.kind == kVerb) {
    const std::uint64_t verb = read.value.number;
    if (verb <= kLastVerb) *static_cast<std::uint8_t*>(member) = static_cast<std::uint8_t>(verb);
    return true;
  }
  if (field.kind < Field::kU64 && read.is_bytes) return false;
  return Assign(object, field, read.value);
}

// Fields behind the last one are those of newer gateways.
bool Read(const Message& message, Bytes bytes, void* object) {
  ProtoReader reader(bytes);
  bool lacks_hash = message.fields[0].kind == Field::kHash;
  for (ProtoField read; reader.Next(read);) {
    if (read.number > message.count) continue;
    if (read.number == 1) lacks_hash = false;
    if (!ReadField(message.fields[read.number - 1], read, object)) return false;
  }
  return reader.ok() && !lacks_hash;
}

}  // namespace

const char* UpdateReasonName(UpdateReason reason) {
  static constexpr const char* kNames[] = {"none",
                                           "malformed",
                                           "truncated",
                                           "too large for the slot",
                                           "wrong hardware",
                                           "wrong target",
                                           "wrong runtime",
                                           "missing operator",
                                           "arena too small",
                                           "downgrade",
                                           "wrong digest",
                                           "unknown key",
                                           "wrong signature",
                                           "golden test failed",
                                           "flash error",
                                           "reverted",
                                           "self-test failed",
                                           "busy"};
  const auto i = static_cast<std::size_t>(reason);
  return i < std::size(kNames) ? kNames[i] : "unknown";
}

Bytes WriteNodeState(const NodeState& state, std::span<std::uint8_t> buffer) {
  static constexpr Message kAll = kStateFields;
  static constexpr Message kWithoutCrash(kAll, kAll.count - 1);
  static constexpr Message kShort(kAll, kShortStateFields);
  const bool is_short =
      state.kind == NodeState::Kind::kLost || state.kind == NodeState::Kind::kSleeping;
  return Write(is_short ? kShort : state.crash.count == 0 ? kWithoutCrash : kAll, &state, buffer);
}

Bytes WriteOtaReport(const OtaReport& report, std::span<std::uint8_t> buffer) {
  static constexpr Message kReport = kReportFields;
  return Write(kReport, &report, buffer);
}

Bytes WriteNodeTelemetry(const NodeTelemetry& telemetry, std::span<std::uint8_t> buffer) {
  static constexpr Message kTelemetry = kTelemetryFields;
  return Write(kTelemetry, &telemetry, buffer);
}

Bytes WriteNodeResult(const NodeResult& result, std::span<std::uint8_t> buffer) {
  static constexpr Message kResult = kResultFields;
  return Write(kResult, &result, buffer);
}

Status ParseDesired(Bytes payload, Desired& desired) {
  static constexpr Message kDesired = kDesiredFields;
  return Read(kDesired, payload, &desired) ? Status::kOk : Status::kInvalidArgument;
}

Status ParseNodeCommand(Bytes payload, NodeCommand& command) {
  static constexpr Message kCommand = kCommandFields;
  return Read(kCommand, payload, &command) ? Status::kOk : Status::kInvalidArgument;
}

}  // namespace tinyfog::wire
