#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tinyfog/v1/node.pb.h"

/// Artifacts as a gateway offers them, made of files by the tools' libraries.
namespace tinyfog::testing {

struct Artifact {
  v1::ArtifactKind kind = v1::ARTIFACT_KIND_UNSPECIFIED;
  std::string digest;  ///< of the file
  std::string proof;
  std::string name;
  std::uint32_t version = 0;
  std::uint32_t bytes = 0;
  std::vector<std::string> chunks;
  std::vector<std::uint8_t> tfm;  ///< of a model

  /// As a node is to be told of it.
  v1::Desired::Artifact Desired() const;
  /// Where chunk `index` is published below the site's root.
  std::string TopicOf(std::size_t index) const;
};

/// CRC-32 of what a host computes of an input with a model's only output.
std::uint32_t OutputCrc(const Artifact& model, const std::string& input);

/// A package of tinyfog-package. Fails the test when it is none.
Artifact ModelArtifact(const std::filesystem::path& file);
/// An image of tinyfog-image. Fails the test when it is none.
Artifact FirmwareArtifact(const std::filesystem::path& file);

}  // namespace tinyfog::testing
