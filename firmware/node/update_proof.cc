#include "tinyfog/node/update_proof.h"

#include <algorithm>

#include "tinyfog/node/transfer_journal.h"

namespace tinyfog::node {
namespace {

using wire::UpdateReason;

bool Has(nn::OperatorTable operators, std::uint32_t opcode) {
  for (const nn::OperatorEntry& entry : operators) {
    if (static_cast<std::uint32_t>(entry.opcode) == opcode) return true;
  }
  return false;
}

UpdateReason FromManifest(Status status) {
  if (status == Status::kOutOfRange) return UpdateReason::kTruncated;
  return status == Status::kUnimplemented ? UpdateReason::kWrongRuntime : UpdateReason::kMalformed;
}

Objection CheckFit(const UpdaterConfig& config, const wire::ModelManifest& manifest) {
  if (manifest.tfm_bytes == 0) return {UpdateReason::kMalformed};
  const std::uint32_t room =
      std::min(ModelBytes(config.map), kMostChunks * std::uint32_t{wire::kChunkBytes});
  if (manifest.tfm_bytes > room) return {UpdateReason::kTooLarge, manifest.tfm_bytes, room};
  if (!manifest.hardware.empty() && manifest.hardware != config.trust.hardware_id) {
    return {UpdateReason::kWrongHardware};
  }
  const auto target = static_cast<std::uint32_t>(config.target);
  if (manifest.target != target) return {UpdateReason::kWrongTarget, manifest.target, target};
  if (manifest.tfm_version != nn::kFormatVersion) {
    return {UpdateReason::kWrongRuntime, manifest.tfm_version, nn::kFormatVersion};
  }
  for (std::uint32_t i = 0; i < 8 * manifest.operators.size(); ++i) {
    const bool needs = (manifest.operators[i / 8] >> i % 8 & 1) != 0;
    if (needs && !Has(config.operators, i)) return {UpdateReason::kMissingOperator, i};
  }
  const auto arena = static_cast<std::uint32_t>(config.arena.size());
  if (manifest.arena_bytes > arena) {
    return {UpdateReason::kArenaTooSmall, manifest.arena_bytes, arena};
  }
  return {};
}

}  // namespace

UpdateReason ReasonOf(boot::Refusal refusal) {
  switch (refusal) {
    case boot::Refusal::kNone:
      return UpdateReason::kNone;
    case boot::Refusal::kNoImage:
    case boot::Refusal::kMalformed:
      return UpdateReason::kMalformed;
    case boot::Refusal::kTruncated:
      return UpdateReason::kTruncated;
    case boot::Refusal::kWrongHardware:
      return UpdateReason::kWrongHardware;
    case boot::Refusal::kDowngrade:
      return UpdateReason::kDowngrade;
    case boot::Refusal::kWrongDigest:
      return UpdateReason::kWrongDigest;
    case boot::Refusal::kUnknownKey:
      return UpdateReason::kUnknownKey;
    case boot::Refusal::kWrongSignature:
      return UpdateReason::kWrongSignature;
    case boot::Refusal::kFlash:
      return UpdateReason::kFlash;
  }
  return UpdateReason::kMalformed;
}

Objection CheckModelProof(const UpdaterConfig& config, std::uint32_t counter, wire::Bytes proof,
                          wire::ModelManifest& manifest) {
  const Status parsed = wire::ParseModelManifest(proof, manifest);
  if (parsed != Status::kOk) return {FromManifest(parsed)};
  if (const Objection objection = CheckFit(config, manifest)) return objection;
  if (manifest.security_counter < counter) {
    return {UpdateReason::kDowngrade, manifest.security_counter, counter};
  }
  if (manifest.key_hash != boot::KeyHash(config.trust.key)) return {UpdateReason::kUnknownKey};
  boot::Hasher hasher;
  hasher.Add(manifest.signed_bytes);
  const bool good =
      config.trust.signatures->IsGood(config.trust.key, hasher.Finish(), manifest.signature);
  return {good ? UpdateReason::kNone : UpdateReason::kWrongSignature};
}

Objection CheckFirmwareTlvs(const UpdaterConfig& config, std::uint32_t counter,
                            const wire::ImageTlvs& tlvs) {
  const boot::Refusal claims = boot::CheckClaims(tlvs, config.trust, counter);
  if (claims == boot::Refusal::kDowngrade) {
    return {UpdateReason::kDowngrade, tlvs.security_counter, counter};
  }
  if (claims != boot::Refusal::kNone) return {ReasonOf(claims)};
  return {ReasonOf(boot::CheckSignature(tlvs, config.trust))};
}

Objection CheckFirmwareProof(const UpdaterConfig& config, std::uint32_t counter,
                             std::uint32_t bytes, wire::Bytes proof, boot::CheckedImage& read) {
  if (!config.has_bootloader) return {UpdateReason::kWrongHardware};
  const std::uint32_t room =
      std::min(config.map.firmware.slot_bytes, kMostChunks * std::uint32_t{wire::kChunkBytes});
  if (bytes > room) return {UpdateReason::kTooLarge, bytes, room};
  if (!boot::ReadHeader(proof, bytes, read) ||
      !boot::ReadTlvs(proof.subspan(wire::kImageHeaderBytes), read)) {
    return {ReasonOf(read.refusal)};
  }
  if (bytes < read.total_bytes) return {UpdateReason::kTruncated, read.total_bytes, bytes};
  return CheckFirmwareTlvs(config, counter, read.tlvs);
}

}  // namespace tinyfog::node
