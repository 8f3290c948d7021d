#pragma once

#include <optional>

#include "tinyfog/boot/boot.h"
#include "tinyfog/node/chunk_writer.h"
#include "tinyfog/node/model_update.h"
#include "tinyfog/node/transfer_journal.h"
#include "tinyfog/node/update_proof.h"

namespace tinyfog::node {

/// The running firmware, and how a new one comes to slot B and to the bootloader.
class FirmwareUpdate {
 public:
  /// `hasher`: for use while Verify goes on.
  FirmwareUpdate(hal::Flash& flash, const UpdaterConfig& config,
                 std::optional<boot::Hasher>& hasher);

  /// Reads the bootloader's state and the running image, and learns from both how an update ended.
  /// Errors: of the flash.
  Status Open();

  bool is_testing() const { return state_.phase == boot::Phase::kTesting; }
  bool is_staged() const { return is_staged_; }
  /// Open has found out how an update ended.
  bool has_ended() const { return has_ended_; }
  wire::NodeFirmware Describe() const;
  TransferJournal& journal() { return journal_; }
  const TransferJournal& journal() const { return journal_; }

  /// As of ModelUpdate. Verify ends with an objection or with what is staged: is_staged().
  Verdict Consider(const wire::DesiredArtifact& artifact, std::uint64_t desired,
                   Objection& objection);
  ChunkWriter::Chunk ChunkAt(std::uint32_t index, std::uint32_t message_bytes) const;
  void StartVerify();
  bool Verify(Objection& objection);
  bool wants_transfer() const { return wants_transfer_; }

  /// As of Updater.
  Status Confirm();
  Status Reject(wire::UpdateReason reason);

 private:
  Status ReadState();
  bool Runs(const wire::Sha256& content) const;
  void LearnEnd();
  void LearnFailure();
  Status Begin(const Transfer& transfer);
  Status HashPiece();
  Objection CheckWhole();
  Objection Stage();

  hal::Flash& flash_;
  const UpdaterConfig& config_;
  TransferJournal journal_;
  boot::State state_;
  wire::ImageVersion version_;           // of the running image
  std::optional<wire::Sha256> running_;  // its digest
  std::optional<boot::Hasher>& hasher_;
  std::uint32_t hashed_ = 0;
  std::uint32_t hash_end_ = 0;
  bool is_staged_ = false;
  bool has_ended_ = false;
  bool wants_transfer_ = false;
};

}  // namespace tinyfog::node
