#include "artifact_for_test.h"

#include <gtest/gtest.h>

#include "process.h"
#include "tinyfog/base/crc32.h"
#include "tinyfog/firmware_image/firmware_image.h"
#include "tinyfog/firmware_image/signature.h"
#include "tinyfog/host/aligned_bytes.h"
#include "tinyfog/nn/all_operators.h"
#include "tinyfog/nn/interpreter.h"
#include "tinyfog/package/package.h"

namespace tinyfog::testing {
namespace {

std::span<const std::uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string Text(std::span<const std::uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

std::string Sha256(const std::string& bytes) { return Text(firmware_image::Digest(Bytes(bytes))); }

}  // namespace

v1::Desired::Artifact Artifact::Desired() const {
  v1::Desired::Artifact desired;
  desired.set_digest(digest);
  desired.set_bytes(bytes);
  desired.set_chunks(static_cast<std::uint32_t>(chunks.size()));
  desired.set_proof(proof);
  desired.set_name(name);
  desired.set_version(version);
  return desired;
}

std::string Artifact::TopicOf(std::size_t index) const {
  std::string topic = "art/";
  for (const char byte : digest) {
    constexpr char kDigits[] = "0123456789abcdef";
    topic += {kDigits[byte >> 4 & 15], kDigits[byte & 15]};
  }
  return topic + "/" + std::to_string(index);
}

std::uint32_t OutputCrc(const Artifact& artifact, const std::string& input) {
  AlignedBytes tfm(artifact.tfm);
  const auto& header = *reinterpret_cast<const nn::Header*>(tfm.span().data());
  const auto model =
      nn::Model::Open(tfm.span(), nn::AllOperators(), static_cast<nn::Target>(header.target));
  EXPECT_TRUE(model.ok());
  if (!model.ok()) return 0;
  AlignedBytes arena(model->arena_bytes());
  nn::Interpreter interpreter = nn::Interpreter::Create(*model, arena.span()).value();
  EXPECT_EQ(interpreter.input(0).size(), input.size());
  std::copy_n(input.begin(), std::min(input.size(), interpreter.input(0).size()),
              interpreter.input(0).begin());
  interpreter.Run();
  return Crc32(interpreter.output(0));
}

Artifact ModelArtifact(const std::filesystem::path& file) {
  const std::string bytes = Contents(file);
  const auto package = package::Read(Bytes(bytes));
  if (!package.ok()) {
    ADD_FAILURE() << file << ": " << package.error().message;
    return {};
  }
  Artifact artifact{v1::ARTIFACT_KIND_MODEL,
                    Sha256(bytes),
                    Text(package->proof),
                    std::string(package->manifest.name),
                    package->manifest.version,
                    static_cast<std::uint32_t>(bytes.size()),
                    {},
                    package::Unpack(*package).value()};
  for (const auto chunk : package->chunks) artifact.chunks.push_back(Text(chunk));
  return artifact;
}

Artifact FirmwareArtifact(const std::filesystem::path& file) {
  const std::string bytes = Contents(file);
  const auto image = firmware_image::Read(Bytes(bytes));
  if (!image.ok()) {
    ADD_FAILURE() << file << ": " << image.error().message;
    return {};
  }
  Artifact artifact{v1::ARTIFACT_KIND_FIRMWARE,
                    Sha256(bytes),
                    bytes.substr(0, wire::kImageHeaderBytes) +
                        bytes.substr(image->header.TlvOffset(), image->tlvs.bytes),
                    "",
                    0,
                    static_cast<std::uint32_t>(bytes.size()),
                    {},
                    {}};
  for (std::size_t at = 0; at < bytes.size(); at += wire::kChunkBytes) {
    artifact.chunks.push_back(bytes.substr(at, wire::kChunkBytes));
  }
  return artifact;
}

}  // namespace tinyfog::testing
