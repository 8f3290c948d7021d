#pragma once

#include <array>
#include <optional>

#include "tinyfog/node/artifact_update.h"
#include "tinyfog/node/model_check.h"

namespace tinyfog::node {

/// The node's model that runs now.
struct ActiveModel {
  wire::ModelManifest manifest;  ///< points into flash
  std::span<const std::uint8_t> tfm;
  std::uint32_t slot;
};

/// The two model slots: which one runs, and how a new model comes to the other. Installed means
/// model().
class ModelUpdate final : public ArtifactUpdate {
 public:
  /// As of ArtifactUpdate. `writer`: for use during Consider.
  ModelUpdate(hal::Flash& flash, const UpdaterConfig& config, PiecewiseHash& hash,
              ChunkWriter& writer);

  /// Checks the active model and falls back. `may_switch`: whether a fall-back is for good; not
  /// while a firmware is tested, whose predecessor may run what it does not. Errors: of the flash.
  Status Open(bool may_switch);

  const ActiveModel* model() const { return model_ ? &*model_ : nullptr; }
  std::span<const wire::NodeModel> models() const {
    return std::span(listed_).first(listed_count_);
  }
  std::uint32_t counter() const { return slots_.counter; }
  std::uint32_t arena_uses() const { return check_.arena_uses(); }

  void StartVerify() override;

 private:
  // As it is in flash.
  struct Slots {
    static constexpr std::uint8_t kNone = 0xFF;
    std::uint32_t counter = 0;  // least that is accepted
    std::uint8_t active = kNone;
    std::array<std::uint8_t, 3> zero{};
  };

  Objection CheckProof(const wire::DesiredArtifact& artifact, Transfer& next) override;
  bool Runs(const Transfer& next, wire::Bytes proof) const override;
  bool SlotHolds(const Transfer& next, wire::Bytes proof) const override;
  Status PrepareSlot(wire::Bytes proof) override;
  bool VerifyPiece(Objection& objection) override;
  Objection Install() override;

  bool Adopt(std::uint32_t slot);
  Status Switch(std::uint32_t slot, std::uint32_t counter);
  std::uint32_t FreeSlot() const;
  bool Holds(std::uint32_t slot, wire::Bytes proof) const;
  void Activate();
  void ListModels();

  ChunkWriter& writer_;
  boot::RecordLog log_;
  Slots slots_;
  ModelCheck check_;
  std::optional<ActiveModel> model_;
  std::array<wire::NodeModel, 2> listed_;
  wire::Sha256 other_digest_;  // of the one that does not run
  std::uint8_t listed_count_ = 0;
};

}  // namespace tinyfog::node
