#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "tinyfog/node/firmware_update.h"
#include "tinyfog/node/model_update.h"
#include "tinyfog/node/update_reports.h"

namespace tinyfog::node {

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
  Updater(const Updater&) = delete;
  Updater& operator=(const Updater&) = delete;

  /// Reads what is kept, finishes what was cut, checks the active model by its golden test and
  /// falls back to the other slot when it fails. Errors: those of reading the flash;
  /// kInvalidArgument when the flash's units are not fit for it.
  Status Open();

  /// Null: there is none. Changes in Work(), never else.
  const ActiveModel* model() const { return models_.model(); }
  /// Rises whenever a golden test has used the arena: who runs the model there creates its
  /// Interpreter again.
  std::uint32_t arena_uses() const { return models_.arena_uses(); }
  /// What slots hold, for the birth.
  std::span<const wire::NodeModel> models() const { return models_.models(); }
  /// The least security counter of models that is accepted.
  std::uint32_t model_counter() const { return models_.counter(); }
  /// The bootloader's state, and the running image's version and digest.
  wire::NodeFirmware firmware() const { return firmware_.Describe(); }

  /// A desired state has come (again). `desired` is used only during the call. An artifact that is
  /// there, in work, or was refused for this digest already starts nothing but a report. Checks
  /// signatures and erases: call it from the main loop, never from MqttHandler.
  void Want(const wire::Desired& desired);
  /// Something desired had to wait for other work, which is done, or needs chunks after all: Want
  /// the newest desired state again.
  bool wants_desired() const;

  /// The artifact whose chunks are to be subscribed to: `art/<digest>/+`. Empty: none.
  std::optional<wire::Sha256> wanted() const;

  /// A chunk's message begins, goes on, ends. Errors of BeginChunk: kNotFound: not wanted;
  /// kAlreadyExists: is there; kOutOfRange, kInvalidArgument: cannot be. EndChunk:
  /// kInvalidArgument: what came is not the chunk; kFailedPrecondition: none has begun; those of
  /// the flash.
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
  static constexpr std::uint32_t kReportMs = UpdateReports::kReportMs;
  static constexpr std::uint32_t kLongestReportMs = UpdateReports::kLongestReportMs;
  bool TakeReport(std::uint64_t now_ms, wire::OtaReport& report);
  /// When TakeReport has something; 0: now; the largest number: not until something happens.
  std::uint64_t NextReportMs() const;

  /// Firmware is staged: the node says goodbye and resets.
  bool wants_restart() const { return firmware_.is_staged(); }
  /// The running firmware works: self-test passed, gateway reached. Errors: those of the flash.
  Status ConfirmFirmware();
  /// It does not: remembers why, for the firmware that comes back. Then restart without confirming:
  /// the bootloader reverts. Errors: those of the flash.
  Status RejectFirmware(wire::UpdateReason reason) { return firmware_.Reject(reason); }
  bool is_testing_firmware() const { return firmware_.is_testing(); }

 private:
  enum class Stage : std::uint8_t { kNone, kReceiving, kVerifying };

  bool IsIncomplete() const { return stage_ == Stage::kReceiving; }
  void TellFirmware();
  void Tell(const ArtifactUpdate& update, wire::OtaReport::State state,
            const Objection& objection = {});
  bool Consider(ArtifactUpdate& update, const wire::DesiredArtifact& artifact);
  void StartWork(ArtifactUpdate& update);
  void StopWork();
  void Finish(const Objection& objection);
  Status CountFailure(Status status);

  hal::Flash& flash_;
  UpdaterConfig config_;
  PiecewiseHash hash_;  // of whichever verifies
  ChunkWriter writer_;
  FirmwareUpdate firmware_;
  ModelUpdate models_;
  UpdateReports reports_;
  std::uint64_t desired_ = 0;       // version that came last
  ArtifactUpdate* work_ = nullptr;  // what is in work; null exactly when stage_ is kNone
  std::uint32_t chunk_ = 0;         // that the writer is at
  Stage stage_ = Stage::kNone;
  std::uint8_t flash_failures_ = 0;
  std::uint8_t bad_chunks_ = 0;  // since the last good one
  bool is_held_ = false;
};

}  // namespace tinyfog::node
