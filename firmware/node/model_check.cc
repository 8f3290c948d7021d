#include "tinyfog/node/model_check.h"

#include <algorithm>

#include "tinyfog/base/crc32.h"
#include "tinyfog/nn/interpreter.h"

namespace tinyfog::node {
namespace {

using wire::UpdateReason;

// Fills all inputs from the seed and returns their CRC.
std::uint32_t FillInputs(nn::Interpreter& interpreter, std::uint32_t seed) {
  std::uint32_t crc = 0;
  for (std::uint16_t i = 0; i < interpreter.model().input_count(); ++i) {
    const std::span<std::uint8_t> input = interpreter.input(i);
    for (std::uint8_t& byte : input) {
      seed = seed * 1664525u + 1013904223u;
      byte = static_cast<std::uint8_t>(seed >> 24);
    }
    crc = Crc32(input, crc);
  }
  return crc;
}

std::uint32_t OutputCrc(const nn::Interpreter& interpreter) {
  std::uint32_t crc = 0;
  for (std::uint16_t i = 0; i < interpreter.model().output_count(); ++i) {
    crc = Crc32(interpreter.output(i), crc);
  }
  return crc;
}

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
  if (FillInputs(*interpreter, manifest_.golden_seed) != manifest_.golden_input_crc) {
    return {UpdateReason::kGoldenFailed};
  }
  interpreter->Run();
  const bool good = OutputCrc(*interpreter) == manifest_.golden_output_crc;
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
