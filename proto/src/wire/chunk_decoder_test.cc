#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tinyfog/wire/model_package.h"

namespace tinyfog::wire {
namespace {

using Buffer = std::vector<std::uint8_t>;
using Lengths = std::vector<std::pair<std::uint8_t, int>>;  // bits of symbols

Buffer Table(const Lengths& lengths) {
  Buffer table(kCodeTableBytes);
  for (const auto& [symbol, bits] : lengths) {
    table[symbol / 2u] |= static_cast<std::uint8_t>(symbol % 2 == 0 ? bits << 4 : bits);
  }
  return table;
}

struct Decoded {
  std::string text;
  Status end;
};

// In pieces of `piece` bytes into windows of `window` bytes.
Decoded Decode(const Buffer& codes, const Buffer& chunk, std::uint32_t bytes,
               std::size_t piece = 1000, std::size_t window = 1000) {
  ChunkDecoder decoder;
  decoder.Begin(codes, bytes);
  Decoded decoded{"", Status::kOk};
  Buffer out(window);
  for (std::size_t at = 0; at < chunk.size(); at += piece) {
    Bytes left = Bytes(chunk).subspan(at, std::min(piece, chunk.size() - at));
    while (!left.empty()) {
      const auto progress = decoder.Decode(left, out);
      EXPECT_TRUE(progress.consumed != 0 || progress.produced != 0) << "no progress";
      if (progress.consumed == 0 && progress.produced == 0) return {"", Status::kInternal};
      decoded.text.append(out.begin(), out.begin() + progress.produced);
      left = left.subspan(progress.consumed);
    }
  }
  decoded.end = decoder.End();
  return decoded;
}

// The example of RFC 1951, section 3.2.2: A 010, B 011, C 100, D 101, E 110, F 00, G 1110, H 1111.
const Buffer kRfcTable =
    Table({{'A', 3}, {'B', 3}, {'C', 3}, {'D', 3}, {'E', 3}, {'F', 2}, {'G', 4}, {'H', 4}});
// F 00 A 010 C 100 | E 110 G 1110 H 1 | 111 B 011 D 10 | 1 and seven zeros
const Buffer kRfcChunk{1, 0b00010100, 0b11011101, 0b11101110, 0b10000000};

TEST(ChunkDecoder, ReadsTheCodeOfRfc1951) {
  const Decoded decoded = Decode(kRfcTable, kRfcChunk, 7);
  EXPECT_EQ(decoded.text, "FACEGHB");
  EXPECT_EQ(decoded.end, Status::kInvalidArgument) << "bits of D are left";
  const Decoded all = Decode(kRfcTable, kRfcChunk, 8);
  EXPECT_EQ(all.text, "FACEGHBD");
  EXPECT_EQ(all.end, Status::kOk);
  EXPECT_EQ(Decode(kRfcTable, kRfcChunk, 9).text, "FACEGHBDF") << "the zeros are a code";
  EXPECT_EQ(Decode(kRfcTable, kRfcChunk, 100).end, Status::kInvalidArgument);
}

TEST(ChunkDecoder, PiecesAndWindowsChangeNothing) {
  for (std::size_t piece = 1; piece <= kRfcChunk.size(); ++piece) {
    for (std::size_t window = 1; window <= 9; ++window) {
      const Decoded decoded = Decode(kRfcTable, kRfcChunk, 8, piece, window);
      EXPECT_EQ(decoded.text, "FACEGHBD") << piece << " " << window;
      EXPECT_EQ(decoded.end, Status::kOk) << piece << " " << window;
    }
  }
}

// Symbol i has the code of i ones and a zero; the last one, of 15, ends with a one.
TEST(ChunkDecoder, CodesOfUpTo15Bits) {
  Lengths lengths;
  for (int i = 0; i < 15; ++i) lengths.emplace_back(static_cast<std::uint8_t>('a' + i), i + 1);
  lengths.emplace_back('p', 15);
  // p 15 ones a 0 | o 14 ones 0 n 1 | n 12 ones 0 h 111 | h 11110 i 111 | i 111110 and two zeros
  const Buffer chunk{1, 0xFF, 0xFE, 0xFF, 0xFD, 0xFF, 0xF7, 0xF7, 0xF8};
  for (std::size_t window = 1; window < 6; ++window) {
    for (std::size_t piece = 1; piece < 6; ++piece) {
      const Decoded decoded = Decode(Table(lengths), chunk, 6, piece, window);
      EXPECT_EQ(decoded.end, Status::kOk);
      EXPECT_EQ(decoded.text, "paonhi") << piece << " " << window;
    }
  }
}

TEST(ChunkDecoder, SecondTableAndOneSymbol) {
  Buffer codes = kRfcTable;
  const Buffer one = Table({{0x80, 1}});
  codes.insert(codes.end(), one.begin(), one.end());
  EXPECT_EQ(Decode(codes, {2, 0}, 8).text, std::string(8, '\x80'));
  EXPECT_EQ(Decode(codes, {2, 0}, 8).end, Status::kOk);
  EXPECT_EQ(Decode(codes, {2, 0x40}, 8).end, Status::kInvalidArgument) << "no symbol's code";
  EXPECT_EQ(Decode(codes, {3, 0}, 8).end, Status::kInvalidArgument) << "no such table";
  EXPECT_EQ(Decode({}, {1, 0}, 8).end, Status::kInvalidArgument);
}

TEST(ChunkDecoder, Raw) {
  const Buffer chunk{0, 'a', 'b', 'c'};
  for (std::size_t piece = 1; piece < 5; ++piece) {
    for (std::size_t window = 1; window < 5; ++window) {
      EXPECT_EQ(Decode({}, chunk, 3, piece, window).text, "abc");
      EXPECT_EQ(Decode({}, chunk, 3, piece, window).end, Status::kOk);
    }
  }
  EXPECT_EQ(Decode({}, chunk, 2).text, "ab");
  EXPECT_EQ(Decode({}, chunk, 2).end, Status::kInvalidArgument);
  EXPECT_EQ(Decode({}, chunk, 4).end, Status::kInvalidArgument);
  EXPECT_EQ(Decode({}, {}, 4).end, Status::kInvalidArgument);
}

TEST(ChunkDecoder, WhatFollowsIsRefused) {
  Buffer chunk = kRfcChunk;
  chunk.push_back(0);
  for (std::size_t piece = 1; piece < 7; ++piece) {
    EXPECT_EQ(Decode(kRfcTable, chunk, 8, piece).end, Status::kInvalidArgument);
  }
  chunk = kRfcChunk;
  chunk.back() |= 1;
  EXPECT_EQ(Decode(kRfcTable, chunk, 8).end, Status::kInvalidArgument) << "not filled with zeros";
}

TEST(ChunkDecoder, CodesThatCannotBeAreRefused) {
  EXPECT_EQ(Decode(Table({{1, 1}, {2, 1}, {3, 1}}), {1, 0}, 1).end, Status::kInvalidArgument);
  EXPECT_EQ(Decode(Buffer(kCodeTableBytes, 0x11), {1, 0}, 1).end, Status::kInvalidArgument);
  EXPECT_EQ(Decode(Buffer(kCodeTableBytes, 0x00), {1, 0}, 1).end, Status::kInvalidArgument);
  EXPECT_EQ(Decode(Buffer(kCodeTableBytes, 0x88), {1, 7}, 1).text, "\x07") << "a full table";
}

TEST(ChunkDecoder, StaysWithinItsMemory) { EXPECT_LE(sizeof(ChunkDecoder), 384u); }

}  // namespace
}  // namespace tinyfog::wire
