#pragma once

#include <array>
#include <cstdint>

#include "tinyfog/boot/record_log.h"
#include "tinyfog/wire/model_package.h"
#include "tinyfog/wire/node_messages.h"

namespace tinyfog::node {

using wire::kMostChunks;

/// What is kept of the artifact of one kind that was dealt with last. As it is in flash.
struct Transfer {
  /// The numbers are kept in flash: never renumber.
  enum class State : std::uint8_t {
    kNone = 0,
    kReceiving = 1,
    kStaged = 2,   ///< firmware: the bootloader was asked to install it
    kDone = 3,     ///< is what runs
    kRefused = 4,  ///< for `reason`, after its chunks were there
    kHeld = 5,     ///< as kReceiving, but the slot seems to hold all of it from before
  };

  wire::Sha256 digest{};                              ///< of the artifact's file
  wire::Sha256 content{};                             ///< .tfm's or image's, as signed
  std::array<std::uint8_t, kMostChunks / 8> whole{};  ///< bit i of byte i/8: chunk i is there
  std::uint64_t desired = 0;                          ///< version of the desired state
  std::uint32_t bytes = 0;                            ///< that all chunks become
  std::uint8_t slot = 0;                              ///< of models
  State state = State::kNone;
  wire::UpdateReason reason = wire::UpdateReason::kNone;
  std::uint8_t tries = 0;  ///< firmware: how often it was staged

  std::uint32_t chunks() const { return (bytes + wire::kChunkBytes - 1) / wire::kChunkBytes; }
  bool has(std::uint32_t chunk) const { return (whole[chunk / 8] >> chunk % 8 & 1) != 0; }
  void SetHeld();  ///< kHeld, with all chunks
  void Add(std::uint32_t chunk) { whole[chunk / 8] |= static_cast<std::uint8_t>(1u << chunk % 8); }
  std::uint32_t received() const;
  bool is_whole() const { return received() == chunks(); }
  bool is_open() const { return state == State::kReceiving || state == State::kHeld; }
};
static_assert(sizeof(Transfer) == 112);

/// Remembers in flash which chunks of an artifact are there, so that a transfer goes on after a
/// reset, and how it ended.
class TransferJournal {
 public:
  /// `units`: offset of two units.
  TransferJournal(hal::Flash& flash, std::uint32_t units);

  /// Errors: as of boot::RecordLog::Open.
  Status Open();
  const Transfer& transfer() const { return transfer_; }

  /// Each writes a record. Errors: those of the flash; transfer() has the news all the same, but
  /// for a chunk, which then is not there.
  Status Begin(const Transfer& transfer);
  Status AddChunk(std::uint32_t chunk);  ///< precondition: below chunks()
  Status SetState(Transfer::State state, wire::UpdateReason reason = wire::UpdateReason::kNone);
  Status SetStaged();  ///< and counts the try

 private:
  Status Write();

  boot::RecordLog log_;
  Transfer transfer_;
};

}  // namespace tinyfog::node
