#include "tinyfog/node/firmware_update.h"

#include <algorithm>

namespace tinyfog::node {
namespace {

using wire::UpdateReason;

constexpr std::uint32_t kPieceBytes = 1024;  // hashed at once
// Of one firmware, when a power cut has ended each.
constexpr std::uint8_t kMostTries = 10;

}  // namespace

FirmwareUpdate::FirmwareUpdate(hal::Flash& flash, const UpdaterConfig& config,
                               std::optional<boot::Hasher>& hasher)
    : flash_(flash), config_(config), journal_(flash, config.map.update_journal), hasher_(hasher) {}

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
  boot::StateStore store(flash_, config_.map.firmware.journal);
  if (const Status opened = store.Open(); opened != Status::kOk) return opened;
  state_ = store.state();
  return Status::kOk;
}

bool FirmwareUpdate::Runs(const wire::Sha256& content) const {
  return running_ && *running_ == content;
}

// The journal says what was asked for, the bootloader's state what became of it. Records that
// cannot be written now are found out again at the next start.
void FirmwareUpdate::LearnEnd() {
  const Transfer& kept = journal_.transfer();
  if (!kept.is_open() && kept.state != Transfer::State::kStaged) {
    // The firmware that came back tells why the one before it refused itself.
    has_ended_ = kept.state == Transfer::State::kRefused && !is_testing();
    return;
  }
  const bool runs = Runs(kept.content);
  if (is_testing()) {
    // A cut came between request and record.
    if (runs && kept.is_open()) {
      static_cast<void>(journal_.SetStaged());
    }
  } else if (runs) {
    has_ended_ = true;
    static_cast<void>(journal_.SetState(Transfer::State::kDone));
  } else if (kept.state == Transfer::State::kStaged) {
    LearnFailure();
  }
}

// A test that a power cut has ended says nothing of the firmware, which is in slot B again.
void FirmwareUpdate::LearnFailure() {
  const bool is_reverted = state_.outcome == boot::Outcome::kReverted;
  if (is_reverted && config_.lost_power && journal_.transfer().tries < kMostTries) {
    static_cast<void>(journal_.SetState(Transfer::State::kHeld));
    return;
  }
  has_ended_ = true;
  UpdateReason reason = UpdateReason::kReverted;
  if (state_.outcome == boot::Outcome::kRefused) reason = ReasonOf(state_.refusal);
  // The bootloader could not even keep its refusal: without an end it would be asked for ever.
  if (state_.phase != boot::Phase::kIdle) reason = UpdateReason::kFlash;
  static_cast<void>(journal_.SetState(Transfer::State::kRefused, reason));
}

wire::NodeFirmware FirmwareUpdate::Describe() const {
  wire::NodeFirmware firmware;
  firmware.version = version_;
  firmware.counter = state_.counter;
  firmware.confirmed = running_ && !is_testing();
  firmware.outcome = static_cast<std::uint32_t>(state_.outcome);
  const Transfer& kept = journal_.transfer();
  if (kept.state == Transfer::State::kRefused) {
    firmware.reason = kept.reason;
  } else if (state_.refusals > 0) {
    firmware.reason = ReasonOf(state_.refusal);
  }
  if (running_) firmware.digest = *running_;
  return firmware;
}

// Slot B has the firmware before this one, or one that was reverted: perhaps what is wanted now.
Status FirmwareUpdate::Begin(const Transfer& transfer) {
  const boot::Layout& layout = config_.map.firmware;
  const boot::CheckedImage b = boot::ReadImage(flash_, layout.slot_b, layout.slot_bytes);
  const bool is_held = b.ok() && b.tlvs.digest == transfer.content && !wants_transfer_;
  wants_transfer_ = false;
  return is_held ? journal_.BeginHeld(transfer) : journal_.Begin(transfer);
}

Verdict FirmwareUpdate::Consider(const wire::DesiredArtifact& artifact, std::uint64_t desired,
                                 Objection& objection) {
  const Transfer& kept = journal_.transfer();
  const bool is_known = kept.digest == artifact.digest;
  if (is_known && kept.state == Transfer::State::kRefused) {
    objection = {kept.reason};
    return Verdict::kRefused;
  }
  FirmwareProof proof;
  objection = CheckFirmwareProof(config_, state_.counter, artifact.bytes, artifact.proof, proof);
  Transfer next;
  next.bytes = artifact.bytes;
  if (!objection && artifact.chunks != next.chunks()) objection = {UpdateReason::kMalformed};
  if (objection) return Verdict::kRefused;
  if (Runs(proof.tlvs.digest)) return Verdict::kThere;

  next.digest = artifact.digest;
  next.content = proof.tlvs.digest;
  next.desired = desired;
  next.state = Transfer::State::kReceiving;
  hash_end_ = proof.header.HashedBytes();
  const bool goes_on =
      is_known && kept.is_open() && kept.bytes == next.bytes && kept.content == next.content;
  if (!goes_on && Begin(next) != Status::kOk) {
    objection = {UpdateReason::kFlash};
    return Verdict::kRefused;
  }
  return Verdict::kTransfer;
}

ChunkWriter::Chunk FirmwareUpdate::ChunkAt(std::uint32_t index, std::uint32_t message_bytes) const {
  const std::uint32_t begin = index * wire::kChunkBytes;
  return {.offset = config_.map.firmware.slot_b + begin,
          .message_bytes = message_bytes,
          .bytes = std::min(wire::kChunkBytes, journal_.transfer().bytes - begin),
          .is_encoded = false,
          .codes = {}};
}

void FirmwareUpdate::StartVerify() {
  hashed_ = 0;
  hasher_.emplace();
}

Status FirmwareUpdate::HashPiece() {
  std::uint8_t buffer[256];
  const std::uint32_t end = std::min(hashed_ + kPieceBytes, hash_end_);
  while (hashed_ < end) {
    const std::span piece(buffer, std::min<std::uint32_t>(end - hashed_, sizeof buffer));
    const Status read = flash_.Read(config_.map.firmware.slot_b + hashed_, piece);
    if (read != Status::kOk) return read;
    hasher_->Add(piece);
    hashed_ += static_cast<std::uint32_t>(piece.size());
  }
  return Status::kOk;
}

// What boot::CheckImage does, behind the hash that was made in pieces: also the proof's claims, of
// which only the digest was signed.
Objection FirmwareUpdate::CheckWhole() {
  if (hasher_->Finish() != journal_.transfer().content) return {UpdateReason::kWrongDigest};
  const boot::Layout& layout = config_.map.firmware;
  const boot::CheckedImage image = boot::ReadImage(flash_, layout.slot_b, layout.slot_bytes);
  if (!image.ok()) return {ReasonOf(image.refusal)};
  if (image.header.HashedBytes() != hash_end_ || image.tlvs.digest != journal_.transfer().content) {
    return {UpdateReason::kWrongDigest};
  }
  const boot::Refusal claims = boot::CheckClaims(image.tlvs, config_.trust, state_.counter);
  if (claims != boot::Refusal::kNone) {
    return {ReasonOf(claims), image.tlvs.security_counter, state_.counter};
  }
  return {ReasonOf(boot::CheckSignature(image.tlvs, config_.trust))};
}

// The request comes before the record: a cut between them costs one more try, no wrong report.
Objection FirmwareUpdate::Stage() {
  const Status asked = boot::RequestUpdate(flash_, config_.map.firmware, false);
  if (asked == Status::kFailedPrecondition) return {UpdateReason::kBusy};
  if (asked != Status::kOk) return {UpdateReason::kFlash};
  is_staged_ = true;
  static_cast<void>(journal_.SetStaged());
  return {};
}

bool FirmwareUpdate::Verify(Objection& objection) {
  const Status hashed = HashPiece();
  if (hashed == Status::kOk && hashed_ < hash_end_) return true;
  objection = hashed == Status::kOk ? CheckWhole() : Objection{UpdateReason::kFlash};
  hasher_.reset();
  if (objection && journal_.transfer().state == Transfer::State::kHeld) {
    wants_transfer_ = true;
    static_cast<void>(journal_.SetState(Transfer::State::kNone));
    return false;
  }
  if (!objection) objection = Stage();
  if (objection) {
    static_cast<void>(journal_.SetState(Transfer::State::kRefused, objection.reason));
  }
  return false;
}

Status FirmwareUpdate::Confirm() {
  const Status confirmed = boot::ConfirmUpdate(flash_, config_.map.firmware);
  if (confirmed != Status::kOk || !is_testing()) return confirmed;
  // Phase and least counter are others now.
  if (const Status read = ReadState(); read != Status::kOk) return read;
  // Without the record the next start finds it out.
  if (Runs(journal_.transfer().content)) {
    static_cast<void>(journal_.SetState(Transfer::State::kDone));
  }
  return Status::kOk;
}

Status FirmwareUpdate::Reject(UpdateReason reason) {
  if (!is_testing() || !Runs(journal_.transfer().content)) return Status::kOk;
  return journal_.SetState(Transfer::State::kRefused, reason);
}

}  // namespace tinyfog::node
