#pragma once

#include <filesystem>
#include <memory>

#include "tinyfog/host/error.h"

namespace tinyfog::app {

/// The folder of one daemon, held by a lock that ends with the process, however it ends.
class DataFolder {
 public:
  /// Creates what is missing (mode 0750). Errors: kAlreadyExists when another daemon holds it, with
  /// its process id; kPermissionDenied, kResourceExhausted, kInternal.
  static Outcome<std::unique_ptr<DataFolder>> Open(const std::filesystem::path& path);
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

 private:
  explicit DataFolder(int lock) : lock_(lock) {}
  int lock_;
};

/// Creates a folder with its parents, mode 0750. Errors: kPermissionDenied, kResourceExhausted,
/// kInternal; the message says what to do.
Outcome<void> CreateFolder(const std::filesystem::path& path);

}  // namespace tinyfog::app
