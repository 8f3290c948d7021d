#include "tinyfog/node/model_update.h"

#include <algorithm>

namespace tinyfog::node {
namespace {

constexpr std::uint32_t kMagic = 0x31564654;  // "TFV1"
using wire::UpdateReason;

}  // namespace

ModelUpdate::ModelUpdate(hal::Flash& flash, const UpdaterConfig& config,
                         std::optional<boot::Hasher>& hasher, ChunkWriter& writer)
    : config_(config),
      writer_(writer),
      log_(flash, config.map.model_journal, kMagic),
      journal_(flash, config.map.update_journal + 2 * flash.geometry().erase),
      check_(config, hasher) {}

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
  const Transfer& kept = journal_.transfer();
  if (model_ && kept.is_open() && kept.slot == model_->slot) {
    // The switch was the last that went through.
    if (may_switch) static_cast<void>(journal_.SetState(Transfer::State::kDone));
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

wire::Bytes ModelUpdate::Kept(std::uint32_t slot) const {
  return {config_.mapped + config_.map.model_slots[slot], wire::kManifestBytes};
}

bool ModelUpdate::Holds(std::uint32_t slot, wire::Bytes manifest) const {
  return std::equal(manifest.begin(), manifest.end(), Kept(slot).begin());
}

// A model that was there before, or was received whole, and that nothing has been written over.
bool ModelUpdate::MayHoldWhole(std::uint32_t slot, wire::Bytes manifest) const {
  const Transfer& kept = journal_.transfer();
  const bool is_whole = kept.slot != slot || kept.state == Transfer::State::kDone;
  return is_whole && !wants_transfer_ && Holds(slot, manifest);
}

Status ModelUpdate::Begin(const Transfer& transfer, wire::Bytes manifest) {
  wants_transfer_ = false;
  if (const Status begun = journal_.Begin(transfer); begun != Status::kOk) return begun;
  // The manifest is written like a chunk.
  const auto bytes = static_cast<std::uint32_t>(manifest.size());
  const Status erased =
      writer_.Begin({config_.map.model_slots[transfer.slot], bytes, bytes, false, {}});
  if (erased != Status::kOk) return erased;
  writer_.Write(manifest);
  if (const Status written = writer_.End(); written != Status::kOk) return written;
  return Holds(transfer.slot, manifest) ? Status::kOk : Status::kDataLoss;
}

Verdict ModelUpdate::Consider(const wire::DesiredArtifact& artifact, std::uint64_t desired,
                              Objection& objection) {
  const Transfer& kept = journal_.transfer();
  const bool is_known = kept.digest == artifact.digest;
  if (is_known && kept.state == Transfer::State::kRefused) {
    objection = {kept.reason};
    return Verdict::kRefused;
  }
  wire::ModelManifest manifest;
  objection = CheckModelProof(config_, slots_.counter, artifact.proof, manifest);
  if (!objection && artifact.chunks != manifest.chunks()) objection = {UpdateReason::kMalformed};
  if (objection) return Verdict::kRefused;
  const wire::Bytes signed_manifest =
      artifact.proof.first(wire::ModelManifestBytes(artifact.proof));
  if (model_ && Holds(model_->slot, signed_manifest)) return Verdict::kThere;

  Transfer next;
  next.digest = artifact.digest;
  next.content = manifest.digest;
  next.desired = desired;
  next.bytes = manifest.tfm_bytes;
  next.slot = static_cast<std::uint8_t>(FreeSlot());
  next.state = Transfer::State::kReceiving;
  const bool goes_on = is_known && kept.is_open() && kept.slot == next.slot &&
                       kept.bytes == next.bytes && Holds(next.slot, signed_manifest);
  Status begun = Status::kOk;
  if (!goes_on) {
    begun = MayHoldWhole(next.slot, signed_manifest) ? journal_.BeginHeld(next)
                                                     : Begin(next, signed_manifest);
  }
  if (begun != Status::kOk) {
    objection = {UpdateReason::kFlash};
    return Verdict::kRefused;
  }
  const auto written = wire::ParseModelManifest(Kept(next.slot));
  codes_ = written.ok() ? written->codes : wire::Bytes{};
  ListModels();
  return Verdict::kTransfer;
}

ChunkWriter::Chunk ModelUpdate::ChunkAt(std::uint32_t index, std::uint32_t message_bytes) const {
  const Transfer& transfer = journal_.transfer();
  const std::uint32_t begin = index * wire::kChunkBytes;
  return {.offset = config_.map.model_slots[transfer.slot] + wire::kChunkBytes + begin,
          .message_bytes = message_bytes,
          .bytes = std::min(wire::kChunkBytes, transfer.bytes - begin),
          .is_encoded = true,
          .codes = codes_};
}

void ModelUpdate::StartVerify() { check_.Start(journal_.transfer().slot, slots_.counter); }

bool ModelUpdate::Verify(Objection& objection) {
  if (check_.Step()) return true;
  objection = check_.objection();
  if (objection && journal_.transfer().state == Transfer::State::kHeld) {
    wants_transfer_ = true;
    static_cast<void>(journal_.SetState(Transfer::State::kNone));
    return false;
  }
  if (!objection) {
    const std::uint32_t counter = std::max(slots_.counter, check_.manifest().security_counter);
    if (Switch(check_.slot(), counter) != Status::kOk) objection = {UpdateReason::kFlash};
  }
  if (objection) {
    static_cast<void>(journal_.SetState(Transfer::State::kRefused, objection.reason));
    return false;
  }
  Activate();
  static_cast<void>(journal_.SetState(Transfer::State::kDone));
  ListModels();
  return false;
}

void ModelUpdate::List(std::uint32_t slot, const wire::ModelManifest& manifest, bool is_active) {
  digests_[slot] = manifest.digest;
  listed_[listed_count_++] = {manifest.name, manifest.version, digests_[slot], is_active, slot};
}

// The active one and what could take its place; a slot that is being written holds nothing.
void ModelUpdate::ListModels() {
  listed_count_ = 0;
  if (model_) List(model_->slot, model_->manifest, true);
  const Transfer& kept = journal_.transfer();
  const std::uint32_t other = FreeSlot();
  const bool is_whole = kept.slot != other || kept.state == Transfer::State::kDone ||
                        kept.state == Transfer::State::kNone;
  if (!model_ || !is_whole) return;
  if (const auto manifest = wire::ParseModelManifest(Kept(other)); manifest.ok()) {
    List(other, *manifest, false);
  }
}

}  // namespace tinyfog::node
