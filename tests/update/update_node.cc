#include "update_node.h"

#include "tinyfog/nn/kernels/move.h"

namespace tinyfog::node::testing {

const FlashMap& SmallMap() {
  static const FlashMap map{
      .firmware = {.slot_a = 0,
                   .slot_b = 2 * kUnit,
                   .slot_bytes = 2 * kUnit,
                   .scratch = 4 * kUnit,
                   .journal = 5 * kUnit},
      .model_slots = {7 * kUnit, 10 * kUnit},
      .model_slot_bytes = 3 * kUnit,
      .model_journal = 13 * kUnit,
      .update_journal = 15 * kUnit,
      .node_state = 19 * kUnit,
  };
  return map;
}

board::NorFlash SmallFlash(std::uint32_t program) {
  return board::NorFlash({21 * kUnit, kUnit, program});
}

const boot::Trust& SealTrust() {
  static SealCheck check;
  static const boot::Trust trust{boot::testing::TrustedKey().Point(), "test-board", &check};
  return trust;
}

Node::Node(board::NorFlash& flash, const boot::Trust& trust, bool has_bootloader) {
  config = {.map = SmallMap(),
            .trust = trust,
            .mapped = flash.data(),
            .target = nn::Target::kPortable,
            .operators = nn::Operators<nn::Fill>::kTable,
            .arena = arena_,
            .has_bootloader = has_bootloader};
  updater_ = std::make_unique<Updater>(flash, config);
}

wire::Desired Gateway::Desired() const {
  wire::Desired desired;
  desired.version = version;
  if (firmware != nullptr) desired.firmware = firmware->Desired();
  if (model != nullptr) desired.model = model->Desired();
  return desired;
}

void Gateway::Listen(Updater& updater, std::uint64_t now_ms) {
  for (wire::OtaReport report; updater.TakeReport(now_ms, report); ++reports) {
    Told& told = report.kind == wire::ArtifactKind::kFirmware ? firmware_told : model_told;
    told = {report.state,
            report.reason,
            std::string(report.text),
            {},
            report.desired,
            report.received,
            {report.missing.begin(), report.missing.end()}};
    std::copy(report.digest.begin(), report.digest.end(), told.digest.begin());
  }
}

Status Gateway::Send(Updater& updater, const wire::Sha256& digest, std::uint32_t index,
                     const Buffer& chunk, std::size_t piece) {
  const Status begun = updater.BeginChunk(digest, index, static_cast<std::uint32_t>(chunk.size()));
  if (begun != Status::kOk) return begun;
  for (wire::Bytes left = chunk; !left.empty();) {
    const wire::Bytes next = left.first(std::min(piece, left.size()));
    updater.ChunkPiece(next);
    left = left.subspan(next.size());
  }
  return updater.EndChunk();
}

bool Gateway::SendMissing(Updater& updater) {
  const auto wanted = updater.wanted();
  if (!wanted) return false;
  const Artifact* artifact = firmware != nullptr && firmware->digest == *wanted ? firmware : model;
  const Told& told = artifact == firmware ? firmware_told : model_told;
  for (std::uint32_t i = 0; i < artifact->chunks.size(); ++i) {
    if ((told.missing[i / 8] >> i % 8 & 1) == 0) continue;
    ++sent;
    static_cast<void>(Send(updater, artifact->digest, i, artifact->chunks[i]));
  }
  return true;
}

bool Gateway::Serve(Updater& updater) {
  updater.Want(Desired());
  std::uint64_t now_ms = 0;
  for (int round = 0; round < 40; ++round) {
    Listen(updater, now_ms);
    if (SendMissing(updater)) {
      now_ms += Updater::kLongestReportMs;
      continue;
    }
    bool worked = false;
    while (updater.Work()) worked = true;
    if (updater.wants_desired()) {
      updater.Want(Desired());
      worked = true;
    }
    Listen(updater, now_ms);
    if (!worked && !updater.wanted()) return true;
  }
  return false;
}

}  // namespace tinyfog::node::testing
