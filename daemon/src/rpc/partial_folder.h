#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "tinyfog/host/error.h"

namespace tinyfog::rpc {

/// A fresh folder, removed with all that is in it on destruction. Renaming it, or its content out
/// of it, is what publishes an upload.
class PartialFolder {
 public:
  /// What an interrupted upload left at `path` is removed first. Errors: kResourceExhausted,
  /// kPermissionDenied, kNotFound, kInternal.
  static Outcome<PartialFolder> Create(std::filesystem::path path);
  PartialFolder(PartialFolder&& other) noexcept;
  PartialFolder& operator=(PartialFolder&&) = delete;
  ~PartialFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit PartialFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

/// A new file of a known size that is written front to back. Closed on destruction.
class NewFile {
 public:
  /// Reserves `size` bytes where the file system can, so that a full disk shows before the
  /// transfer. Errors: kResourceExhausted (disk full, quota, size limit), kAlreadyExists,
  /// kInternal.
  static Outcome<NewFile> Create(const std::filesystem::path& path, std::uint64_t size);
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();
  /// Errors: kResourceExhausted, kInternal.
  Outcome<void> Append(std::span<const std::uint8_t> bytes);
  /// fsync. Errors: kResourceExhausted, kInternal.
  Outcome<void> Sync();

 private:
  explicit NewFile(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace tinyfog::rpc
