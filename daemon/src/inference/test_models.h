#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::inference::testing {

/// Model with FLOAT32 inputs "a", "b" [1,4] and outputs "sum" = a + b, "difference" = a - b.
std::unique_ptr<tflite::ModelT> SumAndDifference();
std::vector<std::uint8_t> SumAndDifferenceFile();

/// A repository in a folder of its own that the destructor removes.
class TemporaryRepository {
 public:
  TemporaryRepository();
  ~TemporaryRepository();
  void Add(const std::string& model, std::int64_t version, const std::vector<std::uint8_t>& file);
  void Configure(const std::string& model, const std::string& toml);
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The folder of shared reference data, or nothing.
std::optional<std::filesystem::path> SharedFolder();
std::vector<std::uint8_t> ReadAll(const std::filesystem::path& path);

}  // namespace tinyfog::inference::testing
