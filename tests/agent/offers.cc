#include "offers.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>

#include "tinyfog/base/crc32.h"
#include "tinyfog/compile/compile.h"
#include "tinyfog/graph/from_tflite.h"
#include "tinyfog/host/file.h"
#include "tinyfog/nn/format.h"
#include "tinyfog/node/text.h"
#include "tinyfog/package/package.h"
#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::node::testing {
namespace {

std::string HashOf(wire::Bytes bytes) {
  boot::Hasher hasher;
  hasher.Add(bytes);
  const wire::Sha256 digest = hasher.Finish();
  return {digest.begin(), digest.end()};
}

std::string TextOf(wire::Bytes bytes) { return std::string(wire::AsText(bytes)); }

}  // namespace

const std::vector<std::uint8_t>& MotorTfm(std::uint32_t version) {
  static const auto tfm = [] {
    const auto file =
        ReadFile(std::string(TINYFOG_SOURCE_DIR) + "/fleet/demo/models/motor/1/model.tflite");
    const auto model = tflite::Parse(*file);
    const auto graph = graph::FromTflite(**model);
    return compile::Compile(*graph)->tfm;
  }();
  static const auto changed = [] {
    std::vector<std::uint8_t> bytes = tfm;
    nn::Header header;
    std::memcpy(&header, bytes.data(), sizeof header);
    for (std::uint32_t i = 0; i < header.constant_bytes; i += 97) {
      bytes[header.constants + i] = static_cast<std::uint8_t>(bytes[header.constants + i] ^ 1);
    }
    header.crc32 = Crc32(wire::Bytes(bytes).subspan(16));
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes;
  }();
  return version == 1 ? tfm : changed;
}

const Offer& MotorPackage(std::uint32_t version) {
  static std::map<std::uint32_t, Offer> made;
  Offer& offer = made[version];
  if (!offer.digest.empty()) return offer;
  package::Contents contents;
  contents.name = "motor";
  contents.version = version;
  contents.security_counter = version;
  contents.tfm = MotorTfm(version);
  const auto file = package::Make(contents, boot::testing::TrustedKey());
  const auto read = package::Read(*file);
  offer.digest = HashOf(*file);
  offer.bytes = file->size();
  offer.proof = TextOf(read->proof);
  for (const auto& chunk : read->chunks) offer.chunks.push_back(TextOf(chunk));
  return offer;
}

Offer FirmwareOffer(const boot::testing::Image& image) {
  Offer offer;
  offer.digest = HashOf(image);
  offer.bytes = image.size();
  const wire::Bytes bytes = image;
  for (std::size_t at = 0; at < image.size(); at += wire::kChunkBytes) {
    offer.chunks.push_back(
        TextOf(bytes.subspan(at, std::min<std::size_t>(wire::kChunkBytes, image.size() - at))));
  }
  wire::ImageHeader header;
  EXPECT_EQ(wire::ParseImageHeader(image, static_cast<std::uint32_t>(image.size()), header),
            Status::kOk);
  offer.proof =
      TextOf(bytes.first(wire::kImageHeaderBytes)) + TextOf(bytes.subspan(header.TlvOffset()));
  return offer;
}

void Fill(v1::Desired::Artifact* artifact, const Offer& offer) {
  artifact->set_digest(offer.digest);
  artifact->set_bytes(static_cast<std::uint32_t>(offer.bytes));
  artifact->set_chunks(static_cast<std::uint32_t>(offer.chunks.size()));
  artifact->set_proof(offer.proof);
}

std::string ChunkTopic(const std::string& site, const Offer& offer, std::size_t index) {
  Text<64> hex;
  hex.AddHex(wire::AsBytes(offer.digest));
  return "tinyfog/v1/" + site + "/art/" + std::string(hex.view()) + "/" + std::to_string(index);
}

}  // namespace tinyfog::node::testing
