#include "tinyfog/compress/chunks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tinyfog/wire/model_package.h"

namespace tinyfog::compress {
namespace {

using Buffer = std::vector<std::uint8_t>;

Buffer Decode(const Chunks& chunks, std::size_t bytes) {
  Buffer out(bytes);
  for (std::size_t i = 0; i < chunks.encoded.size(); ++i) {
    const std::size_t at = i * wire::kChunkBytes;
    const std::size_t size = std::min<std::size_t>(wire::kChunkBytes, bytes - at);
    wire::ChunkDecoder decoder;
    decoder.Begin(chunks.codes, static_cast<std::uint32_t>(size));
    decoder.Decode(chunks.encoded[i], std::span(out).subspan(at, size));
    EXPECT_EQ(decoder.End(), Status::kOk) << "chunk " << i;
  }
  return out;
}

std::size_t SizeOf(const Chunks& chunks) {
  std::size_t size = chunks.codes.size();
  for (const Buffer& chunk : chunks.encoded) size += chunk.size();
  return size;
}

// Bell-shaped around `middle`, as weights are.
Buffer Weights(std::size_t bytes, double width, int middle, std::mt19937& random) {
  Buffer out;
  for (std::size_t i = 0; i < bytes; ++i) {
    double sum = 0;
    for (int j = 0; j < 12; ++j) sum += static_cast<double>(random()) / 4294967296.0 - 0.5;
    out.push_back(static_cast<std::uint8_t>(middle + static_cast<int>(std::lround(sum * width))));
  }
  return out;
}

TEST(Chunks, DecodeToWhatTheyWere) {
  std::mt19937 random(2);
  for (const std::size_t bytes : {1u, 100u, 4095u, 4096u, 4097u, 30000u}) {
    for (const std::size_t tables : {0u, 1u, 13u}) {
      const Buffer data = Weights(bytes, 12, 0, random);
      const Chunks chunks = EncodeChunks(data, tables);
      EXPECT_EQ(chunks.encoded.size(), (bytes + 4095) / 4096);
      EXPECT_LE(chunks.codes.size(), tables * wire::kCodeTableBytes);
      EXPECT_EQ(Decode(chunks, bytes), data) << bytes;
    }
  }
}

TEST(Chunks, WhatCannotBeShorterIsRaw) {
  std::mt19937 random(3);
  Buffer noise(20000);
  for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(random());
  const Chunks chunks = EncodeChunks(noise, 13);
  EXPECT_TRUE(chunks.codes.empty());
  EXPECT_EQ(SizeOf(chunks), noise.size() + 5);
  EXPECT_EQ(Decode(chunks, noise.size()), noise);
}

// Width 12 has an entropy of log2(12 * sqrt(2 pi e)) = 5.63 bits.
TEST(Chunks, NearTheEntropy) {
  std::mt19937 random(4);
  const Buffer data = Weights(200000, 12, 0, random);
  const double bits = 8.0 * static_cast<double>(SizeOf(EncodeChunks(data, 13))) / 200000;
  EXPECT_LT(bits, 5.63 * 1.02);
  EXPECT_GT(bits, 5.60);
}

TEST(Chunks, PartsThatDifferGetTablesOfTheirOwn) {
  std::mt19937 random(5);
  Buffer data;
  for (int part = 0; part < 6; ++part) {
    const Buffer more = Weights(8192, part % 2 == 0 ? 3 : 30, part % 2 == 0 ? 0 : 100, random);
    data.insert(data.end(), more.begin(), more.end());
  }
  const Chunks one = EncodeChunks(data, 1), several = EncodeChunks(data, 13);
  EXPECT_GE(several.codes.size(), 2 * wire::kCodeTableBytes);
  EXPECT_LT(SizeOf(several), SizeOf(one) * 95 / 100);
  EXPECT_EQ(Decode(several, data.size()), data);
  EXPECT_EQ(EncodeChunks(data, 13).encoded, several.encoded) << "the same bytes every time";
}

}  // namespace
}  // namespace tinyfog::compress
