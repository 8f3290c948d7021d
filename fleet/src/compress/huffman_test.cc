#include "tinyfog/compress/huffman.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>

namespace tinyfog::compress {
namespace {

double KraftSum(const CodeLengths& lengths) {
  double sum = 0;
  for (const std::uint8_t length : lengths) sum += length == 0 ? 0 : 1.0 / (1 << length);
  return sum;
}

// Huffman's own procedure: the two rarest become one until one is left. Bits in all; no limit.
std::uint64_t UnlimitedBits(const Histogram& counts) {
  std::vector<std::uint64_t> left;
  for (const std::uint64_t count : counts) {
    if (count != 0) left.push_back(count);
  }
  std::uint64_t bits = 0;
  while (left.size() > 1) {
    std::ranges::sort(left, std::greater<>());
    const std::uint64_t two = left[left.size() - 1] + left[left.size() - 2];
    left.resize(left.size() - 2);
    left.push_back(two);
    bits += two;
  }
  return bits;
}

// The example of Cormen, Leiserson, Rivest, Stein, Introduction to Algorithms, section 16.3: the
// counts 45, 13, 12, 16, 9, 5 of a to f take 224 bits, with codes of 1, 3, 3, 3, 4 and 4.
TEST(Huffman, TextbookExample) {
  Histogram counts{};
  const std::array<std::uint8_t, 6> of{45, 13, 12, 16, 9, 5}, bits{1, 3, 3, 3, 4, 4};
  std::ranges::copy(of, counts.begin() + 'a');
  const CodeLengths lengths = BestLengths(counts);
  EXPECT_EQ(BitsOf(counts, lengths), 224u);
  EXPECT_TRUE(std::equal(bits.begin(), bits.end(), lengths.begin() + 'a'));
}

TEST(Huffman, AsGoodAsWithoutLimitWhereThatNeedsNone) {
  std::mt19937 random(1);
  for (int round = 0; round < 50; ++round) {
    Histogram counts{};
    for (std::uint64_t& count : counts) count = random() % 100;
    const CodeLengths lengths = BestLengths(counts);
    EXPECT_EQ(BitsOf(counts, lengths), UnlimitedBits(counts));
    EXPECT_EQ(KraftSum(lengths), 1);
  }
}

// Fibonacci's numbers make the deepest tree: 29 bits for 30 values.
TEST(Huffman, LongestCodeHas15Bits) {
  Histogram counts{};
  counts[0] = counts[1] = 1;
  for (std::size_t v = 2; v < 30; ++v) counts[v] = counts[v - 1] + counts[v - 2];
  const CodeLengths lengths = BestLengths(counts);
  EXPECT_EQ(*std::ranges::max_element(lengths), 15);
  EXPECT_EQ(KraftSum(lengths), 1);
  EXPECT_GE(BitsOf(counts, lengths), UnlimitedBits(counts));
  EXPECT_LE(BitsOf(counts, lengths), UnlimitedBits(counts) * 101 / 100);
}

TEST(Huffman, FewValues) {
  EXPECT_EQ(BestLengths({}), CodeLengths{});
  Histogram one{};
  one[200] = 5;
  EXPECT_EQ(BestLengths(one)[200], 1);
  EXPECT_EQ(BitsOf(one, BestLengths(one)), 5u);
  EXPECT_EQ(BitsOf(one, CodeLengths{}), kNoCode);
}

// The code of RFC 1951, section 3.2.2: F 00 A 010 C 100 E 110, filled with zeros.
TEST(Huffman, EncodesAsRfc1951) {
  CodeLengths lengths{};
  for (const char c : std::string("ABCDE")) lengths[static_cast<std::size_t>(c)] = 3;
  lengths['F'] = 2;
  lengths['G'] = lengths['H'] = 4;
  const std::vector<std::uint8_t> word{'F', 'A', 'C', 'E'};
  EXPECT_EQ(Encode(word, lengths), (std::vector<std::uint8_t>{0b00010100, 0b11000000}));
}

}  // namespace
}  // namespace tinyfog::compress
