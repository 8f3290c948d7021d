#include "tinyfog/package/package.h"

#include <algorithm>

#include "operators.h"
#include "tinyfog/compile/compile.h"
#include "tinyfog/compile/executable.h"
#include "tinyfog/firmware_image/signature.h"
#include "tinyfog/nn/golden.h"
#include "tinyfog/nn/x86.h"

namespace tinyfog::package {
namespace {

const char* Reason(Status status) {
  switch (status) {
    case Status::kNotFound:
      return "this is no model package: it does not begin with TFMP";
    case Status::kUnimplemented:
      return "the model package has another format version; this program reads 1";
    case Status::kOutOfRange:
      return "the model package ends within its manifest";
    default:
      return "the model package's manifest is malformed";
  }
}

Error Damaged(const std::string& what) { return {Status::kDataLoss, what}; }

Outcome<void> CheckHeader(const wire::ModelManifest& manifest, const nn::Model& model) {
  const auto wrong = [](const std::string& what) {
    return InvalidArgument("the package's manifest and its model disagree about " + what);
  };
  if (manifest.tfm_version != model.header().version) return wrong("the format's version");
  if (manifest.arena_bytes != model.arena_bytes()) return wrong("the arena");
  if (!std::ranges::equal(manifest.operators, OperatorsOf(model))) return wrong("the operators");
  return {};
}

}  // namespace

Outcome<Package> Read(Bytes file) {
  Package package;
  const Status parsed = wire::ParseModelManifest(file, package.manifest);
  if (parsed != Status::kOk) return InvalidArgument(Reason(parsed));
  package.proof = file.first(wire::ModelManifestBytes(file));
  wire::Reader reader(file.subspan(package.proof.size()));
  const std::uint32_t count = reader.U32();
  if (!reader.ok() || count != package.manifest.chunks()) {
    return InvalidArgument("the model package has not the number of chunks that its model needs");
  }
  wire::Reader lengths(reader.Take(2 * std::size_t{count}));
  wire::Reader chunks(reader.left());
  while (!lengths.left().empty()) package.chunks.push_back(chunks.Take(lengths.U16()));
  if (!reader.ok() || !chunks.ok() || !chunks.left().empty()) {
    return InvalidArgument("the model package is truncated, or longer than its chunks");
  }
  const auto is_wrong = [](Bytes chunk) {
    return chunk.empty() || chunk.size() > wire::kEncodedChunkBytes;
  };
  if (std::ranges::any_of(package.chunks, is_wrong)) {
    return InvalidArgument("a chunk of the model package is empty or larger than 4097 bytes");
  }
  return package;
}

Outcome<void> CheckSignature(const wire::ModelManifest& manifest, const Key& key) {
  if (firmware_image::KeyHash(key) != manifest.key_hash) {
    return Error{Status::kUnauthenticated, "the model package is signed by another key"};
  }
  if (!firmware_image::IsSigned(key, firmware_image::Digest(manifest.signed_bytes),
                                manifest.signature)) {
    return Error{Status::kUnauthenticated, "the model package's signature is wrong"};
  }
  return {};
}

Outcome<std::vector<std::uint8_t>> Unpack(const Package& package) {
  const wire::ModelManifest& manifest = package.manifest;
  std::vector<std::uint8_t> tfm(manifest.tfm_bytes);
  wire::ChunkDecoder decoder;
  for (std::size_t i = 0; i < package.chunks.size(); ++i) {
    const std::size_t at = i * wire::kChunkBytes;
    const std::size_t bytes = std::min<std::size_t>(wire::kChunkBytes, tfm.size() - at);
    decoder.Begin(manifest.codes, static_cast<std::uint32_t>(bytes));
    decoder.Decode(package.chunks[i], std::span(tfm).subspan(at, bytes));
    if (decoder.End() != Status::kOk) {
      return Damaged("chunk " + std::to_string(i) + " of the model package cannot be decoded");
    }
  }
  if (firmware_image::Digest(tfm) != manifest.digest) {
    return Damaged("the model package is damaged: the SHA-256 of its model differs");
  }
  return tfm;
}

Outcome<void> CheckModel(const wire::ModelManifest& manifest, Bytes tfm,
                         nn::OperatorTable operators) {
  const auto executable =
      compile::Executable::Open(tfm, static_cast<nn::Target>(manifest.target), operators);
  if (!executable.ok()) return executable.error();
  TINYFOG_TRY(CheckHeader(manifest, (*executable)->interpreter().model()));
  const nn::GoldenCrcs crcs = nn::RunGolden((*executable)->interpreter(), manifest.golden_seed);
  if (crcs.input != manifest.golden_input_crc) {
    return FailedPrecondition(
        "the golden test's input differs: the package was made by another version of this program");
  }
  if (crcs.output != manifest.golden_output_crc) {
    return FailedPrecondition("the golden test fails: the model answers with other bytes here");
  }
  return {};
}

Outcome<void> CheckModel(const wire::ModelManifest& manifest, Bytes tfm) {
  return CheckModel(manifest, tfm, nn::OperatorsOf(static_cast<nn::Target>(manifest.target)));
}

}  // namespace tinyfog::package
