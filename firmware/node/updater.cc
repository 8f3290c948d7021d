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
      firmware_(flash, config_, hash_),
      models_(flash, config_, hash_, writer_) {}

Status Updater::Open() {
  StopWork();
  is_held_ = false;
  if (flash_.geometry().erase > wire::kChunkBytes) return Status::kInvalidArgument;
  if (const Status opened = firmware_.Open(); opened != Status::kOk) return opened;
  const bool is_testing = firmware_.is_testing();
  if (const Status opened = models_.Open(!is_testing); opened != Status::kOk) return opened;
  if (is_testing || firmware_.has_ended()) TellFirmware();
  return Status::kOk;
}

void Updater::Tell(const ArtifactUpdate& update, State state, const Objection& objection) {
  const Transfer& kept = update.transfer();
  const std::uint64_t desired = desired_ != 0 ? desired_ : kept.desired;
  reports_.Tell(update.kind(), {state, kept.digest, desired, kept.chunks(), objection});
}

// How it stands when it is not in work.
void Updater::TellFirmware() {
  const Transfer& kept = firmware_.transfer();
  State state = State::kDone;
  if (kept.state == Transfer::State::kStaged) {
    state = firmware_.is_testing() ? State::kTesting : State::kStaged;
  } else if (kept.state == Transfer::State::kRefused) {
    state = State::kRefused;
  } else if (kept.state != Transfer::State::kDone) {
    return;
  }
  Tell(firmware_, state, {kept.reason});
}

void Updater::Want(const wire::Desired& desired) {
  desired_ = desired.version;
  is_held_ = false;
  if (wants_restart() || is_testing_firmware()) {
    // Slot B holds what is installed next, or the way back.
    is_held_ = desired.firmware.chunks != 0 || desired.model.chunks != 0;
    if (firmware_.transfer().digest == desired.firmware.digest) TellFirmware();
    return;
  }
  const bool is_busy = Consider(firmware_, desired.firmware);
  if (is_busy) {
    is_held_ = desired.model.chunks != 0;
  } else {
    Consider(models_, desired.model);
  }
}

bool Updater::wants_desired() const {
  return is_held_ && stage_ == Stage::kNone && !wants_restart() && !is_testing_firmware();
}

// Whether the artifact is in work now.
bool Updater::Consider(ArtifactUpdate& update, const wire::DesiredArtifact& artifact) {
  const bool is_in_work = work_ == &update;
  if (is_in_work && artifact.chunks != 0 && update.transfer().digest == artifact.digest) {
    Tell(update, IsIncomplete() ? State::kWant : State::kVerifying);
    return true;
  }
  if (is_in_work) StopWork();
  if (artifact.chunks == 0) return false;
  Objection objection;
  const Verdict verdict = update.Consider(artifact, desired_, objection);
  if (verdict == Verdict::kTransfer) {
    StartWork(update);
    return true;
  }
  const State state = verdict == Verdict::kThere ? State::kDone : State::kRefused;
  reports_.Tell(update.kind(), {state, artifact.digest, desired_, artifact.chunks, objection});
  return false;
}

void Updater::StartWork(ArtifactUpdate& update) {
  StopWork();
  work_ = &update;
  const bool is_whole = update.transfer().is_whole();
  stage_ = is_whole ? Stage::kVerifying : Stage::kReceiving;
  Tell(update, is_whole ? State::kVerifying : State::kWant);
  if (is_whole) update.StartVerify();
}

void Updater::StopWork() {
  writer_.Abandon();
  work_ = nullptr;
  stage_ = Stage::kNone;
  flash_failures_ = bad_chunks_ = 0;
}

void Updater::Finish(const Objection& objection) {
  const bool is_staged = work_ == &firmware_;
  Tell(*work_, objection ? State::kRefused : is_staged ? State::kStaged : State::kDone, objection);
  StopWork();
}

std::optional<wire::Sha256> Updater::wanted() const {
  if (!IsIncomplete()) return std::nullopt;
  return work_->transfer().digest;
}

Status Updater::BeginChunk(const wire::Sha256& digest, std::uint32_t index, std::uint32_t bytes) {
  writer_.Abandon();
  if (!IsIncomplete() || digest != work_->transfer().digest) return Status::kNotFound;
  if (index >= work_->transfer().chunks()) return Status::kOutOfRange;
  if (work_->transfer().has(index)) return Status::kAlreadyExists;
  chunk_ = index;
  ChunkWriter::Chunk chunk;
  const bool fits = work_->PlaceChunk(index, bytes, chunk);
  return CountFailure(fits ? writer_.Begin(chunk) : Status::kInvalidArgument);
}

void Updater::ChunkPiece(wire::Bytes piece) { writer_.Write(piece); }

void Updater::AbandonChunk() { writer_.Abandon(); }

Status Updater::EndChunk() {
  if (!writer_.is_open()) return Status::kFailedPrecondition;
  Status status = writer_.End();
  if (status == Status::kOk) status = work_->journal().AddChunk(chunk_);
  if (status != Status::kOk) return CountFailure(status);
  flash_failures_ = bad_chunks_ = 0;
  if (work_->transfer().is_whole()) StartWork(*work_);
  return Status::kOk;
}

// What never comes whole, or never gets into the flash, is given up.
Status Updater::CountFailure(Status status) {
  if (status == Status::kOk) return status;
  const bool is_bad = status == Status::kInvalidArgument;
  const std::uint8_t failures = is_bad ? ++bad_chunks_ : ++flash_failures_;
  if (failures < (is_bad ? kMostBadChunks : kMostFlashFailures)) return status;
  const Objection objection{is_bad ? UpdateReason::kMalformed : UpdateReason::kFlash};
  static_cast<void>(work_->journal().SetState(Transfer::State::kRefused, objection.reason));
  Finish(objection);
  return status;
}

bool Updater::Work() {
  if (stage_ != Stage::kVerifying) return false;
  Objection objection;
  if (work_->Verify(objection)) return true;
  if (work_->wants_transfer()) {
    StopWork();
    is_held_ = true;
  } else {
    Finish(objection);
  }
  return false;
}

bool Updater::TakeReport(std::uint64_t now_ms, wire::OtaReport& report) {
  const ArtifactUpdate* incomplete = IsIncomplete() ? work_ : nullptr;
  return reports_.Take(now_ms, incomplete, report);
}

std::uint64_t Updater::NextReportMs() const { return reports_.NextMs(IsIncomplete()); }

Status Updater::ConfirmFirmware() {
  if (!is_testing_firmware()) return Status::kOk;
  if (const Status confirmed = firmware_.Confirm(); confirmed != Status::kOk) return confirmed;
  TellFirmware();
  return Status::kOk;
}

}  // namespace tinyfog::node
