#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tinyfog/artifact/store.h"

namespace tinyfog::fleet {

/// Chunks of the artifacts that are being published: each file is read and verified once and kept
/// until it has not been asked for for a while. One thread.
class ArtifactFiles {
 public:
  using Time = std::chrono::microseconds;
  explicit ArtifactFiles(const artifact::Store& store) : store_(store) {}

  /// The chunk as it is published. Errors: kNotFound; kOutOfRange: no such chunk; kDataLoss, those
  /// of reading.
  Outcome<std::string> Chunk(const wire::Sha256& digest, std::uint32_t index, Time now);
  void Forget(Time now);  ///< what was not asked for in the last half minute

 private:
  struct File {
    std::shared_ptr<const artifact::Artifact> artifact;
    std::shared_ptr<const std::vector<std::uint8_t>> bytes;
    Time used{0};
  };
  const artifact::Store& store_;
  std::map<wire::Sha256, File> files_;
};

}  // namespace tinyfog::fleet
