#include "tinyfog/node/model_check.h"

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

wire::Bytes ManifestPlace(const UpdaterConfig& config, std::uint32_t slot) {
  return {config.mapped + config.map.model_slots[slot], wire::kManifestBytes};
}

wire::ModelManifest KeptManifest(const UpdaterConfig& config, std::uint32_t slot) {
  wire::ModelManifest manifest;
  const Status read = wire::ParseModelManifest(ManifestPlace(config, slot), manifest);
  if (read != Status::kOk) manifest = {};
  return manifest;
}

void ModelCheck::Start(std::uint32_t slot, std::uint32_t counter) {
  slot_ = slot;
  counter_ = counter;
  is_hashing_ = false;
}

std::span<const std::uint8_t> ModelCheck::tfm() const {
  const std::uint32_t offset = config_.map.model_slots[slot_] + wire::kChunkBytes;
  return {config_.mapped + offset, tfm_bytes_};
}

Objection ModelCheck::CheckManifest() {
  wire::ModelManifest manifest;
  const Objection objection = CheckModelProof(config_, counter_, ManifestPlace(config_, slot_), manifest);
  tfm_bytes_ = manifest.tfm_bytes;
  return objection;
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
  const wire::ModelManifest kept = manifest();
  const nn::GoldenCrcs expected{kept.golden_input_crc, kept.golden_output_crc};
  const bool good = nn::RunGolden(*interpreter, kept.golden_seed) == expected;
  return {good ? UpdateReason::kNone : UpdateReason::kGoldenFailed};
}

bool ModelCheck::Step() {
  if (!is_hashing_) {
    objection_ = CheckManifest();
    if (objection_) return false;
    hash_.Start(tfm());
    is_hashing_ = true;
    return true;
  }
  if (hash_.Step()) return true;
  objection_ = hash_.Is(manifest().digest) ? RunGolden() : Objection{UpdateReason::kWrongDigest};
  return false;
}

}  // namespace tinyfog::node
