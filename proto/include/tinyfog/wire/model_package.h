#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "tinyfog/base/result.h"
#include "tinyfog/wire/bytes.h"
#include "tinyfog/wire/firmware_image.h"

/// A model package: a .tfm file as nodes get it. docs/formats/model-package.md has the byte table.
///
///     manifest | u32 number of chunks | u16 length of each chunk | chunks
///
/// The manifest is signed, announced before any chunk (Desired.Artifact.proof), and enough to
/// decide whether the node takes the model. Chunk i becomes the bytes from i * kChunkBytes on of
/// the .tfm: chunks can come in any order.
namespace tinyfog::wire {

/// Of what a chunk becomes; the last one is shorter. Firmware images are cut into chunks of as many
/// bytes, which are sent as they are.
inline constexpr std::uint32_t kChunkBytes = 4096;
/// Of a model's chunk as it is sent: its first byte says how the others are encoded.
inline constexpr std::uint32_t kEncodedChunkBytes = 1 + kChunkBytes;
inline constexpr std::uint32_t kManifestBytes = 2048;  ///< larger ones are refused
inline constexpr std::uint32_t kModelNameBytes = 64;
inline constexpr std::uint32_t kOperatorBytes = 32;

/// What a package says of its model. Texts and bytes point into what was read.
struct ModelManifest {
  std::string_view name;          ///< 1 to 64 of [A-Za-z0-9_.-], not beginning with a dot
  std::uint32_t version = 0;      ///< at least 1
  std::string_view hardware;      ///< that alone it is for, as in firmware images; empty: any
  std::uint8_t target = 0;        ///< nn::Target
  std::uint32_t tfm_version = 0;  ///< nn's format version
  Bytes operators;                ///< opcodes it needs: bit i of byte i/8; at most kOperatorBytes
  std::uint32_t arena_bytes = 0;
  std::uint32_t tfm_bytes = 0;
  Sha256 digest{};  ///< of the .tfm
  /// The golden test: each input is filled from this seed (x = x * 1664525 + 1013904223, byte =
  /// x >> 24, one sequence over the inputs in order); CRC-32 over the inputs' and the outputs'
  /// bytes.
  std::uint32_t golden_seed = 0;
  std::uint32_t golden_input_crc = 0;
  std::uint32_t golden_output_crc = 0;
  std::uint32_t security_counter = 0;
  Bytes codes;         ///< tables of the entropy code, for ChunkDecoder; empty: raw only
  Sha256 key_hash{};   ///< SHA-256 of the public key as DER SubjectPublicKeyInfo
  Bytes signed_bytes;  ///< what the signature is over (its SHA-256)
  EcdsaSignature signature{};

  std::uint32_t chunks() const { return (tfm_bytes + kChunkBytes - 1) / kChunkBytes; }
};

/// Reads a manifest, which may be followed by other bytes. The signature is not checked. Errors:
/// kNotFound without the magic; kUnimplemented for another format version; kOutOfRange when it ends
/// behind `bytes`; kInvalidArgument when malformed or out of range.
Result<ModelManifest> ParseModelManifest(Bytes bytes);
/// Bytes of the manifest at the start of `bytes`, as ParseModelManifest would read it; 0: none.
std::uint32_t ModelManifestBytes(Bytes bytes);

/// What is signed; then WriteManifestSignature appends the rest. Empty when it does not fit or
/// would not be read. Ignores signed_bytes and signature.
Bytes WriteModelManifest(const ModelManifest& manifest, std::span<std::uint8_t> buffer);
Bytes WriteManifestSignature(Bytes signed_bytes, const EcdsaSignature& signature,
                             std::span<std::uint8_t> buffer);

/// Decodes one model chunk that comes in any pieces. Takes at most 2 KB of memory itself; no other.
class ChunkDecoder {
 public:
  struct Progress {
    std::uint32_t consumed;  ///< of `piece`
    std::uint32_t produced;  ///< at the start of `out`
  };
  /// `codes`: the manifest's; must outlive the decoding. `decoded_bytes`: that the chunk becomes.
  void Begin(Bytes codes, std::uint32_t decoded_bytes);
  /// Goes on until `piece` is used up or `out` is full. Never produces more than `decoded_bytes`.
  Progress Decode(Bytes piece, std::span<std::uint8_t> out);
  /// All pieces were given: whether they made exactly `decoded_bytes`. Errors: kInvalidArgument.
  Status End() const;

 private:
  enum class State : std::uint8_t { kEncoding, kRaw, kCoded, kFailed };
  bool StartCode(std::uint8_t encoding);

  Bytes codes_;
  std::uint32_t left_ = 0;
  State state_ = State::kFailed;
  std::uint32_t bits_ = 0;
  std::uint8_t bit_count_ = 0;
  std::array<std::uint16_t, 16> first_{};  // canonical code: of each length
  std::array<std::uint16_t, 16> count_{};
  std::array<std::uint8_t, 256> symbols_{};
};

}  // namespace tinyfog::wire
