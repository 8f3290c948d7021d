#include "update_node.h"

#include "tinyfog/nn/kernels/move.h"

namespace tinyfog::node::testing {

namespace {

constexpr std::uint32_t kSlotUnits = 2;
constexpr std::uint32_t kModelBytes = 3 * wire::kChunkBytes;

}  // namespace

FlashMap SmallMap(std::uint32_t unit) {
  FlashMap map{};
  std::uint32_t at = 0;
  const auto take = [&at](std::uint32_t bytes) {
    at += bytes;
    return at - bytes;
  };
  map.firmware.slot_bytes = kSlotUnits * unit;
  map.firmware.slot_a = take(kSlotUnits * unit);
  map.firmware.slot_b = take(kSlotUnits * unit);
  map.firmware.scratch = take(unit);
  map.firmware.journal = take(2 * unit);
  map.model_slot_bytes = kModelBytes;
  for (std::uint32_t& slot : map.model_slots) slot = take(kModelBytes);
  map.model_journal = take(2 * unit);
  map.update_journal = take(4 * unit);
  map.node_state = take(2 * unit);
  return map;
}

board::NorFlash SmallFlash(std::uint32_t program, std::uint32_t unit) {
  return board::NorFlash({SmallMap(unit).node_state + 2 * unit, unit, program});
}

const boot::Trust& SealTrust() {
  static SealCheck check;
  static const boot::Trust trust{boot::testing::TrustedKey().Point(), "test-board", &check};
  return trust;
}

Node::Node(board::NorFlash& flash, bool lost_power, bool has_bootloader, const boot::Trust& trust) {
  config = {.map = SmallMap(flash.geometry().erase),
            .trust = trust,
            .mapped = flash.data(),
            .target = nn::Target::kPortable,
            .operators = nn::Operators<nn::Fill>::kTable,
            .arena = arena_,
            .has_bootloader = has_bootloader,
            .lost_power = lost_power};
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
    if (flash != nullptr && !flash->has_power()) return false;
    ++sent;
    static_cast<void>(Send(updater, artifact->digest, i, artifact->chunks[i]));
  }
  return true;
}

bool Gateway::Serve(Updater& updater) {
  updater.Want(Desired());
  std::uint64_t now_ms = 0;
  for (int round = 0; round < 40; ++round) {
    if (flash != nullptr && !flash->has_power()) return false;
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
