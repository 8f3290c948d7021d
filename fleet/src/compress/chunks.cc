#include "tinyfog/compress/chunks.h"

#include <algorithm>

#include "grouping.h"
#include "tinyfog/compress/huffman.h"
#include "tinyfog/wire/model_package.h"

namespace tinyfog::compress {
namespace {

using Bytes = std::span<const std::uint8_t>;

std::vector<Bytes> Cut(Bytes bytes) {
  std::vector<Bytes> chunks;
  for (std::size_t at = 0; at < bytes.size(); at += wire::kChunkBytes) {
    chunks.push_back(
        bytes.subspan(at, std::min<std::size_t>(wire::kChunkBytes, bytes.size() - at)));
  }
  return chunks;
}

void PutTable(std::vector<std::uint8_t>& to, const CodeLengths& lengths) {
  for (std::size_t v = 0; v < lengths.size(); v += 2) {
    to.push_back(static_cast<std::uint8_t>(lengths[v] << 4 | lengths[v + 1]));
  }
}

}  // namespace

Chunks EncodeChunks(Bytes bytes, std::size_t most_tables) {
  const std::vector<Bytes> pieces = Cut(bytes);
  std::vector<Histogram> histograms;
  for (const Bytes piece : pieces) histograms.push_back(HistogramOf(piece));
  const Grouping grouping = GroupChunks(histograms, most_tables);
  Chunks chunks;
  for (const CodeLengths& table : grouping.tables) PutTable(chunks.codes, table);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto table = grouping.table_of[i];
    std::vector<std::uint8_t>& chunk = chunks.encoded.emplace_back();
    chunk.push_back(static_cast<std::uint8_t>(table ? *table + 1 : 0));
    const auto coded = table ? Encode(pieces[i], grouping.tables[*table])
                             : std::vector<std::uint8_t>(pieces[i].begin(), pieces[i].end());
    chunk.insert(chunk.end(), coded.begin(), coded.end());
  }
  return chunks;
}

}  // namespace tinyfog::compress
