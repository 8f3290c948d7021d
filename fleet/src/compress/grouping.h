#pragma once

#include <optional>
#include <span>
#include <vector>

#include "tinyfog/compress/huffman.h"

namespace tinyfog::compress {

/// Which chunk is encoded with which table.
struct Grouping {
  std::vector<CodeLengths> tables;
  std::vector<std::optional<std::size_t>> table_of;  ///< by chunk; none: raw
  std::uint64_t bytes = 0;                           ///< of tables and chunks
};

/// The best of those with 0, 1, 2, ... `most_tables` tables that the search finds: k-means over the
/// chunks' histograms, where a table is a centre and bits are the distance.
Grouping GroupChunks(std::span<const Histogram> chunks, std::size_t most_tables);

}  // namespace tinyfog::compress
