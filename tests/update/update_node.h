#pragma once

#include <memory>
#include <optional>

#include "nor_flash.h"
#include "test_artifacts.h"
#include "tinyfog/node/updater.h"

/// A node with an updater on a small flash, and a gateway that gives it what it asks for.
namespace tinyfog::node::testing {

inline constexpr std::uint32_t kUnit = 4096;
/// Slots of two units for firmware, models of two chunks.
FlashMap SmallMap(std::uint32_t unit = kUnit);
board::NorFlash SmallFlash(std::uint32_t program = 64, std::uint32_t unit = kUnit);
/// Trust in TrustedKey, of the hardware "test-board", checked by seals.
const boot::Trust& SealTrust();

/// Behind one reset. The flash stays where it is.
class Node {
 public:
  explicit Node(board::NorFlash& flash, bool lost_power = false, bool has_bootloader = true,
                const boot::Trust& trust = SealTrust());
  Updater& operator*() { return *updater_; }
  Updater* operator->() { return updater_.get(); }
  UpdaterConfig config;

 private:
  alignas(16) std::array<std::uint8_t, 64> arena_;
  std::unique_ptr<Updater> updater_;
};

/// What a node reported last of each kind.
struct Told {
  wire::OtaReport::State state = wire::OtaReport::State::kUnspecified;
  wire::UpdateReason reason = wire::UpdateReason::kNone;
  std::string text;
  wire::Sha256 digest{};
  std::uint64_t desired = 0;
  std::uint32_t received = 0;
  std::vector<std::uint8_t> missing;
};

/// A gateway that desires artifacts, publishes the chunks that reports ask for, and goes on until
/// the node has nothing more to say.
class Gateway {
 public:
  const Artifact* firmware = nullptr;
  const Artifact* model = nullptr;
  std::uint64_t version = 1;
  /// Gives up when it has no power; null: always has.
  const board::NorFlash* flash = nullptr;

  wire::Desired Desired() const;
  /// All reports that wait now.
  void Listen(Updater& updater, std::uint64_t now_ms = 0);
  /// Publishes one chunk in pieces of `piece` bytes.
  static Status Send(Updater& updater, const wire::Sha256& digest, std::uint32_t index,
                     const Buffer& chunk, std::size_t piece = 1000);
  /// False: it does not end.
  bool Serve(Updater& updater);

  Told firmware_told, model_told;
  std::uint32_t sent = 0;  ///< chunks
  std::uint32_t reports = 0;

 private:
  bool SendMissing(Updater& updater);
};

}  // namespace tinyfog::node::testing
