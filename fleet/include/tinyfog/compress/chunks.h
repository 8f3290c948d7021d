#pragma once

#include <cstdint>
#include <span>
#include <vector>

/// The entropy code of model packages: docs/formats/model-package.md, read by wire::ChunkDecoder.
namespace tinyfog::compress {

struct Chunks {
  std::vector<std::uint8_t> codes;                 ///< the manifest's tables
  std::vector<std::vector<std::uint8_t>> encoded;  ///< the first byte of each says how
};

/// Cuts `bytes` into chunks of wire::kChunkBytes and encodes each with one of at most `most_tables`
/// tables, or not at all where that is shorter. How many tables there are, and which chunks share
/// one, is searched so that tables and chunks together are small; 0 tables: all chunks are raw.
/// The same bytes give the same result.
Chunks EncodeChunks(std::span<const std::uint8_t> bytes, std::size_t most_tables);

}  // namespace tinyfog::compress
