#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tinyfog/host/error.h"

namespace tinyfog::rpc {

/// Removes what interrupted uploads left in a model repository ("*.partial", also hidden ones, in
/// it and in the models' folders). Call it before anything is pushed. Returns how many entries
/// went. Errors: kNotFound, kPermissionDenied, kInternal.
Outcome<std::size_t> CleanPartialUploads(const std::filesystem::path& repository);

/// What an upload announces.
struct UploadSpec {
  std::string model;         ///< [A-Za-z0-9_.-]{1,64}, not starting with a dot
  std::int64_t version = 0;  ///< 0: one more than the highest
  std::uint64_t size = 0;
  std::vector<std::uint8_t> sha256;  ///< 32 bytes
  std::string config_toml;           ///< empty: keep what is there
};

struct Stored {
  std::int64_t version = 0;
  bool unchanged = false;  ///< the version was there with this content
};

/// One version on its way into the repository. Until Commit nothing of it is visible; destroying it
/// removes what was received. One thread at a time.
class Upload {
 public:
  virtual ~Upload() = default;
  /// Errors: kInvalidArgument (more than announced), kResourceExhausted (disk full), kInternal.
  virtual Outcome<void> Append(std::span<const std::uint8_t> chunk) = 0;
  virtual std::uint64_t received() const = 0;
  /// Verifies and publishes: after it the version survives a power cut. Errors: kDataLoss (size or
  /// digest differ), those of the checks, kResourceExhausted (disk full), kInternal.
  virtual Outcome<Stored> Commit() = 0;
  /// Undoes Commit: the repository is as it was before, the previous config.toml included. For a
  /// version that the server then refuses to load, which would otherwise fail again at every start.
  virtual Outcome<void> Rollback() = 0;
};

/// Stores pushed models in a repository: `<model>/<version>/model.tflite`, `<model>/config.toml`.
/// Files are received into a hidden "*.partial" folder of the repository, synced and renamed, so a
/// crash leaves the old or the new state and at most something for CleanPartialUploads.
/// Thread-safe.
class ModelStore {
 public:
  struct Checks {
    std::function<Outcome<void>(std::vector<std::uint8_t> file)> model;
    std::function<Outcome<void>(const std::string& toml)> config;
  };

  ModelStore(std::filesystem::path repository, std::uint64_t max_bytes, Checks checks);

  /// Starts an upload; the store must outlive it. Errors: kInvalidArgument (name, version, digest),
  /// kAborted (another upload of this model is under way), kAlreadyExists (this version with other
  /// content), kResourceExhausted (too large, disk full), kPermissionDenied, kInternal.
  Outcome<std::unique_ptr<Upload>> Begin(UploadSpec spec);

 private:
  class Transfer;

  const std::filesystem::path repository_;
  const std::uint64_t max_bytes_;
  const Checks checks_;
  std::mutex mutex_;
  std::set<std::string> busy_;  ///< models with an upload under way; guarded by mutex_
};

}  // namespace tinyfog::rpc
