#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "tinyfog/boot/boot.h"
#include "tinyfog/nn/interpreter.h"
#include "tinyfog/wire/model_package.h"
#include "tinyfog/wire/node_messages.h"

namespace tinyfog::node {

/// Where a node keeps things in its flash besides what the bootloader's layout names; offsets of
/// units that are erased at once.
struct FlashMap {
  boot::Layout firmware;
  /// The first unit of a model slot holds the manifest, the next ones the .tfm.
  std::uint32_t model_slots[2];
  std::uint32_t model_slot_bytes;
  std::uint32_t model_journal;   ///< two units
  std::uint32_t update_journal;  ///< four units: two for each kind of artifact
};

struct UpdaterConfig {
  FlashMap map;
  boot::Trust trust;
  const std::uint8_t* mapped;  ///< where the flash's offset 0 is in memory: models run in place
  nn::Target target;
  nn::OperatorTable operators;
  std::span<std::uint8_t> arena;  ///< for golden tests and the running model alike
  bool has_bootloader = true;     ///< false: firmware is refused as kFailedPrecondition
};

/// The node's model that runs now.
struct ActiveModel {
  wire::ModelManifest manifest;  ///< points into flash
  std::span<const std::uint8_t> tfm;
  std::uint32_t slot;
};

/// Brings the node's artifacts to what is desired: decides by the proof whether it takes one,
/// writes chunks to the free slot as they come, remembers in flash which are there, verifies the
/// whole, switches. One artifact at a time, firmware before models. Every flash operation may be
/// the last before the power fails. Fed with messages and time; publishes nothing itself. One
/// thread.
class Updater {
 public:
  Updater(hal::Flash& flash, const UpdaterConfig& config);

  /// Reads what is kept, finishes what was cut, checks the active model by its golden test and
  /// falls back to the other slot when it fails. Errors: those of reading the flash.
  Status Open();

  /// Null: there is none. Changes in Work(), never else.
  const ActiveModel* model() const;
  /// What slots hold, for the birth.
  std::span<const wire::NodeModel> models() const;
  std::uint32_t model_counter() const;  ///< least security counter that is accepted
  /// The bootloader's state, and the running image's version and digest.
  wire::NodeFirmware firmware() const;

  /// A desired state has come (again). `desired` is used only during the call. An artifact that is
  /// there, in work, or was refused for this digest already starts nothing.
  void Want(const wire::Desired& desired);

  /// The artifact whose chunks are to be subscribed to: `art/<digest>/+`. Empty: none.
  std::optional<wire::Sha256> wanted() const;

  /// A chunk's message begins, goes on, ends. Errors of BeginChunk: kNotFound: not wanted;
  /// kAlreadyExists: is there; kOutOfRange, kInvalidArgument: cannot be. EndChunk: kDataLoss: does
  /// not decode; those of the flash.
  Status BeginChunk(const wire::Sha256& digest, std::uint32_t index, std::uint32_t bytes);
  void ChunkPiece(wire::Bytes piece);
  Status EndChunk();
  void AbandonChunk();  ///< the connection ended in the middle of it

  /// Long work in pieces of a few milliseconds: erasing, hashing, signatures, golden tests. True:
  /// there is more. Call it from the main loop, never from MqttHandler.
  bool Work();

  /// What is to be told upstream now on up/ota: news, and at least every `kReportMs` what is
  /// missing while chunks are. Views are valid until the next call of anything else. False: nothing
  /// now.
  static constexpr std::uint32_t kReportMs = 5000;
  bool TakeReport(std::uint64_t now_ms, wire::OtaReport& report);
  std::uint64_t NextReportMs() const;

  /// Firmware is staged: the node says goodbye and resets.
  bool wants_restart() const;
  /// The running firmware works: self-test passed, gateway reached. Errors: those of the flash.
  Status ConfirmFirmware();
  /// It does not: restart without confirming, the bootloader reverts.
  bool is_testing_firmware() const;
};

}  // namespace tinyfog::node
