#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "boot_node.h"
#include "tinyfog/wire/model_package.h"
#include "tinyfog/wire/node_messages.h"

/// Artifacts made for tests of the updater, as a gateway announces and publishes them.
namespace tinyfog::node::testing {

using Buffer = std::vector<std::uint8_t>;

/// Exact and cheap, so that exhaustive tests can afford it: what SealOf makes of key and digest is
/// the one signature that is good, and those of the real check.
class SealCheck final : public boot::SignatureCheck {
 public:
  bool IsGood(const boot::PublicKey& key, const wire::Sha256& digest,
              const wire::EcdsaSignature& signature) override;

 private:
  boot::testing::RememberedCheck real_;
};
wire::EcdsaSignature SealOf(const boot::PublicKey& key, const wire::Sha256& digest);

struct Artifact {
  wire::ArtifactKind kind;
  wire::Sha256 digest{};
  std::uint32_t bytes = 0;
  Buffer proof = {};
  std::vector<Buffer> chunks = {};  ///< as they are published

  wire::DesiredArtifact Desired() const;
};

struct ModelOptions {
  std::uint32_t version = 1;
  std::uint32_t counter = 1;
  std::uint32_t bytes = 4096 + 300;  ///< of the .tfm
  std::string hardware = {};
  std::uint8_t fill = 7;  ///< what it answers
  bool is_coded = false;
};

/// A .tfm that fills its output with `fill`, made as long as wanted by constants.
Buffer MakeTfm(std::uint8_t fill, std::uint32_t bytes);
/// The manifest of MakeTfm's file, to be changed by tests; views are static.
wire::ModelManifest ManifestOf(const ModelOptions& options, const Buffer& tfm);
Buffer Sealed(const wire::ModelManifest& manifest);
Artifact MakeModel(const ModelOptions& options);
/// `image` as an artifact.
Artifact MakeFirmware(const Buffer& image);

}  // namespace tinyfog::node::testing
