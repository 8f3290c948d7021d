#pragma once

#include <optional>

#include "tinyfog/boot/boot.h"
#include "tinyfog/node/artifact_update.h"

namespace tinyfog::node {

/// The running firmware, and how a new one comes to slot B and to the bootloader. Installed means
/// is_staged().
class FirmwareUpdate final : public ArtifactUpdate {
 public:
  /// As of ArtifactUpdate.
  FirmwareUpdate(hal::Flash& flash, const UpdaterConfig& config, PiecewiseHash& hash);

  /// Reads the bootloader's state and the running image, and learns from both how an update ended.
  /// Errors: of the flash.
  Status Open();

  bool is_testing() const { return state_.phase == boot::Phase::kTesting; }
  bool is_staged() const { return is_staged_; }
  /// Open has found out how an update ended.
  bool has_ended() const { return has_ended_; }
  wire::NodeFirmware Describe() const;

  /// As of Updater.
  Status Confirm();
  Status Reject(wire::UpdateReason reason);

  void StartVerify() override;

 private:
  Objection CheckProof(const wire::DesiredArtifact& artifact, Transfer& next) override;
  bool Runs(const Transfer& next, wire::Bytes proof) const override;
  bool SlotHolds(const Transfer& next, wire::Bytes proof) const override;
  Status PrepareSlot(wire::Bytes proof) override;
  bool VerifyPiece(Objection& objection) override;
  Objection Install() override;

  Status ReadState();
  bool RunsKept() const { return Runs(transfer(), {}); }
  void LearnEnd();
  void LearnFailure();
  Objection CheckWhole();

  hal::Flash& flash_;
  boot::State state_;
  wire::ImageVersion version_;           // of the running image
  std::optional<wire::Sha256> running_;  // its digest
  std::uint32_t hash_end_ = 0;
  bool is_staged_ = false;
  bool has_ended_ = false;
};

}  // namespace tinyfog::node
