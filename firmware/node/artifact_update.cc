#include "tinyfog/node/artifact_update.h"

#include <algorithm>

namespace tinyfog::node {

using wire::UpdateReason;

Verdict ArtifactUpdate::Consider(const wire::DesiredArtifact& artifact, std::uint64_t desired,
                                 Objection& objection) {
  const Transfer& kept = transfer();
  const bool is_known = kept.digest == artifact.digest;
  if (is_known && kept.state == Transfer::State::kRefused) {
    objection = {kept.reason};
    return Verdict::kRefused;
  }
  Transfer next;
  next.digest = artifact.digest;
  next.desired = desired;
  next.state = Transfer::State::kReceiving;
  objection = CheckProof(artifact, next);
  if (!objection && artifact.chunks != next.chunks()) objection = {UpdateReason::kMalformed};
  if (objection) return Verdict::kRefused;
  if (Runs(next, artifact.proof)) return Verdict::kThere;

  const bool goes_on = is_known && kept.is_open() && kept.slot == next.slot &&
                       kept.bytes == next.bytes && kept.content == next.content;
  Status begun = Status::kOk;
  if (!goes_on) {
    // What ran before, or was reverted, is perhaps what is wanted now.
    if (!wants_transfer_ && SlotHolds(next, artifact.proof)) next.SetHeld();
    begun = journal_.Begin(next);
  }
  wants_transfer_ = false;
  if (begun == Status::kOk) begun = PrepareSlot(artifact.proof);
  if (begun == Status::kOk) return Verdict::kTransfer;
  objection = {UpdateReason::kFlash};
  return Verdict::kRefused;
}

bool ArtifactUpdate::PlaceChunk(std::uint32_t index, std::uint32_t message_bytes,
                                ChunkWriter::Chunk& chunk) const {
  const std::uint32_t begin = index * wire::kChunkBytes;
  chunk = {.offset = chunks_at_ + begin,
           .message_bytes = message_bytes,
           .bytes = std::min(wire::kChunkBytes, transfer().bytes - begin),
           .is_encoded = kind_ == wire::ArtifactKind::kModel,
           .codes = codes_};
  if (!chunk.is_encoded) return message_bytes == chunk.bytes;
  return message_bytes > 1 && message_bytes <= wire::kEncodedChunkBytes;
}

bool ArtifactUpdate::Verify(Objection& objection) {
  if (VerifyPiece(objection)) return true;
  if (objection && transfer().state == Transfer::State::kHeld) {
    wants_transfer_ = true;
    End(Transfer::State::kNone);
    return false;
  }
  if (!objection) objection = Install();
  if (objection) End(Transfer::State::kRefused, objection.reason);
  return false;
}

}  // namespace tinyfog::node
