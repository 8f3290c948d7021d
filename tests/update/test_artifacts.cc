#include "test_artifacts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "tinyfog/base/crc32.h"
#include "tinyfog/nn/golden.h"
#include "tinyfog/nn/kernels/move.h"

namespace tinyfog::node::testing {
namespace {

wire::Sha256 HashOf(wire::Bytes bytes) {
  boot::Hasher hasher;
  hasher.Add(bytes);
  return hasher.Finish();
}

// One step fills the output of 4 bytes; constants, which nothing reads, follow.
struct alignas(16) File {
  nn::Header header{};
  nn::StepRecord step{};
  nn::FillParams params{};
  std::uint32_t step_offset = 0;
  nn::TensorRecord tensor{};
  std::uint32_t shape = 4;
  nn::PortRecord output{};
};

constexpr std::uint32_t kIdentityTables = 1;

// Each value's code is itself.
Buffer IdentityCodes() { return Buffer(kIdentityTables * wire::kCodeTableBytes, 0x88); }

wire::Bytes OperatorBits() {
  static const auto bits = [] {
    std::array<std::uint8_t, wire::kOperatorBytes> made{};
    const auto fill = static_cast<std::size_t>(nn::Opcode::kFill);
    made[fill / 8] = static_cast<std::uint8_t>(1u << fill % 8);
    return made;
  }();
  return bits;
}

nn::GoldenCrcs GoldenOf(const Buffer& tfm, std::uint32_t seed) {
  const auto model = nn::Model::Open(tfm, nn::Operators<nn::Fill>::kTable);
  if (!model.ok()) return {};
  alignas(16) std::uint8_t arena[16];
  auto interpreter = nn::Interpreter::Create(*model, arena);
  return nn::RunGolden(*interpreter, seed);
}

std::vector<Buffer> Cut(const Buffer& bytes, const Buffer& prefix) {
  std::vector<Buffer> chunks;
  for (std::size_t at = 0; at < bytes.size(); at += wire::kChunkBytes) {
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = std::min<std::size_t>(wire::kChunkBytes, bytes.size() - at);
    chunks.push_back(prefix);
    chunks.back().insert(chunks.back().end(), begin, begin + static_cast<std::ptrdiff_t>(count));
  }
  return chunks;
}

}  // namespace

wire::EcdsaSignature SealOf(const boot::PublicKey& key, const wire::Sha256& digest) {
  boot::Hasher hasher;
  hasher.Add(key);
  hasher.Add(digest);
  const wire::Sha256 half = hasher.Finish();
  wire::EcdsaSignature seal;
  std::copy(half.begin(), half.end(), seal.begin());
  std::copy(half.rbegin(), half.rend(), seal.begin() + 32);
  return seal;
}

bool SealCheck::IsGood(const boot::PublicKey& key, const wire::Sha256& digest,
                       const wire::EcdsaSignature& signature) {
  return signature == SealOf(key, digest) || real_.IsGood(key, digest, signature);
}

wire::DesiredArtifact Artifact::Desired() const {
  wire::DesiredArtifact desired;
  desired.digest = digest;
  desired.bytes = bytes;
  desired.chunks = static_cast<std::uint32_t>(chunks.size());
  desired.proof = proof;
  return desired;
}

Buffer MakeTfm(std::uint8_t fill, std::uint32_t bytes) {
  File file;
  bytes = std::max(bytes, static_cast<std::uint32_t>(sizeof(File)));
  file.header.magic = nn::kTfmMagic;
  file.header.version = nn::kFormatVersion;
  file.header.file_bytes = bytes;
  file.header.arena_bytes = 16;
  file.header.step_count = file.header.tensor_count = file.header.output_count = 1;
  file.header.shape_words = 1;
  file.header.steps = offsetof(File, step_offset);
  file.header.tensors = offsetof(File, tensor);
  file.header.ports = offsetof(File, output);
  file.header.shapes = offsetof(File, shape);
  file.header.constants = sizeof(File);
  file.header.constant_bytes = bytes - static_cast<std::uint32_t>(sizeof(File));
  file.step = {static_cast<std::uint16_t>(nn::Opcode::kFill), sizeof(nn::FillParams)};
  file.params = {0, 4, fill, 1};
  file.step_offset = offsetof(File, step);
  file.tensor = {0, 4, 1, 1, static_cast<std::uint8_t>(nn::Type::kInt8), 1, 0};
  Buffer tfm(bytes);
  std::uint32_t x = fill;
  for (std::uint8_t& byte : tfm) {
    x = x * 1664525u + 1013904223u;
    byte = static_cast<std::uint8_t>(x >> 24);
  }
  std::memcpy(tfm.data(), &file, sizeof file);
  const std::uint32_t crc = Crc32(std::span(tfm).subspan(offsetof(nn::Header, arena_bytes)));
  std::memcpy(&tfm[offsetof(nn::Header, crc32)], &crc, sizeof crc);
  return tfm;
}

wire::ModelManifest ManifestOf(const ModelOptions& options, const Buffer& tfm) {
  static const Buffer codes = IdentityCodes();
  static std::string hardware;  // outlives the manifest that is written next
  hardware = options.hardware;
  wire::ModelManifest manifest;
  manifest.name = "motor";
  manifest.version = options.version;
  manifest.hardware = hardware;
  manifest.tfm_version = nn::kFormatVersion;
  manifest.operators = OperatorBits();
  manifest.arena_bytes = 16;
  manifest.tfm_bytes = static_cast<std::uint32_t>(tfm.size());
  manifest.digest = HashOf(tfm);
  manifest.golden_seed = 1;
  const nn::GoldenCrcs crcs = GoldenOf(tfm, 1);
  manifest.golden_input_crc = crcs.input;
  manifest.golden_output_crc = crcs.output;
  manifest.security_counter = options.counter;
  if (options.is_coded) manifest.codes = codes;
  manifest.key_hash = boot::KeyHash(boot::testing::TrustedKey().Point());
  return manifest;
}

Buffer Sealed(const wire::ModelManifest& manifest) {
  Buffer buffer(wire::kManifestBytes);
  const wire::Bytes signed_bytes = wire::WriteModelManifest(manifest, buffer);
  const auto seal = SealOf(boot::testing::TrustedKey().Point(), HashOf(signed_bytes));
  const wire::Bytes whole = wire::WriteManifestSignature(signed_bytes, seal, buffer);
  return {whole.begin(), whole.end()};
}

Artifact MakeModel(const ModelOptions& options) {
  const Buffer tfm = MakeTfm(options.fill, options.bytes);
  Artifact artifact{wire::ArtifactKind::kModel};
  artifact.proof = Sealed(ManifestOf(options, tfm));
  artifact.chunks = Cut(tfm, {static_cast<std::uint8_t>(options.is_coded ? 1 : 0)});
  Buffer file = artifact.proof;
  for (const Buffer& chunk : artifact.chunks) file.insert(file.end(), chunk.begin(), chunk.end());
  artifact.bytes = static_cast<std::uint32_t>(file.size());
  artifact.digest = HashOf(file);
  return artifact;
}

Artifact MakeFirmware(const Buffer& image) {
  Artifact artifact{wire::ArtifactKind::kFirmware};
  artifact.chunks = Cut(image, {});
  artifact.bytes = static_cast<std::uint32_t>(image.size());
  artifact.digest = HashOf(image);
  wire::ImageHeader header;
  EXPECT_EQ(wire::ParseImageHeader(image, artifact.bytes, header), Status::kOk);
  artifact.proof.assign(image.begin(), image.begin() + wire::kImageHeaderBytes);
  artifact.proof.insert(artifact.proof.end(), image.begin() + header.TlvOffset(), image.end());
  return artifact;
}

}  // namespace tinyfog::node::testing
