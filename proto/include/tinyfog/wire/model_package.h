#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "tinyfog/base/status.h"
#include "tinyfog/wire/bytes.h"
#include "tinyfog/wire/firmware_image.h"

/// A model package: a .tfm file as nodes get it. docs/formats/model-package.md has the byte table.
///
///     manifest | u32 number of chunks | u16 length of each chunk | chunks
///
/// Numbers are big-endian. The manifest is signed, announced before any chunk
/// (Desired.Artifact.proof), and enough to decide whether the node takes the model. Chunk i becomes
/// the bytes from i * kChunkBytes on of the .tfm: chunks can come in any order.
namespace tinyfog::wire {

/// Of what a chunk becomes; the last one is shorter. Firmware images are cut into chunks of as many
/// bytes, which are sent as they are.
inline constexpr std::uint32_t kChunkBytes = 4096;
/// Of a model's chunk as it is sent: its first byte says how the others are encoded.
inline constexpr std::uint32_t kEncodedChunkBytes = 1 + kChunkBytes;
/// Nodes keep a bit for each chunk of an artifact and take none with more.
inline constexpr std::uint32_t kMostChunks = 256;
inline constexpr std::uint32_t kManifestBytes = 2048;  ///< larger ones are refused
inline constexpr std::uint32_t kModelNameBytes = 64;
inline constexpr std::uint32_t kOperatorBytes = 32;
/// One table of the entropy code: how many bits each byte value takes, 4 bits each, even values in
/// the high ones. 0: the value does not occur.
inline constexpr std::uint32_t kCodeTableBytes = 128;

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
  /// The golden test (nn::RunGolden): CRC-32 over the inputs that come from the seed, and over the
  /// outputs' bytes.
  std::uint32_t golden_seed = 0;
  std::uint32_t golden_input_crc = 0;
  std::uint32_t golden_output_crc = 0;
  std::uint32_t security_counter = 0;
  Bytes codes;         ///< tables of kCodeTableBytes each, for ChunkDecoder; empty: raw only
  Sha256 key_hash{};   ///< SHA-256 of the public key as DER SubjectPublicKeyInfo
  Bytes signed_bytes;  ///< what the signature is over (its SHA-256)
  EcdsaSignature signature{};

  std::uint32_t chunks() const { return (tfm_bytes + kChunkBytes - 1) / kChunkBytes; }
};

/// Reads a manifest, which may be followed by other bytes. The signature is not checked. Errors:
/// kNotFound without the magic; kUnimplemented for another format version; kOutOfRange when it ends
/// behind `bytes`; kInvalidArgument when malformed or out of range; then the content of `manifest`
/// means nothing.
Status ParseModelManifest(Bytes bytes, ModelManifest& manifest);
/// Bytes of the manifest at the start of `bytes`, as ParseModelManifest would read it; 0: none.
std::uint32_t ModelManifestBytes(Bytes bytes);

/// What is signed; then WriteManifestSignature appends the rest. Empty when it does not fit or
/// would not be read. Ignores signed_bytes and signature.
Bytes WriteModelManifest(const ModelManifest& manifest, std::span<std::uint8_t> buffer);
/// The whole manifest; `signed_bytes` may be at the start of `buffer` already. Empty when it does
/// not fit.
Bytes WriteManifestSignature(Bytes signed_bytes, const EcdsaSignature& signature,
                             std::span<std::uint8_t> buffer);

/// Decodes one chunk that comes in any pieces; 0.3 KB. Safe for any bytes in `codes` and in the
/// chunk.
class ChunkDecoder {
 public:
  struct Progress {
    std::uint32_t consumed;  ///< of `piece`
    std::uint32_t produced;  ///< at the start of `out`
  };
  /// A model's chunk. `codes`: the manifest's; must outlive the decoding. `decoded_bytes`: that the
  /// chunk becomes.
  void Begin(Bytes codes, std::uint32_t decoded_bytes);
  /// A chunk of firmware, which is sent as it is.
  void BeginRaw(std::uint32_t bytes);
  /// Goes on until `piece` is used up or `out` is full: then give what was not consumed again, as
  /// the start of the next piece. Never produces more than `decoded_bytes` in all.
  Progress Decode(Bytes piece, std::span<std::uint8_t> out);
  /// All pieces were given: whether they made exactly `decoded_bytes`. Errors: kInvalidArgument.
  Status End() const;

 private:
  enum class State : std::uint8_t { kEncoding, kRaw, kCoded, kFailed };
  static constexpr std::uint32_t kLongest = 15;  // bits of a code
  // Of the bits read since the last symbol.
  struct Walk {
    std::uint32_t length = 0;  // their number
    std::uint32_t rank = 0;    // as a code of that length: behind the last one
    std::uint32_t index = 0;   // of the symbol behind those with codes up to that length
  };

  bool StartCode(std::uint8_t encoding);
  bool TakeBits(std::uint8_t byte, std::uint8_t& symbol);

  Bytes codes_;
  std::uint32_t left_ = 0;
  std::uint32_t used_bits_ = 0;  // of the first byte of the next piece
  State state_ = State::kFailed;
  Walk walk_;
  std::array<std::uint16_t, kLongest + 1> count_{};  // of codes of each length
  std::array<std::uint8_t, 256> symbols_{};          // in the order of their codes
};

}  // namespace tinyfog::wire
