#include "test_packages.h"

#include "tinyfog/package/package.h"

namespace tinyfog::node::testing {

Artifact ArtifactOf(const Buffer& package) {
  const auto read = package::Read(package);
  Artifact artifact{wire::ArtifactKind::kModel};
  boot::Hasher hasher;
  hasher.Add(package);
  artifact.digest = hasher.Finish();
  artifact.bytes = static_cast<std::uint32_t>(package.size());
  artifact.proof.assign(read->proof.begin(), read->proof.end());
  for (const auto chunk : read->chunks) artifact.chunks.emplace_back(chunk.begin(), chunk.end());
  return artifact;
}

Artifact MakePackage(const ModelOptions& options) {
  const Buffer tfm = MakeTfm(options.fill, options.bytes);
  package::Contents contents;
  contents.name = "motor";
  contents.version = options.version;
  contents.hardware = options.hardware;
  contents.security_counter = options.counter;
  contents.compress = options.is_coded;
  contents.tfm = tfm;
  return ArtifactOf(package::Make(contents, boot::testing::TrustedKey()).value());
}

}  // namespace tinyfog::node::testing
