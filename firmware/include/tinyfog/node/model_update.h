#pragma once

#include <array>
#include <optional>

#include "tinyfog/node/chunk_writer.h"
#include "tinyfog/node/model_check.h"
#include "tinyfog/node/transfer_journal.h"

namespace tinyfog::node {

/// The node's model that runs now.
struct ActiveModel {
  wire::ModelManifest manifest;  ///< points into flash
  std::span<const std::uint8_t> tfm;
  std::uint32_t slot;
};

/// What a desired artifact means.
enum class Verdict : std::uint8_t {
  kThere,     ///< it runs
  kRefused,   ///< see the objection
  kTransfer,  ///< its journal says which chunks are missing
};

/// The two model slots: which one runs, and how a new model comes to the other.
class ModelUpdate {
 public:
  /// `hasher` and `writer`: for use during Verify and Consider.
  ModelUpdate(hal::Flash& flash, const UpdaterConfig& config, std::optional<boot::Hasher>& hasher,
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
  TransferJournal& journal() { return journal_; }
  const TransferJournal& journal() const { return journal_; }

  /// By the proof; begins a transfer or goes on with it.
  Verdict Consider(const wire::DesiredArtifact& artifact, std::uint64_t desired,
                   Objection& objection);
  /// Precondition: a transfer is on, and has the chunk.
  ChunkWriter::Chunk ChunkAt(std::uint32_t index, std::uint32_t message_bytes) const;
  /// All chunks are there. Then Verify until it returns false, with an objection or the new model.
  void StartVerify();
  bool Verify(Objection& objection);
  /// What the slot held already did not verify: Consider it again, for a transfer.
  bool wants_transfer() const { return wants_transfer_; }

 private:
  // As it is in flash.
  struct Slots {
    static constexpr std::uint8_t kNone = 0xFF;
    std::uint32_t counter = 0;  // least that is accepted
    std::uint8_t active = kNone;
    std::array<std::uint8_t, 3> zero{};
  };

  bool Adopt(std::uint32_t slot);
  Status Switch(std::uint32_t slot, std::uint32_t counter);
  std::uint32_t FreeSlot() const;
  wire::Bytes Kept(std::uint32_t slot) const;
  bool Holds(std::uint32_t slot, wire::Bytes manifest) const;
  bool MayHoldWhole(std::uint32_t slot, wire::Bytes manifest) const;
  Status Begin(const Transfer& transfer, wire::Bytes manifest);
  void Activate();
  void ListModels();
  void List(std::uint32_t slot, const wire::ModelManifest& manifest, bool is_active);

  const UpdaterConfig& config_;
  ChunkWriter& writer_;
  boot::RecordLog log_;
  Slots slots_;
  TransferJournal journal_;
  ModelCheck check_;
  std::optional<ActiveModel> model_;
  wire::Bytes codes_;  // of the model that comes
  std::array<wire::NodeModel, 2> listed_;
  std::array<wire::Sha256, 2> digests_;
  std::uint8_t listed_count_ = 0;
  bool wants_transfer_ = false;
};

}  // namespace tinyfog::node
