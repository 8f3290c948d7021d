#include "tinyfog/node/transfer_journal.h"

#include <bit>

namespace tinyfog::node {
namespace {

constexpr std::uint32_t kMagic = 0x31554654;  // "TFU1"

// What could not have been written, as by another firmware, is nothing.
bool IsSane(const Transfer& transfer) {
  return transfer.bytes <= kMostChunks * wire::kChunkBytes &&
         transfer.state <= Transfer::State::kHeld && transfer.slot < 2;
}

}  // namespace

std::uint32_t Transfer::received() const {
  int count = 0;
  for (const std::uint8_t byte : whole) count += std::popcount(byte);
  return static_cast<std::uint32_t>(count);
}

void Transfer::SetHeld() {
  state = State::kHeld;
  for (std::uint32_t i = 0; i < chunks(); ++i) Add(i);
}

TransferJournal::TransferJournal(hal::Flash& flash, std::uint32_t units)
    : log_(flash, units, kMagic) {}

Status TransferJournal::Open() {
  transfer_ = Transfer{};
  const Status opened = log_.Open(boot::RecordBytes(transfer_));
  if (!IsSane(transfer_)) transfer_ = Transfer{};
  return opened;
}

Status TransferJournal::Write() { return log_.Write(boot::RecordBytes(transfer_)); }

Status TransferJournal::Begin(const Transfer& transfer) {
  transfer_ = transfer;
  return Write();
}

Status TransferJournal::AddChunk(std::uint32_t chunk) {
  transfer_.Add(chunk);
  const Status written = Write();
  if (written != Status::kOk)
    transfer_.whole[chunk / 8] &= static_cast<std::uint8_t>(~(1u << chunk % 8));
  return written;
}

Status TransferJournal::SetState(Transfer::State state, wire::UpdateReason reason) {
  transfer_.state = state;
  transfer_.reason = reason;
  return Write();
}

Status TransferJournal::SetStaged() {
  if (transfer_.tries < 0xFF) ++transfer_.tries;
  return SetState(Transfer::State::kStaged);
}

}  // namespace tinyfog::node
