#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tinyfog/firmware_image/firmware_image.h"
#include "tinyfog/host/error.h"
#include "tinyfog/nn/operator_table.h"
#include "tinyfog/wire/model_package.h"

/// Makes and checks model packages: docs/formats/model-package.md.
namespace tinyfog::package {

using firmware_image::Key;
using Bytes = std::span<const std::uint8_t>;

struct Contents {
  std::string name;  ///< as wire::ModelManifest::name
  std::uint32_t version = 0;
  std::string hardware;  ///< empty: any
  std::uint32_t security_counter = 0;
  std::uint32_t golden_seed = 1;
  bool compress = true;  ///< false: every chunk is raw
  Bytes tfm;             ///< compiled for a node's target
};

/// Runs the model for its golden test, encodes and signs. Errors: kInvalidArgument of contents out
/// of range or a model for the gateway's processors; what nn::Model::Open refuses;
/// kFailedPrecondition of a public key.
Outcome<std::vector<std::uint8_t>> Make(const Contents& contents, const Key& key);

/// A package file taken apart; everything points into it.
struct Package {
  wire::ModelManifest manifest;
  Bytes proof;  ///< the manifest's bytes
  std::vector<Bytes> chunks;
};

/// Structure only: neither signature nor chunks are looked into. Errors: kInvalidArgument, with
/// what is wrong.
Outcome<Package> Read(Bytes file);

/// Errors: kUnauthenticated of another key or a wrong signature.
Outcome<void> CheckSignature(const wire::ModelManifest& manifest, const Key& key);

/// The .tfm. Takes as much memory as the manifest says: check the signature before. Errors:
/// kDataLoss when a chunk cannot be decoded, or the digest differs.
Outcome<std::vector<std::uint8_t>> Unpack(const Package& package);

/// What a node with these operators makes of the .tfm: it opens, is what the manifest says, and its
/// golden test passes. Errors: kInvalidArgument when the manifest is wrong; kUnimplemented of an
/// operator that is not there; kFailedPrecondition when the golden test fails.
Outcome<void> CheckModel(const wire::ModelManifest& manifest, Bytes tfm,
                         nn::OperatorTable operators);
/// With every operator of the target.
Outcome<void> CheckModel(const wire::ModelManifest& manifest, Bytes tfm);

/// The opcodes that a bit map names, in order.
std::vector<nn::Opcode> OpcodesOf(Bytes operators);

}  // namespace tinyfog::package
