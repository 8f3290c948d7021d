#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tinyfog/firmware_image/firmware_image.h"
#include "tinyfog/host/error.h"
#include "tinyfog/wire/model_package.h"
#include "tinyfog/wire/node_messages.h"

/// Firmware images and model packages that the gateway hands out, as files named by their digest.
namespace tinyfog::artifact {

/// One artifact, verified. Immutable.
struct Artifact {
  wire::Sha256 digest{};  ///< of the file
  wire::ArtifactKind kind = wire::ArtifactKind::kUnspecified;
  std::string name;     ///< model, or hardware id of firmware
  std::string version;  ///< "7"; of firmware "1.2.3", "1.2.3+4"
  std::uint32_t model_version = 0;
  wire::ImageVersion firmware_version;
  std::uint64_t bytes = 0;
  std::uint32_t chunks = 0;
  std::string hardware;  ///< empty: any
  std::string target;    ///< of models: the first name that tinyfog-compile has for it
  std::string encoding;  ///< of models: "raw", "huffman"
  std::uint64_t decoded_bytes = 0;
  std::uint32_t arena_bytes = 0;
  std::uint32_t security_counter = 0;
  wire::Sha256 key{};               ///< SHA-256 of the public key that signed it
  std::vector<std::uint8_t> proof;  ///< of Desired.Artifact (node.proto)
  std::chrono::system_clock::time_point stored;
};

/// "0123abcd..." in full.
std::string HexOf(const wire::Sha256& digest);

/// Reads an artifact's description from the whole file; nothing is verified but the structure.
/// Errors: kInvalidArgument: neither a firmware image nor a model package, with what is wrong.
Outcome<Artifact> Describe(std::span<const std::uint8_t> file);

/// The bytes of one chunk as it is published, in `file`. Precondition: index < artifact.chunks.
std::span<const std::uint8_t> ChunkOf(const Artifact& artifact, std::span<const std::uint8_t> file,
                                      std::uint32_t index);

/// What a node says of itself in its birth, as far as artifacts must fit.
struct NodeFit {
  std::string hardware;
  std::string target;
  std::uint32_t tfm_version = 0;
  std::vector<std::uint8_t> operators;  ///< empty: all
  std::uint32_t arena_bytes = 0;
  std::uint32_t model_slot_bytes = 0;
  std::uint32_t firmware_slot_bytes = 0;
  std::uint32_t model_counter = 0;
  std::uint32_t firmware_counter = 0;
};

struct StoreOptions {
  std::filesystem::path folder;
  std::vector<firmware_image::Key> trusted;  ///< public keys; none: nothing can be added
  std::uint64_t largest_bytes = 16 << 20;    ///< of one artifact
};

using ArtifactPtr = std::shared_ptr<const Artifact>;  ///< shared: removed while calls use it

/// Content-addressed files below one folder, each written whole or not at all. Any thread.
class Store {
 public:
  /// Makes the folder, removes what a crash has left half-written, reads what is there; what does
  /// not verify is left out, with a sentence in `warnings`. Errors: those of the folder.
  static Outcome<std::unique_ptr<Store>> Open(StoreOptions options,
                                              std::vector<std::string>& warnings);
  virtual ~Store() = default;
  virtual const StoreOptions& options() const = 0;

  struct Added {
    ArtifactPtr artifact;
    bool unchanged;  ///< was there
  };
  /// Verifies and keeps; a model is decoded and answers its golden test. Errors: kInvalidArgument
  /// (structure; manifest and model disagree), kPermissionDenied (signature or unknown key),
  /// kDataLoss (damaged), kResourceExhausted (too large, disk full), kFailedPrecondition (no
  /// trusted key is configured; the golden test fails), kUnimplemented (an operator that this
  /// gateway does not know).
  virtual Outcome<Added> Add(std::span<const std::uint8_t> file) = 0;
  virtual std::vector<ArtifactPtr> List() const = 0;  ///< newest first
  /// `reference`: digest of at least 6 hexadecimal digits, or NAME@VERSION; firmware's version may
  /// lack its build. Errors: kNotFound; kInvalidArgument when it names several, or is neither.
  virtual Outcome<ArtifactPtr> Find(const std::string& reference) const = 0;
  /// Of several (one version of a model compiled for several targets) that for this node.
  virtual Outcome<ArtifactPtr> FindFor(const std::string& reference, const NodeFit& node) const = 0;
  virtual ArtifactPtr Get(const wire::Sha256& digest) const = 0;  ///< null: none
  /// The whole file. Errors: kNotFound, kDataLoss (digest differs), those of reading.
  virtual Outcome<std::shared_ptr<const std::vector<std::uint8_t>>> Read(
      const wire::Sha256& digest) const = 0;
  /// Reads the file again and checks all that Add checks. Errors: those of both.
  virtual Outcome<ArtifactPtr> Verify(const wire::Sha256& digest) const = 0;
  /// Errors: kNotFound, those of the file system.
  virtual Outcome<void> Remove(const wire::Sha256& digest) = 0;
};

/// Whether the node could run it, by the node's own rules and, for a model, by running the node's
/// runtime on it with the golden input. Errors: kFailedPrecondition with a sentence that says what
/// does not fit and by how much.
Outcome<void> CheckFit(const Artifact& artifact, std::span<const std::uint8_t> file,
                       const NodeFit& node);

}  // namespace tinyfog::artifact
