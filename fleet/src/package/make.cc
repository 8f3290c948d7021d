#include <algorithm>
#include <array>
#include <cstring>

#include "operators.h"
#include "tinyfog/compile/compile.h"
#include "tinyfog/compile/executable.h"
#include "tinyfog/compress/chunks.h"
#include "tinyfog/firmware_image/signature.h"
#include "tinyfog/nn/golden.h"

namespace tinyfog::package {
namespace {

using Buffer = std::vector<std::uint8_t>;

// Of a manifest beside texts, operators and codes: head, fields, four lengths, signature.
constexpr std::size_t kFixedBytes = 8 + 32 + 64 + 4 * 2 + 64;

bool IsForNodes(nn::Target target) {
  return target == nn::Target::kPortable || target == nn::Target::kCortexMDsp ||
         target == nn::Target::kCortexMHelium;
}

Outcome<nn::Target> TargetOf(Bytes tfm) {
  nn::Header header;
  if (tfm.size() < sizeof(header)) return InvalidArgument("the file is too short for a .tfm");
  std::memcpy(&header, tfm.data(), sizeof(header));
  if (header.magic != nn::kTfmMagic) {
    return InvalidArgument("this is no compiled model: it does not begin with TFM1");
  }
  const auto target = static_cast<nn::Target>(header.target);
  if (!IsForNodes(target)) {
    return InvalidArgument("the model is compiled for " + std::string(compile::TargetName(target)) +
                           "; nodes run portable, cortex-m4, cortex-m7, cortex-m33 or cortex-m55");
  }
  return target;
}

Outcome<void> CheckContents(const Contents& contents) {
  if (contents.version == 0) return InvalidArgument("the model's version must be at least 1");
  if (contents.hardware.size() > wire::kHardwareIdBytes) {
    return InvalidArgument("the hardware id must have at most 32 characters");
  }
  return {};
}

std::size_t MostTables(const Contents& contents, std::size_t operator_bytes) {
  const std::size_t used =
      kFixedBytes + contents.name.size() + contents.hardware.size() + operator_bytes;
  return contents.compress ? (wire::kManifestBytes - used) / wire::kCodeTableBytes : 0;
}

void Put(Buffer& to, std::uint64_t value, int bytes) {
  while (bytes-- > 0) to.push_back(static_cast<std::uint8_t>(value >> 8 * bytes));
}

Outcome<Buffer> SignedManifest(const wire::ModelManifest& manifest, const Key& key) {
  std::array<std::uint8_t, wire::kManifestBytes> buffer;
  const Bytes plain = wire::WriteModelManifest(manifest, buffer);
  if (plain.empty()) {
    return InvalidArgument(
        "the name must be 1 to 64 of A-Z a-z 0-9 _ . - without a dot first, the hardware id "
        "printable ASCII, the model's opcodes below 256");
  }
  TINYFOG_TRY_ASSIGN(const auto signature,
                     firmware_image::SignDigest(key, firmware_image::Digest(plain)));
  const Bytes whole = wire::WriteManifestSignature(plain, signature, buffer);
  return Buffer(whole.begin(), whole.end());
}

}  // namespace

Outcome<Buffer> Make(const Contents& contents, const Key& key) {
  TINYFOG_TRY(CheckContents(contents));
  TINYFOG_TRY_ASSIGN(const nn::Target target, TargetOf(contents.tfm));
  TINYFOG_TRY_ASSIGN(const auto executable, compile::Executable::Open(contents.tfm, target));
  const nn::Model& model = executable->interpreter().model();
  if (!model.CheckCrc()) {
    return Error{Status::kDataLoss, "the compiled model is damaged: its CRC differs"};
  }
  const nn::GoldenCrcs golden = nn::RunGolden(executable->interpreter(), contents.golden_seed);
  const Buffer operators = OperatorsOf(model);
  const compress::Chunks chunks =
      compress::EncodeChunks(contents.tfm, MostTables(contents, operators.size()));
  wire::ModelManifest manifest;
  manifest.name = contents.name;
  manifest.version = contents.version;
  manifest.hardware = contents.hardware;
  manifest.target = static_cast<std::uint8_t>(target);
  manifest.tfm_version = model.header().version;
  manifest.operators = operators;
  manifest.arena_bytes = model.arena_bytes();
  manifest.tfm_bytes = static_cast<std::uint32_t>(contents.tfm.size());
  manifest.digest = firmware_image::Digest(contents.tfm);
  manifest.golden_seed = contents.golden_seed;
  manifest.golden_input_crc = golden.input;
  manifest.golden_output_crc = golden.output;
  manifest.security_counter = contents.security_counter;
  manifest.codes = chunks.codes;
  manifest.key_hash = firmware_image::KeyHash(key);
  TINYFOG_TRY_ASSIGN(Buffer file, SignedManifest(manifest, key));
  Put(file, chunks.encoded.size(), 4);
  for (const Buffer& chunk : chunks.encoded) Put(file, chunk.size(), 2);
  for (const Buffer& chunk : chunks.encoded) file.insert(file.end(), chunk.begin(), chunk.end());
  return file;
}

}  // namespace tinyfog::package
