#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "tinyfog/boot/boot.h"
#include "tinyfog/nn/interpreter.h"
#include "tinyfog/node/flash_map.h"
#include "tinyfog/wire/model_package.h"
#include "tinyfog/wire/node_messages.h"

namespace tinyfog::node {

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
///
/// The proof of a model is its signed manifest; that of a firmware its image's header (the first
/// wire::kImageHeaderBytes) and, right behind, both areas of TLVs.
class Updater {
 public:
  Updater(hal::Flash& flash, const UpdaterConfig& config);

  /// Reads what is kept, finishes what was cut, checks the active model by its golden test and
  /// falls back to the other slot when it fails. Errors: those of reading the flash;
  /// kInvalidArgument when the flash's units are not fit for it.
  Status Open();

  /// Null: there is none. Changes in Work(), never else.
  const ActiveModel* model() const;
  /// Rises whenever a golden test has used the arena: who runs the model there creates its
  /// Interpreter again.
  std::uint32_t arena_uses() const;
  /// What slots hold, for the birth.
  std::span<const wire::NodeModel> models() const;
  std::uint32_t model_counter() const;  ///< least security counter that is accepted
  /// The bootloader's state, and the running image's version and digest.
  wire::NodeFirmware firmware() const;

  /// A desired state has come (again). `desired` is used only during the call. An artifact that is
  /// there, in work, or was refused for this digest already starts nothing but a report. Checks
  /// signatures and erases: call it from the main loop, never from MqttHandler.
  void Want(const wire::Desired& desired);
  /// Something desired had to wait for other work, which is done: Want the newest desired state
  /// again.
  bool wants_desired() const;

  /// The artifact whose chunks are to be subscribed to: `art/<digest>/+`. Empty: none.
  std::optional<wire::Sha256> wanted() const;

  /// A chunk's message begins, goes on, ends. Errors of BeginChunk: kNotFound: not wanted;
  /// kAlreadyExists: is there; kOutOfRange, kInvalidArgument: cannot be. EndChunk: kDataLoss: does
  /// not decode; kFailedPrecondition: none has begun; those of the flash.
  Status BeginChunk(const wire::Sha256& digest, std::uint32_t index, std::uint32_t bytes);
  void ChunkPiece(wire::Bytes piece);
  Status EndChunk();
  void AbandonChunk();  ///< the connection ended in the middle of it

  /// Long work in pieces of a few milliseconds, but for a signature or a golden test, which are one
  /// piece each. True: there is more. Call it from the main loop, never from MqttHandler.
  bool Work();

  /// What is to be told upstream now on up/ota: news, and while chunks are missing which ones,
  /// every `kReportMs`, and up to every `kLongestReportMs` when none come. Views are valid until
  /// the next call of anything else. False: nothing now.
  static constexpr std::uint32_t kReportMs = 5000;
  static constexpr std::uint32_t kLongestReportMs = 60000;
  bool TakeReport(std::uint64_t now_ms, wire::OtaReport& report);
  /// When TakeReport has something; 0: now; the largest number: not until something happens.
  std::uint64_t NextReportMs() const;

  /// Firmware is staged: the node says goodbye and resets.
  bool wants_restart() const;
  /// The running firmware works: self-test passed, gateway reached. Errors: those of the flash.
  Status ConfirmFirmware();
  /// It does not: remembers why, for the firmware that comes back. Then restart without confirming:
  /// the bootloader reverts. Errors: those of the flash.
  Status RejectFirmware(wire::UpdateReason reason);
  bool is_testing_firmware() const;
};

}  // namespace tinyfog::node
