#include <algorithm>
#include <cstdlib>
#include <vector>

#include "tinyfog/wire/model_package.h"

namespace {

using namespace tinyfog::wire;  // NOLINT: this file is about one class

struct Decoded {
  bool ok;
  std::vector<std::uint8_t> bytes;
  bool operator==(const Decoded&) const = default;
};

// Bit by bit, as the format's page says it: codes of one length are consecutive.
Decoded Reference(Bytes codes, Bytes chunk, std::size_t bytes) {
  Decoded decoded{false, {}};
  if (chunk.empty()) return decoded;
  const std::size_t encoding = chunk[0];
  chunk = chunk.subspan(1);
  if (encoding == 0) {
    decoded.bytes.assign(chunk.begin(), chunk.begin() + std::min(bytes, chunk.size()));
    decoded.ok = chunk.size() == bytes;
    return decoded;
  }
  if (encoding * kCodeTableBytes > codes.size()) return decoded;
  const auto length_of = [&](std::size_t symbol) {
    const unsigned pair = codes[(encoding - 1) * kCodeTableBytes + symbol / 2];
    return symbol % 2 == 0 ? pair >> 4 : pair & 15;
  };
  std::vector<int> symbols(2 << 15, -1);  // by code with a one before it
  unsigned code = 0;
  for (unsigned length = 1; length <= 15; ++length) {
    code <<= 1;
    for (unsigned symbol = 0; symbol < 256; ++symbol) {
      if (length_of(symbol) != length) continue;
      if (code >= 1u << length) return decoded;
      symbols[1u << length | code++] = static_cast<int>(symbol);
    }
  }
  unsigned current = 1;
  std::size_t bit = 0;
  for (; bit < chunk.size() * 8 && decoded.bytes.size() < bytes; ++bit) {
    current = current << 1 | (chunk[bit / 8] >> (7 - bit % 8) & 1u);
    if (current >= symbols.size()) return decoded;
    if (symbols[current] < 0) continue;
    decoded.bytes.push_back(static_cast<std::uint8_t>(symbols[current]));
    current = 1;
  }
  bool filled = (bit + 7) / 8 == chunk.size();
  for (; bit % 8 != 0; ++bit) filled = filled && (chunk[bit / 8] >> (7 - bit % 8) & 1) == 0;
  decoded.ok = decoded.bytes.size() == bytes && filled;
  return decoded;
}

Decoded InPieces(Bytes codes, Bytes chunk, std::uint32_t bytes, std::size_t piece,
                 std::size_t window) {
  ChunkDecoder decoder;
  decoder.Begin(codes, bytes);
  Decoded decoded{false, {}};
  std::vector<std::uint8_t> out(window);  // of its exact size: an overflow is seen
  while (!chunk.empty()) {
    std::vector<std::uint8_t> copy(chunk.begin(), chunk.begin() + std::min(piece, chunk.size()));
    std::size_t done = 0;
    while (done < copy.size()) {
      const auto progress = decoder.Decode(Bytes(copy).subspan(done), out);
      if (progress.produced > window || progress.consumed > copy.size() - done) std::abort();
      if (progress.consumed == 0 && progress.produced == 0) std::abort();
      decoded.bytes.insert(decoded.bytes.end(), out.begin(), out.begin() + progress.produced);
      if (decoded.bytes.size() > bytes) std::abort();
      done += progress.consumed;
    }
    chunk = chunk.subspan(copy.size());
  }
  decoded.ok = decoder.End() == tinyfog::Status::kOk;
  return decoded;
}

}  // namespace

// Sizes of pieces and windows, the decoded size, one table, a chunk: any cut gives what reading it
// bit by bit gives.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kHead = 4;
  if (size < kHead + kCodeTableBytes) return 0;
  const std::size_t piece = 1 + data[0] % 64, window = 1 + data[1] % 64;
  const auto bytes = static_cast<std::uint32_t>((data[2] << 8 | data[3]) % (kChunkBytes + 1));
  const Bytes codes(data + kHead, kCodeTableBytes);
  const Bytes chunk(data + kHead + kCodeTableBytes, size - kHead - kCodeTableBytes);
  const Decoded expected = Reference(codes, chunk, bytes);
  if (InPieces(codes, chunk, bytes, piece, window).ok != expected.ok) std::abort();
  if (expected.ok && !(InPieces(codes, chunk, bytes, piece, window) == expected)) std::abort();
  if (expected.ok && !(InPieces(codes, chunk, bytes, 100000, 4096) == expected)) std::abort();
  return 0;
}
