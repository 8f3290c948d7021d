#include "tinyfog/node/model_check.h"

#include <algorithm>

#include "tinyfog/nn/golden.h"

namespace tinyfog::node {
namespace {

using wire::UpdateReason;

UpdateReason FromModel(Status status) {
  if (status == Status::kUnimplemented) return UpdateReason::kMissingOperator;
  return status == Status::kFailedPrecondition ? UpdateReason::kWrongTarget
                                               : UpdateReason::kMalformed;
}

}  // namespace

void ModelCheck::Start(std::uint32_t slot, std::uint32_t counter) {
  slot_ = slot;
  counter_ = counter;
  hashed_ = 0;
  stage_ = Stage::kManifest;
  objection_ = {};
  hasher_.reset();
}

std::span<const std::uint8_t> ModelCheck::tfm() const {
  const std::uint32_t offset = config_.map.model_slots[slot_] + wire::kChunkBytes;
  return {config_.mapped + offset, manifest_.tfm_bytes};
}

bool ModelCheck::End(Objection objection) {
  objection_ = objection;
  stage_ = Stage::kEnd;
  hasher_.reset();
  return false;
}

bool ModelCheck::HashPiece() {
  const std::uint32_t bytes = std::min(kPieceBytes, manifest_.tfm_bytes - hashed_);
  hasher_->Add(tfm().subspan(hashed_, bytes));
  hashed_ += bytes;
  if (hashed_ < manifest_.tfm_bytes) return true;
  if (hasher_->Finish() != manifest_.digest) return End({UpdateReason::kWrongDigest});
  stage_ = Stage::kRun;
  return true;
}

Objection ModelCheck::RunGolden() {
  const auto model = nn::Model::Open(tfm(), config_.operators, config_.target);
  if (!model.ok()) return {FromModel(model.error())};
  const auto arena = static_cast<std::uint32_t>(config_.arena.size());
  if (model->arena_bytes() > arena) {
    return {UpdateReason::kArenaTooSmall, model->arena_bytes(), arena};
  }
  ++arena_uses_;
  auto interpreter = nn::Interpreter::Create(*model, config_.arena);
  if (!interpreter.ok()) return {UpdateReason::kArenaTooSmall, model->arena_bytes(), arena};
  const nn::GoldenCrcs expected{manifest_.golden_input_crc, manifest_.golden_output_crc};
  const bool good = nn::RunGolden(*interpreter, manifest_.golden_seed) == expected;
  return {good ? UpdateReason::kNone : UpdateReason::kGoldenFailed};
}

bool ModelCheck::Step() {
  switch (stage_) {
    case Stage::kManifest: {
      const wire::Bytes kept(config_.mapped + config_.map.model_slots[slot_], wire::kManifestBytes);
      if (const auto found = CheckModelProof(config_, counter_, kept, manifest_)) return End(found);
      hasher_.emplace();
      stage_ = Stage::kHash;
      return true;
    }
    case Stage::kHash:
      return HashPiece();
    case Stage::kRun:
      return End(RunGolden());
    case Stage::kEnd:
      break;
  }
  return false;
}

}  // namespace tinyfog::node
