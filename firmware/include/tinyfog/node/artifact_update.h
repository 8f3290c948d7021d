#pragma once

#include "tinyfog/node/chunk_writer.h"
#include "tinyfog/node/piecewise_hash.h"
#include "tinyfog/node/transfer_journal.h"
#include "tinyfog/node/update_proof.h"

namespace tinyfog::node {

/// What a desired artifact means.
enum class Verdict : std::uint8_t {
  kThere,     ///< it runs
  kRefused,   ///< see the objection
  kTransfer,  ///< its journal says which chunks are missing
};

/// How artifacts of one kind come to the slot that does not run: proof, chunks, verification,
/// installation. What differs between the kinds is below.
class ArtifactUpdate {
 public:
  ArtifactUpdate(const ArtifactUpdate&) = delete;
  ArtifactUpdate& operator=(const ArtifactUpdate&) = delete;

  wire::ArtifactKind kind() const { return kind_; }
  const Transfer& transfer() const { return journal_.transfer(); }
  TransferJournal& journal() { return journal_; }

  /// By the proof; begins a transfer or goes on with it.
  Verdict Consider(const wire::DesiredArtifact& artifact, std::uint64_t desired,
                   Objection& objection);
  /// Where a chunk goes. False: one that comes as so many bytes cannot be it. Precondition: a
  /// transfer is on, and has the chunk.
  bool PlaceChunk(std::uint32_t index, std::uint32_t message_bytes,
                  ChunkWriter::Chunk& chunk) const;
  /// All chunks are there. Then Verify until it returns false, with an objection or with what is
  /// installed.
  virtual void StartVerify() = 0;
  bool Verify(Objection& objection);
  /// What the slot held already did not verify: Consider it again, for a transfer.
  bool wants_transfer() const { return wants_transfer_; }

 protected:
  /// `units`: of the journal. `hash`: for use while Verify goes on.
  ArtifactUpdate(wire::ArtifactKind kind, hal::Flash& flash, std::uint32_t units,
                 const UpdaterConfig& config, PiecewiseHash& hash)
      : config_(config), hash_(hash), journal_(flash, units), kind_(kind) {}
  ~ArtifactUpdate() = default;

  /// Checks the proof, and says of the transfer content, bytes and slot.
  virtual Objection CheckProof(const wire::DesiredArtifact& artifact, Transfer& next) = 0;
  /// Of what CheckProof has passed: whether it runs; whether its slot seems to hold all of it.
  virtual bool Runs(const Transfer& next, wire::Bytes proof) const = 0;
  virtual bool SlotHolds(const Transfer& next, wire::Bytes proof) const = 0;
  /// Makes the slot ready for chunks; again when a transfer goes on.
  virtual Status PrepareSlot(wire::Bytes proof) = 0;
  /// As Verify.
  virtual bool VerifyPiece(Objection& objection) = 0;
  /// What was verified runs now, or at the next start.
  virtual Objection Install() = 0;

  /// Without the record, the next start finds it out.
  void End(Transfer::State state, wire::UpdateReason reason = wire::UpdateReason::kNone) {
    static_cast<void>(journal_.SetState(state, reason));
  }

  const UpdaterConfig& config_;
  PiecewiseHash& hash_;
  TransferJournal journal_;
  wire::Bytes codes_;             // of the model that comes
  std::uint32_t chunks_at_ = 0;  // offset of the first chunk in the flash

 private:
  wire::ArtifactKind kind_;
  bool wants_transfer_ = false;
};

}  // namespace tinyfog::node
