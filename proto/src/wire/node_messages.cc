#include "tinyfog/wire/node_messages.h"

#include <algorithm>

#include "tinyfog/wire/protobuf.h"

// Field numbers: tinyfog/v1/node.proto.
namespace tinyfog::wire {
namespace {

constexpr std::uint32_t Number(auto value) { return static_cast<std::uint32_t>(value); }

Bytes Finish(const ProtoWriter& writer) { return writer.ok() ? writer.written() : Bytes{}; }

void WriteVersion(ProtoWriter& w, std::uint32_t number, const ImageVersion& version) {
  const std::size_t begin = w.Begin(number);
  w.U64(1, version.major);
  w.U64(2, version.minor);
  w.U64(3, version.revision);
  w.U64(4, version.build);
  w.End(begin);
}

void WriteFirmware(ProtoWriter& w, std::uint32_t number, const NodeFirmware& firmware) {
  const std::size_t begin = w.Begin(number);
  WriteVersion(w, 1, firmware.version);
  w.U64(2, firmware.counter);
  w.U64(3, firmware.confirmed);
  w.U64(4, firmware.outcome);
  w.U64(5, Number(firmware.reason));
  w.Data(6, firmware.digest);
  w.End(begin);
}

void WriteModel(ProtoWriter& w, std::uint32_t number, const NodeModel& model) {
  const std::size_t begin = w.Begin(number);
  w.Text(1, model.name);
  w.U64(2, model.version);
  w.Data(3, model.digest);
  w.U64(4, model.active);
  w.U64(5, model.slot);
  w.End(begin);
}

void WriteLimits(ProtoWriter& w, std::uint32_t number, const NodeState& state) {
  const std::size_t begin = w.Begin(number);
  w.U64(1, state.arena_bytes);
  w.U64(2, state.model_slot_bytes);
  w.U64(3, state.firmware_slot_bytes);
  w.End(begin);
}

void WriteCrash(ProtoWriter& w, std::uint32_t number, const NodeCrash& crash) {
  if (crash.count == 0) return;
  const std::size_t begin = w.Begin(number);
  w.U64(1, crash.count);
  w.U64(2, crash.pc);
  w.U64(3, crash.lr);
  w.U64(4, crash.status);
  w.U64(5, crash.session);
  w.End(begin);
}

/// Numbers of a parsed message; ok stays false once one was out of range.
struct Checked {
  bool ok = true;
  template <class T>
  T To(const ProtoField& field) {
    if (field.is_bytes || field.value > static_cast<T>(~T{})) ok = false;
    return static_cast<T>(field.value);
  }
};

bool ParseVersion(Bytes message, ImageVersion& version) {
  ProtoReader reader(message);
  Checked checked;
  for (ProtoField f; reader.Next(f);) {
    if (f.number == 1) version.major = checked.To<std::uint8_t>(f);
    if (f.number == 2) version.minor = checked.To<std::uint8_t>(f);
    if (f.number == 3) version.revision = checked.To<std::uint16_t>(f);
    if (f.number == 4) version.build = checked.To<std::uint32_t>(f);
  }
  return reader.ok() && checked.ok;
}

bool ParseArtifact(Bytes message, DesiredArtifact& artifact) {
  ProtoReader reader(message);
  Checked checked;
  bool has_digest = false;
  for (ProtoField f; reader.Next(f);) {
    if (f.number == 1) {
      if (f.bytes.size() != artifact.digest.size()) return false;
      std::copy(f.bytes.begin(), f.bytes.end(), artifact.digest.begin());
      has_digest = true;
    }
    if (f.number == 2) artifact.bytes = checked.To<std::uint32_t>(f);
    if (f.number == 3) artifact.chunks = checked.To<std::uint32_t>(f);
    if (f.number == 4) artifact.proof = f.bytes;
    if (f.number == 5) artifact.name = f.Text();
    if (f.number == 6) artifact.version = checked.To<std::uint32_t>(f);
    if (f.number == 7 && !ParseVersion(f.bytes, artifact.firmware_version)) return false;
  }
  return reader.ok() && checked.ok && has_digest;
}

bool ParseSettings(Bytes message, DesiredSettings& settings) {
  ProtoReader reader(message);
  Checked checked;
  for (ProtoField f; reader.Next(f);) {
    if (f.number == 1) settings.sample_interval_ms = checked.To<std::uint32_t>(f);
    if (f.number == 2) settings.cascade_permille = checked.To<std::uint32_t>(f);
    if (f.number == 3) settings.cascade_model = f.Text();
    if (f.number == 4) settings.telemetry_interval_s = checked.To<std::uint32_t>(f);
  }
  return reader.ok() && checked.ok;
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
  const std::size_t i = Number(reason);
  return i < std::size(kNames) ? kNames[i] : "unknown";
}

Bytes WriteNodeState(const NodeState& state, std::span<std::uint8_t> buffer) {
  ProtoWriter w(buffer);
  w.U64(1, Number(state.kind));
  w.U64(2, state.session);
  if (state.kind == NodeState::Kind::kLost || state.kind == NodeState::Kind::kSleeping) {
    return Finish(w);
  }
  w.Text(3, state.hardware);
  w.Text(4, state.target);
  w.U64(5, state.tfm_version);
  w.Data(6, state.operators);
  WriteFirmware(w, 7, state.firmware);
  for (const NodeModel& model : state.models) WriteModel(w, 8, model);
  w.U64(9, state.model_counter);
  WriteLimits(w, 10, state);
  w.U64(11, state.desired);
  w.U64(12, state.reset);
  WriteCrash(w, 13, state.crash);
  return Finish(w);
}

Bytes WriteOtaReport(const OtaReport& report, std::span<std::uint8_t> buffer) {
  ProtoWriter w(buffer);
  w.U64(1, Number(report.state));
  w.U64(2, Number(report.kind));
  w.Data(3, report.digest);
  w.U64(4, report.desired);
  w.U64(5, report.chunks);
  w.U64(6, report.received);
  w.Data(7, report.missing);
  w.U64(8, Number(report.reason));
  w.Text(9, report.text);
  return Finish(w);
}

Bytes WriteNodeTelemetry(const NodeTelemetry& telemetry, std::span<std::uint8_t> buffer) {
  ProtoWriter w(buffer);
  w.U64(1, telemetry.uptime_ms);
  w.U64(2, telemetry.inferences);
  w.U64(3, telemetry.inference_us);
  w.U64(4, telemetry.cascaded);
  w.U64(5, telemetry.stack_free_bytes);
  w.U64(6, telemetry.messages_lost);
  w.S32(7, telemetry.temperature_centi);
  w.U64(8, telemetry.battery_permille);
  return Finish(w);
}

Bytes WriteNodeResult(const NodeResult& result, std::span<std::uint8_t> buffer) {
  ProtoWriter w(buffer);
  w.U64(1, result.sequence);
  w.U64(2, result.top_index);
  w.U64(3, result.confidence_permille);
  w.U64(4, result.output_crc);
  w.U64(5, result.from_gateway);
  w.U64(6, result.input_crc);
  return Finish(w);
}

Result<Desired> ParseDesired(Bytes payload) {
  Desired desired;
  ProtoReader reader(payload);
  for (ProtoField f; reader.Next(f);) {
    bool good = true;
    if (f.number == 1) desired.version = f.value;
    if (f.number == 2) good = ParseArtifact(f.bytes, desired.firmware);
    if (f.number == 3) good = ParseArtifact(f.bytes, desired.model);
    if (f.number == 4) good = ParseSettings(f.bytes, desired.settings);
    if (!good) return Status::kInvalidArgument;
  }
  if (!reader.ok()) return Status::kInvalidArgument;
  return desired;
}

Result<NodeCommand> ParseNodeCommand(Bytes payload) {
  NodeCommand command;
  ProtoReader reader(payload);
  for (ProtoField f; reader.Next(f);) {
    if (f.number == 1 && f.value <= Number(NodeCommand::Verb::kSelfTest)) {
      command.verb = static_cast<NodeCommand::Verb>(f.value);
    }
    if (f.number == 2) command.id = f.value;
  }
  if (!reader.ok()) return Status::kInvalidArgument;
  return command;
}

}  // namespace tinyfog::wire
