#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tinyfog/host/error.h"
#include "tinyfog/inference/server.h"

namespace tinyfog::inference {

/// The folder `<root>/<model>/<version>/model.tflite` with optional `<root>/<model>/config.toml`.
/// Names outside the rules, "*.partial", hidden entries and symbolic links are not seen, so nothing
/// outside the folder is ever read. Stateless; every call looks at the disk. Thread-safe.
class Repository {
 public:
  Repository(std::filesystem::path root, std::uint64_t max_model_bytes)
      : root_(std::move(root)), max_model_bytes_(max_model_bytes) {}

  /// Ascending. Folders without any version are left out.
  std::vector<std::string> Models() const;
  /// Ascending; empty for unknown models.
  std::vector<std::int64_t> Versions(const std::string& model) const;
  /// Errors: kInvalidArgument (file:line), kResourceExhausted (above 1 MiB).
  Outcome<ModelOptions> Options(const std::string& model, const ModelOptions& defaults) const;
  /// Errors: kNotFound, kResourceExhausted (too large), kInvalidArgument (a link or no file).
  Outcome<std::vector<std::uint8_t>> ReadModel(const std::string& model,
                                               std::int64_t version) const;
  const std::filesystem::path& root() const { return root_; }
  std::uint64_t max_model_bytes() const { return max_model_bytes_; }

 private:
  const std::filesystem::path root_;
  const std::uint64_t max_model_bytes_;
};

/// Those of `versions` (ascending) that the policy serves, ascending. Errors: kNotFound when a
/// specific version is not there, or none is left.
Outcome<std::vector<std::int64_t>> SelectVersions(const VersionPolicy& policy,
                                                  const std::vector<std::int64_t>& versions);

}  // namespace tinyfog::inference
