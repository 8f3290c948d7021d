#include "tinyfog/node/updater.h"

namespace tinyfog::node {
namespace {

using wire::UpdateReason;
using State = wire::OtaReport::State;

// In a row, before the artifact is given up.
constexpr std::uint8_t kMostFlashFailures = 4;
constexpr std::uint8_t kMostBadChunks = 16;

}  // namespace

Updater::Updater(hal::Flash& flash, const UpdaterConfig& config)
    : flash_(flash),
      config_(config),
      writer_(flash),
      firmware_(flash, config_, hasher_),
      models_(flash, config_, hasher_, writer_) {}

Status Updater::Open() {
  StopWork();
  is_held_ = false;
  if (wire::kChunkBytes % flash_.geometry().erase != 0) return Status::kInvalidArgument;
  if (const Status opened = firmware_.Open(); opened != Status::kOk) return opened;
  const bool is_testing = firmware_.is_testing();
  if (const Status opened = models_.Open(!is_testing); opened != Status::kOk) return opened;
  if (is_testing || firmware_.has_ended()) TellKept(Kind::kFirmware);
  return Status::kOk;
}

TransferJournal& Updater::JournalOf(Kind kind) {
  return kind == Kind::kFirmware ? firmware_.journal() : models_.journal();
}
const TransferJournal& Updater::JournalOf(Kind kind) const {
  return kind == Kind::kFirmware ? firmware_.journal() : models_.journal();
}

void Updater::Tell(Kind kind, State state, const Objection& objection) {
  const Transfer& kept = JournalOf(kind).transfer();
  const std::uint64_t desired = desired_ != 0 ? desired_ : kept.desired;
  reports_.Tell(kind, {state, kept.digest, desired, kept.chunks(), objection});
}

// How a transfer stands that is not in work.
void Updater::TellKept(Kind kind) {
  const Transfer& kept = JournalOf(kind).transfer();
  switch (kept.state) {
    case Transfer::State::kStaged:
      return Tell(kind, firmware_.is_testing() ? State::kTesting : State::kStaged);
    case Transfer::State::kDone:
      return Tell(kind, State::kDone);
    case Transfer::State::kRefused:
      return Tell(kind, State::kRefused, {kept.reason});
    case Transfer::State::kNone:
    case Transfer::State::kReceiving:
    case Transfer::State::kHeld:
      return;
  }
}

void Updater::Want(const wire::Desired& desired) {
  desired_ = desired.version;
  is_held_ = false;
  if (wants_restart() || is_testing_firmware()) {
    // Slot B holds what is installed next, or the way back.
    is_held_ = desired.firmware.chunks != 0 || desired.model.chunks != 0;
    const Transfer& kept = firmware_.journal().transfer();
    if (kept.digest == desired.firmware.digest) TellKept(Kind::kFirmware);
    return;
  }
  const bool is_busy = Consider(Kind::kFirmware, desired.firmware);
  if (is_busy) {
    is_held_ = desired.model.chunks != 0;
  } else {
    Consider(Kind::kModel, desired.model);
  }
}

bool Updater::wants_desired() const {
  return is_held_ && stage_ == Stage::kNone && !wants_restart() && !is_testing_firmware();
}

// Whether the artifact is in work now.
bool Updater::Consider(Kind kind, const wire::DesiredArtifact& artifact) {
  const bool is_in_work = kind_ == kind;
  if (is_in_work && artifact.chunks != 0 && JournalOf(kind).transfer().digest == artifact.digest) {
    Tell(kind, IsIncomplete() ? State::kWant : State::kVerifying);
    return true;
  }
  if (is_in_work) StopWork();
  if (artifact.chunks == 0) return false;
  Objection objection;
  const Verdict verdict = kind == Kind::kFirmware
                              ? firmware_.Consider(artifact, desired_, objection)
                              : models_.Consider(artifact, desired_, objection);
  if (verdict == Verdict::kTransfer) {
    StartWork(kind);
    return true;
  }
  const State state = verdict == Verdict::kThere ? State::kDone : State::kRefused;
  reports_.Tell(kind, {state, artifact.digest, desired_, artifact.chunks, objection});
  return false;
}

void Updater::StartWork(Kind kind) {
  StopWork();
  kind_ = kind;
  const Transfer& transfer = JournalOf(kind).transfer();
  const bool is_whole = transfer.received() == transfer.chunks();
  stage_ = is_whole ? Stage::kVerifying : Stage::kReceiving;
  Tell(kind, is_whole ? State::kVerifying : State::kWant);
  if (!is_whole) return;
  kind == Kind::kFirmware ? firmware_.StartVerify() : models_.StartVerify();
}

void Updater::StopWork() {
  writer_.Abandon();
  kind_ = Kind::kUnspecified;
  stage_ = Stage::kNone;
  flash_failures_ = bad_chunks_ = 0;
}

void Updater::Finish(const Objection& objection) {
  const bool is_staged = kind_ == Kind::kFirmware;
  Tell(kind_, objection ? State::kRefused : is_staged ? State::kStaged : State::kDone, objection);
  StopWork();
}

std::optional<wire::Sha256> Updater::wanted() const {
  if (!IsIncomplete()) return std::nullopt;
  return JournalOf(kind_).transfer().digest;
}

Status Updater::BeginChunk(const wire::Sha256& digest, std::uint32_t index, std::uint32_t bytes) {
  writer_.Abandon();
  if (!IsIncomplete()) return Status::kNotFound;
  const Transfer& transfer = JournalOf(kind_).transfer();
  if (digest != transfer.digest) return Status::kNotFound;
  if (index >= transfer.chunks()) return Status::kOutOfRange;
  if (transfer.has(index)) return Status::kAlreadyExists;
  const ChunkWriter::Chunk chunk =
      kind_ == Kind::kFirmware ? firmware_.ChunkAt(index, bytes) : models_.ChunkAt(index, bytes);
  const bool fits =
      chunk.is_encoded ? bytes > 1 && bytes <= wire::kEncodedChunkBytes : bytes == chunk.bytes;
  chunk_ = index;
  return CountFailure(fits ? writer_.Begin(chunk) : Status::kInvalidArgument);
}

void Updater::ChunkPiece(wire::Bytes piece) { writer_.Write(piece); }

void Updater::AbandonChunk() { writer_.Abandon(); }

Status Updater::EndChunk() {
  if (!writer_.is_open()) return Status::kFailedPrecondition;
  Status status = writer_.End();
  if (status == Status::kOk) status = JournalOf(kind_).AddChunk(chunk_);
  if (status != Status::kOk) return CountFailure(status);
  flash_failures_ = bad_chunks_ = 0;
  const Transfer& transfer = JournalOf(kind_).transfer();
  if (transfer.received() == transfer.chunks()) StartWork(kind_);
  return Status::kOk;
}

// What never comes whole, or never gets into the flash, is given up.
Status Updater::CountFailure(Status status) {
  if (status == Status::kOk) return status;
  const bool is_bad = status == Status::kInvalidArgument;
  const std::uint8_t failures = is_bad ? ++bad_chunks_ : ++flash_failures_;
  if (failures < (is_bad ? kMostBadChunks : kMostFlashFailures)) return status;
  const Objection objection{is_bad ? UpdateReason::kMalformed : UpdateReason::kFlash};
  static_cast<void>(JournalOf(kind_).SetState(Transfer::State::kRefused, objection.reason));
  Finish(objection);
  return status;
}

bool Updater::Work() {
  if (stage_ != Stage::kVerifying) return false;
  Objection objection;
  const bool more =
      kind_ == Kind::kFirmware ? firmware_.Verify(objection) : models_.Verify(objection);
  if (more) return true;
  if (kind_ == Kind::kModel ? models_.wants_transfer() : firmware_.wants_transfer()) {
    StopWork();
    is_held_ = true;
  } else {
    Finish(objection);
  }
  return false;
}

bool Updater::TakeReport(std::uint64_t now_ms, wire::OtaReport& report) {
  const Transfer* incomplete = IsIncomplete() ? &JournalOf(kind_).transfer() : nullptr;
  return reports_.Take(now_ms, kind_, incomplete, report);
}

std::uint64_t Updater::NextReportMs() const { return reports_.NextMs(IsIncomplete()); }

Status Updater::ConfirmFirmware() {
  if (!is_testing_firmware()) return Status::kOk;
  if (const Status confirmed = firmware_.Confirm(); confirmed != Status::kOk) return confirmed;
  TellKept(Kind::kFirmware);
  return Status::kOk;
}

}  // namespace tinyfog::node
