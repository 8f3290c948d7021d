#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "content_digest.h"
#include "engine.h"
#include "tinyfog/host/error.h"

namespace tinyfog::inference {

/// Tries models in a process of its own before the gateway loads them, because a model that Arm NN
/// does not check may end the process that executes it. Thread-safe; each call is one process.
class ModelProbe {
 public:
  /// `program` is executed as tinyfog/inference/probe.h says; empty: every model passes.
  ModelProbe(std::filesystem::path program, std::vector<std::string> backends,
             std::chrono::milliseconds bound = std::chrono::seconds(60))
      : program_(std::move(program)), backends_(std::move(backends)), bound_(bound) {}

  /// Blocks until the probe ends, at most `bound`. A content that passed once, for at least as
  /// large a batch, passes again at once. Errors: kInvalidArgument when the probe died or took too
  /// long; what the probe reported; kInternal when it could not be started.
  Outcome<void> Check(std::span<const std::uint8_t> file, std::uint32_t max_batch) {
    return Check(file, max_batch, backends_, passed_);
  }
  /// The same without Arm NN, on CpuTiny alone.
  Outcome<void> CheckTiny(std::span<const std::uint8_t> file, std::uint32_t max_batch) {
    return Check(file, max_batch, {kCpuTiny}, passed_tiny_);
  }

 private:
  using Passed = std::set<std::pair<ContentDigest, std::uint32_t>>;

  Outcome<void> Check(std::span<const std::uint8_t> file, std::uint32_t max_batch,
                      const std::vector<std::string>& backends, Passed& passed);
  Outcome<void> Run(std::span<const std::uint8_t> file, std::uint32_t max_batch,
                    const std::vector<std::string>& backends) const;

  const std::filesystem::path program_;
  const std::vector<std::string> backends_;
  const std::chrono::milliseconds bound_;
  std::mutex mutex_;
  Passed passed_, passed_tiny_;
};

}  // namespace tinyfog::inference
