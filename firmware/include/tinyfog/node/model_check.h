#pragma once

#include "tinyfog/node/piecewise_hash.h"
#include "tinyfog/node/update_proof.h"

namespace tinyfog::node {

/// The manifest's place in a model slot; and what is there, without a name when that is none. Read
/// again where it is needed: it is larger than all else here.
wire::Bytes ManifestPlace(const UpdaterConfig& config, std::uint32_t slot);
wire::ModelManifest KeptManifest(const UpdaterConfig& config, std::uint32_t slot);

/// Verifies the model in a slot, in small pieces: manifest and its signature, the .tfm's digest,
/// its structure, the golden test. The same after a transfer and at every start.
class ModelCheck {
 public:
  /// `hash`: for use while there are pieces left.
  ModelCheck(const UpdaterConfig& config, PiecewiseHash& hash) : config_(config), hash_(hash) {}

  /// `counter`: the least security counter to accept.
  void Start(std::uint32_t slot, std::uint32_t counter);
  /// One piece. True: there is more.
  bool Step();
  /// What was found, once Step has returned false; then manifest and tfm if there is none.
  const Objection& objection() const { return objection_; }
  wire::ModelManifest manifest() const { return KeptManifest(config_, slot_); }
  std::span<const std::uint8_t> tfm() const;
  std::uint32_t slot() const { return slot_; }
  /// Golden tests that have used the arena, ever.
  std::uint32_t arena_uses() const { return arena_uses_; }

 private:
  Objection CheckManifest();
  Objection RunGolden();

  const UpdaterConfig& config_;
  PiecewiseHash& hash_;
  std::uint32_t slot_ = 0;
  std::uint32_t counter_ = 0;
  std::uint32_t tfm_bytes_ = 0;
  std::uint32_t arena_uses_ = 0;
  Objection objection_;
  bool is_hashing_ = false;
};

}  // namespace tinyfog::node
