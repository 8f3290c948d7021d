#include "tinyfog/node/model_update.h"

#include <algorithm>
#include <cstring>

namespace tinyfog::node {
namespace {

constexpr std::uint32_t kMagic = 0x31564654;  // "TFV1"
using wire::UpdateReason;

}  // namespace

ModelUpdate::ModelUpdate(hal::Flash& flash, const UpdaterConfig& config, PiecewiseHash& hash,
                         ChunkWriter& writer)
    : ArtifactUpdate(wire::ArtifactKind::kModel, flash,
                     config.map.update_journal + 2 * flash.geometry().erase, config, hash),
      writer_(writer),
      log_(flash, config.map.model_journal, kMagic),
      check_(config, hash) {}

Status ModelUpdate::Open(bool may_switch) {
  model_.reset();
  slots_ = Slots{};
  const Status read = log_.Open(boot::RecordBytes(slots_));
  if (read != Status::kOk) return read;
  if (const Status opened = journal_.Open(); opened != Status::kOk) return opened;
  if (slots_.active < 2 && !Adopt(slots_.active)) {
    const std::uint32_t other = 1u - slots_.active;
    // Nothing is lost when the record cannot be written: the next start falls back again.
    if (Adopt(other) && may_switch) static_cast<void>(Switch(other, slots_.counter));
  }
  const Transfer& kept = transfer();
  if (model_ && kept.is_open() && kept.slot == model_->slot) {
    // The switch was the last that went through.
    if (may_switch) End(Transfer::State::kDone);
  }
  ListModels();
  return Status::kOk;
}

// A model that was accepted once is a way back, whatever its counter.
bool ModelUpdate::Adopt(std::uint32_t slot) {
  check_.Start(slot, 0);
  while (check_.Step()) {
    if (config_.platform != nullptr) config_.platform->FeedWatchdog();
  }
  if (check_.objection()) return false;
  Activate();
  return true;
}

void ModelUpdate::Activate() {
  model_ = ActiveModel{check_.manifest(), check_.tfm(), check_.slot()};
}

Status ModelUpdate::Switch(std::uint32_t slot, std::uint32_t counter) {
  Slots next{counter, static_cast<std::uint8_t>(slot), {}};
  const Status written = log_.Write(boot::RecordBytes(next));
  if (written == Status::kOk) slots_ = next;
  return written;
}

// Never the one that runs, nor, while none can run, the one that last did.
std::uint32_t ModelUpdate::FreeSlot() const {
  if (model_) return 1 - model_->slot;
  return slots_.active == 0 ? 1 : 0;
}

bool ModelUpdate::Holds(std::uint32_t slot, wire::Bytes proof) const {
  const std::uint8_t* kept = ManifestPlace(config_, slot).data();
  return std::memcmp(kept, proof.data(), wire::ModelManifestBytes(proof)) == 0;
}

Objection ModelUpdate::CheckProof(const wire::DesiredArtifact& artifact, Transfer& next) {
  wire::ModelManifest manifest;
  const Objection objection = CheckModelProof(config_, slots_.counter, artifact.proof, manifest);
  next.bytes = manifest.tfm_bytes;
  next.content = manifest.digest;
  next.slot = static_cast<std::uint8_t>(FreeSlot());
  return objection;
}

bool ModelUpdate::Runs(const Transfer&, wire::Bytes proof) const {
  return model_ && Holds(model_->slot, proof);
}

bool ModelUpdate::SlotHolds(const Transfer& next, wire::Bytes proof) const {
  return Holds(next.slot, proof);
}

// The manifest is written like a chunk, and before any.
Status ModelUpdate::PrepareSlot(wire::Bytes proof) {
  const std::uint32_t slot = transfer().slot;
  const std::uint32_t offset = config_.map.model_slots[slot];
  if (!Holds(slot, proof)) {
    const std::uint32_t bytes = wire::ModelManifestBytes(proof);
    const Status erased = writer_.Begin({offset, bytes, bytes, false, {}});
    if (erased != Status::kOk) return erased;
    writer_.Write(proof.first(bytes));
    if (const Status written = writer_.End(); written != Status::kOk) return written;
    if (!Holds(slot, proof)) return Status::kDataLoss;
  }
  chunks_at_ = offset + wire::kChunkBytes;
  codes_ = KeptManifest(config_, slot).codes;
  ListModels();
  return Status::kOk;
}

void ModelUpdate::StartVerify() { check_.Start(transfer().slot, slots_.counter); }

bool ModelUpdate::VerifyPiece(Objection& objection) {
  if (check_.Step()) return true;
  objection = check_.objection();
  return false;
}

Objection ModelUpdate::Install() {
  const std::uint32_t counter = std::max(slots_.counter, check_.manifest().security_counter);
  if (Switch(check_.slot(), counter) != Status::kOk) return {UpdateReason::kFlash};
  Activate();
  End(Transfer::State::kDone);
  ListModels();
  return {};
}

// The active one and what could take its place; a slot that is being written holds nothing.
void ModelUpdate::ListModels() {
  listed_count_ = 0;
  if (!model_) return;
  const wire::ModelManifest& runs = model_->manifest;
  listed_[listed_count_++] = {runs.name, runs.version, runs.digest, true, model_->slot};
  const std::uint32_t other = 1 - model_->slot;
  const Transfer& kept = transfer();
  if (kept.slot == other && kept.state != Transfer::State::kDone &&
      kept.state != Transfer::State::kNone) {
    return;
  }
  const wire::ModelManifest manifest = KeptManifest(config_, other);
  if (manifest.name.empty()) return;
  other_digest_ = manifest.digest;
  listed_[listed_count_++] = {manifest.name, manifest.version, other_digest_, false, other};
}

}  // namespace tinyfog::node
