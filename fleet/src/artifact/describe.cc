#include <fmt/format.h>

#include <algorithm>

#include "tinyfog/artifact/store.h"
#include "tinyfog/compile/compile.h"
#include "tinyfog/firmware_image/signature.h"
#include "tinyfog/package/package.h"

namespace tinyfog::artifact {
namespace {

using Bytes = std::span<const std::uint8_t>;

bool BeginsWith(Bytes file, std::initializer_list<std::uint8_t> magic) {
  return file.size() >= magic.size() && std::equal(magic.begin(), magic.end(), file.begin());
}

std::string VersionText(const wire::ImageVersion& v) {
  std::string text = fmt::format("{}.{}.{}", v.major, v.minor, v.revision);
  return v.build == 0 ? text : text + fmt::format("+{}", v.build);
}

std::uint32_t ChunksIn(std::uint64_t bytes) {
  return static_cast<std::uint32_t>((bytes + wire::kChunkBytes - 1) / wire::kChunkBytes);
}

Outcome<Artifact> DescribeFirmware(Bytes file) {
  TINYFOG_TRY_ASSIGN(const auto image, firmware_image::Read(file));
  if (image.bytes != file.size()) {
    return InvalidArgument(
        fmt::format("the image has {} bytes, the file {}: sign it without padding (imgtool: no "
                    "--pad)",
                    image.bytes, file.size()));
  }
  Artifact artifact;
  artifact.kind = wire::ArtifactKind::kFirmware;
  artifact.name = artifact.hardware = image.tlvs.HardwareId();
  artifact.firmware_version = image.header.version;
  artifact.version = VersionText(image.header.version);
  artifact.chunks = ChunksIn(file.size());
  artifact.decoded_bytes = file.size();
  artifact.security_counter = image.tlvs.security_counter;
  artifact.key = image.tlvs.key_hash;
  const Bytes header = file.first(wire::kImageHeaderBytes);
  const Bytes tlvs = file.subspan(image.header.TlvOffset(), image.tlvs.bytes);
  artifact.proof.assign(header.begin(), header.end());
  artifact.proof.insert(artifact.proof.end(), tlvs.begin(), tlvs.end());
  return artifact;
}

Outcome<Artifact> DescribeModel(Bytes file) {
  TINYFOG_TRY_ASSIGN(const auto package, package::Read(file));
  const wire::ModelManifest& manifest = package.manifest;
  Artifact artifact;
  artifact.kind = wire::ArtifactKind::kModel;
  artifact.name = manifest.name;
  artifact.model_version = manifest.version;
  artifact.version = std::to_string(manifest.version);
  artifact.chunks = manifest.chunks();
  artifact.hardware = manifest.hardware;
  artifact.target = compile::TargetName(static_cast<nn::Target>(manifest.target));
  if (artifact.target.empty()) {
    return InvalidArgument(
        fmt::format("the model is for target {}, which this gateway does not "
                    "know",
                    manifest.target));
  }
  artifact.encoding = manifest.codes.empty() ? "raw" : "huffman";
  artifact.decoded_bytes = manifest.tfm_bytes;
  artifact.arena_bytes = manifest.arena_bytes;
  artifact.security_counter = manifest.security_counter;
  artifact.key = manifest.key_hash;
  artifact.proof.assign(package.proof.begin(), package.proof.end());
  return artifact;
}

Outcome<Artifact> DescribeKind(Bytes file) {
  if (BeginsWith(file, {0x3d, 0xb8, 0xf3, 0x96})) return DescribeFirmware(file);
  if (BeginsWith(file, {'T', 'F', 'M', 'P'})) return DescribeModel(file);
  if (BeginsWith(file, {'T', 'F', 'M', '1'})) {
    return InvalidArgument(
        "this is a compiled model without a signature: make a package of it "
        "with tinyfog-package");
  }
  if (file.size() >= 8 && BeginsWith(file.subspan(4), {'T', 'F', 'L', '3'})) {
    return InvalidArgument(
        "this is a .tflite file: make a package for nodes of it with tinyfog-package, or push it "
        "to "
        "the gateway with `tinyfogctl model push`");
  }
  return InvalidArgument("this is neither a signed firmware image nor a model package");
}

}  // namespace

std::string HexOf(const wire::Sha256& digest) {
  std::string text;
  for (const std::uint8_t byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

Outcome<Artifact> Describe(Bytes file) {
  TINYFOG_TRY_ASSIGN(Artifact artifact, DescribeKind(file));
  artifact.digest = firmware_image::Digest(file);
  artifact.bytes = file.size();
  return artifact;
}

Bytes ChunkOf(const Artifact& artifact, Bytes file, std::uint32_t index) {
  if (artifact.kind == wire::ArtifactKind::kFirmware) {
    const std::size_t at = std::size_t{index} * wire::kChunkBytes;
    return file.subspan(at, std::min<std::size_t>(wire::kChunkBytes, file.size() - at));
  }
  wire::Reader lengths(file.subspan(artifact.proof.size() + 4));
  std::size_t at = artifact.proof.size() + 4 + 2 * std::size_t{artifact.chunks};
  for (std::uint32_t i = 0; i < index; ++i) at += lengths.U16();
  return file.subspan(at, lengths.U16());
}

}  // namespace tinyfog::artifact
