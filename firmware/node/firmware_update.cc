#include "tinyfog/node/firmware_update.h"

namespace tinyfog::node {
namespace {

using wire::UpdateReason;

// Of one firmware, when a power cut has ended each.
constexpr std::uint8_t kMostTries = 10;

}  // namespace

FirmwareUpdate::FirmwareUpdate(hal::Flash& flash, const UpdaterConfig& config, PiecewiseHash& hash)
    : ArtifactUpdate(wire::ArtifactKind::kFirmware, flash, config.map.update_journal, config, hash),
      flash_(flash) {
  chunks_at_ = config.map.firmware.slot_b;
}

Status FirmwareUpdate::Open() {
  is_staged_ = has_ended_ = false;
  if (!config_.has_bootloader) return Status::kOk;
  const boot::Layout& layout = config_.map.firmware;
  if (const Status read = ReadState(); read != Status::kOk) return read;
  const boot::CheckedImage image = boot::ReadImage(flash_, layout.slot_a, layout.slot_bytes);
  if (image.refusal == boot::Refusal::kFlash) return Status::kUnavailable;
  running_.reset();
  if (image.ok()) {
    version_ = image.header.version;
    running_ = image.tlvs.digest;
  }
  if (const Status opened = journal_.Open(); opened != Status::kOk) return opened;
  LearnEnd();
  return Status::kOk;
}

Status FirmwareUpdate::ReadState() {
  return boot::ReadState(flash_, config_.map.firmware, state_);
}

bool FirmwareUpdate::Runs(const Transfer& next, wire::Bytes) const {
  return running_ && *running_ == next.content;
}

// The journal says what was asked for, the bootloader's state what became of it. Records that
// cannot be written now are found out again at the next start.
void FirmwareUpdate::LearnEnd() {
  const Transfer& kept = transfer();
  if (!kept.is_open() && kept.state != Transfer::State::kStaged) {
    // The firmware that came back tells why the one before it refused itself.
    has_ended_ = kept.state == Transfer::State::kRefused && !is_testing();
    return;
  }
  const bool runs = RunsKept();
  if (is_testing()) {
    // A cut came between request and record.
    if (runs && kept.is_open()) {
      static_cast<void>(journal_.SetStaged());
    }
  } else if (runs) {
    has_ended_ = true;
    End(Transfer::State::kDone);
  } else if (kept.state == Transfer::State::kStaged) {
    LearnFailure();
  }
}

// A test that a power cut has ended says nothing of the firmware, which is in slot B again.
void FirmwareUpdate::LearnFailure() {
  const bool is_reverted = state_.outcome == boot::Outcome::kReverted;
  if (is_reverted && config_.lost_power && transfer().tries < kMostTries) {
    End(Transfer::State::kHeld);
    return;
  }
  has_ended_ = true;
  UpdateReason reason = UpdateReason::kReverted;
  if (state_.outcome == boot::Outcome::kRefused) reason = ReasonOf(state_.refusal);
  // The bootloader could not even keep its refusal: without an end it would be asked for ever.
  if (state_.phase != boot::Phase::kIdle) reason = UpdateReason::kFlash;
  End(Transfer::State::kRefused, reason);
}

wire::NodeFirmware FirmwareUpdate::Describe() const {
  wire::NodeFirmware firmware;
  firmware.version = version_;
  firmware.counter = state_.counter;
  firmware.confirmed = running_ && !is_testing();
  firmware.outcome = static_cast<std::uint32_t>(state_.outcome);
  const Transfer& kept = transfer();
  if (kept.state == Transfer::State::kRefused) {
    firmware.reason = kept.reason;
  } else if (state_.refusals > 0) {
    firmware.reason = ReasonOf(state_.refusal);
  }
  if (running_) firmware.digest = *running_;
  return firmware;
}

Objection FirmwareUpdate::CheckProof(const wire::DesiredArtifact& artifact, Transfer& next) {
  boot::CheckedImage proof;
  const Objection objection =
      CheckFirmwareProof(config_, state_.counter, artifact.bytes, artifact.proof, proof);
  next.bytes = artifact.bytes;
  next.content = proof.tlvs.digest;
  hash_end_ = proof.header.HashedBytes();
  return objection;
}

// The firmware before this one, or one that was reverted.
bool FirmwareUpdate::SlotHolds(const Transfer& next, wire::Bytes) const {
  const boot::Layout& layout = config_.map.firmware;
  const boot::CheckedImage b = boot::ReadImage(flash_, layout.slot_b, layout.slot_bytes);
  return b.ok() && b.tlvs.digest == next.content;
}

Status FirmwareUpdate::PrepareSlot(wire::Bytes) { return Status::kOk; }

void FirmwareUpdate::StartVerify() { hash_.Start({config_.mapped + chunks_at_, hash_end_}); }

// What boot::CheckImage does, behind the hash that was made in pieces: also the proof's claims, of
// which only the digest was signed.
Objection FirmwareUpdate::CheckWhole() {
  if (!hash_.Is(transfer().content)) return {UpdateReason::kWrongDigest};
  const boot::Layout& layout = config_.map.firmware;
  const boot::CheckedImage image = boot::ReadImage(flash_, layout.slot_b, layout.slot_bytes);
  if (!image.ok()) return {ReasonOf(image.refusal)};
  if (image.header.HashedBytes() != hash_end_ || image.tlvs.digest != transfer().content) {
    return {UpdateReason::kWrongDigest};
  }
  return CheckFirmwareTlvs(config_, state_.counter, image.tlvs);
}

// The request comes before the record: a cut between them costs one more try, no wrong report.
Objection FirmwareUpdate::Install() {
  const Status asked = boot::RequestUpdate(flash_, config_.map.firmware, false);
  if (asked == Status::kFailedPrecondition) return {UpdateReason::kBusy};
  if (asked != Status::kOk) return {UpdateReason::kFlash};
  is_staged_ = true;
  static_cast<void>(journal_.SetStaged());
  return {};
}

bool FirmwareUpdate::VerifyPiece(Objection& objection) {
  if (hash_.Step()) return true;
  objection = CheckWhole();
  return false;
}

Status FirmwareUpdate::Confirm() {
  const Status confirmed = boot::ConfirmUpdate(flash_, config_.map.firmware);
  if (confirmed != Status::kOk || !is_testing()) return confirmed;
  // Phase and least counter are others now.
  if (const Status read = ReadState(); read != Status::kOk) return read;
  // Without the record the next start finds it out.
  if (RunsKept()) {
    End(Transfer::State::kDone);
  }
  return Status::kOk;
}

Status FirmwareUpdate::Reject(UpdateReason reason) {
  if (!is_testing() || !RunsKept()) return Status::kOk;
  return journal_.SetState(Transfer::State::kRefused, reason);
}

}  // namespace tinyfog::node
