#include "tinyfog/wire/model_package.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tinyfog::wire {
namespace {

using Buffer = std::vector<std::uint8_t>;

// docs/formats/model-package.md, row by row.
Buffer Written() {
  const auto bytes = [](const char* text, std::size_t size) { return std::string(text, size); };
  std::string out = bytes("TFMP\x01\x02\x00\x00", 8);  // magic, format, target, bytes
  out += bytes("\x00\x00\x00\x07", 4);                 // version
  out += bytes("\x00\x00\x00\x01", 4);                 // tfm_version
  out += bytes("\x00\x01\x00\x10", 4);                 // arena_bytes
  out += bytes("\x00\x00\x20\x01", 4);                 // tfm_bytes
  out += bytes("\x11\x12\x13\x14", 4);                 // golden_seed
  out += bytes("\x21\x22\x23\x24", 4);                 // golden_input_crc
  out += bytes("\x31\x32\x33\x34", 4);                 // golden_output_crc
  out += bytes("\x00\x00\x00\x09", 4);                 // security_counter
  out += std::string(32, '\xDD') + std::string(32, '\xEE');
  out += bytes("\x00\x03kws", 5) + bytes("\x00\x02m4", 4);
  out += bytes("\x00\x03\x01\x00\x80", 5);  // operators
  out += bytes("\x00\x00", 2);              // codes: none
  return {out.begin(), out.end()};
}

Buffer Signed(Buffer bytes) {
  bytes.resize(bytes.size() + 64, 0x55);
  bytes[6] = static_cast<std::uint8_t>(bytes.size() >> 8);
  bytes[7] = static_cast<std::uint8_t>(bytes.size());
  return bytes;
}

// Lengths of `count` symbols from 0 on.
Buffer Table(std::initializer_list<int> lengths) {
  Buffer table(kCodeTableBytes);
  std::size_t symbol = 0;
  for (const int length : lengths) {
    table[symbol / 2] |= static_cast<std::uint8_t>(symbol % 2 == 0 ? length << 4 : length);
    ++symbol;
  }
  return table;
}

// Of bytes that must stay.
Status Parse(Bytes bytes) {
  ModelManifest manifest;
  return ParseModelManifest(bytes, manifest);
}
ModelManifest Parsed(Bytes bytes) {
  ModelManifest manifest;
  EXPECT_EQ(ParseModelManifest(bytes, manifest), Status::kOk);
  return manifest;
}

TEST(ModelManifest, IsReadByTheByteTable) {
  Buffer bytes = Signed(Written());
  ASSERT_EQ(bytes.size(), 184u);
  const std::size_t size = bytes.size();
  bytes.resize(size + 10);  // chunks follow
  const ModelManifest m = Parsed(bytes);
  EXPECT_EQ(ModelManifestBytes(bytes), size);
  EXPECT_EQ(m.name, "kws");
  EXPECT_EQ(m.version, 7u);
  EXPECT_EQ(m.hardware, "m4");
  EXPECT_EQ(m.target, 2u);
  EXPECT_EQ(m.tfm_version, 1u);
  EXPECT_EQ(AsText(m.operators), std::string_view("\x01\x00\x80", 3));
  EXPECT_EQ(m.arena_bytes, 0x10010u);
  EXPECT_EQ(m.tfm_bytes, 0x2001u);
  EXPECT_EQ(m.chunks(), 3u);
  EXPECT_EQ(m.digest[31], 0xDD);
  EXPECT_EQ(m.golden_seed, 0x11121314u);
  EXPECT_EQ(m.golden_input_crc, 0x21222324u);
  EXPECT_EQ(m.golden_output_crc, 0x31323334u);
  EXPECT_EQ(m.security_counter, 9u);
  EXPECT_TRUE(m.codes.empty());
  EXPECT_EQ(m.key_hash[0], 0xEE);
  EXPECT_EQ(m.signed_bytes.size(), size - 64);
  EXPECT_EQ(m.signature[63], 0x55);
}

TEST(ModelManifest, IsWrittenAsItIsRead) {
  const Buffer bytes = Signed(Written());
  ModelManifest m = Parsed(bytes);
  std::array<std::uint8_t, kManifestBytes> buffer;
  const Bytes written = WriteModelManifest(m, buffer);
  EXPECT_TRUE(std::ranges::equal(written, m.signed_bytes));
  EXPECT_TRUE(std::ranges::equal(WriteManifestSignature(written, m.signature, buffer), bytes));
  for (std::size_t size = 0; size < written.size(); ++size) {
    EXPECT_TRUE(WriteModelManifest(m, std::span(buffer).first(size)).empty());
  }
  EXPECT_TRUE(
      WriteManifestSignature(m.signed_bytes, m.signature, std::span(buffer).first(183)).empty());
  const Buffer codes(16 * kCodeTableBytes);
  m.codes = codes;
  EXPECT_TRUE(WriteModelManifest(m, buffer).empty()) << "no bits for any symbol, and too large";
}

TEST(ModelManifest, EveryCutIsSeen) {
  const Buffer bytes = Signed(Written());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(Parse(Bytes(bytes).first(size)), size < 4 ? Status::kNotFound : Status::kOutOfRange);
    EXPECT_EQ(ModelManifestBytes(Bytes(bytes).first(size)), 0u);
  }
}

TEST(ModelManifest, OthersAreTold) {
  Buffer other = Signed(Written());
  other[0] = 'X';
  EXPECT_EQ(Parse(other), Status::kNotFound);
  Buffer newer = Signed(Written());
  newer[4] = 2;
  EXPECT_EQ(Parse(newer), Status::kUnimplemented);
  Buffer large = Signed(Written());
  large.resize(4000);
  large[6] = 0x08, large[7] = 0x01;
  EXPECT_EQ(Parse(large), Status::kInvalidArgument);
}

TEST(ModelManifest, WhatIsOutOfRangeIsRefused) {
  const Buffer bytes = Signed(Written());
  const ModelManifest good = Parsed(bytes);
  const Buffer long_operators(33, 1), too_many_codes = Table({1, 1, 1}), half = Buffer(64, 0x88);
  const std::string long_name(65, 'a'), long_id(33, 'a');
  std::array<std::uint8_t, kManifestBytes> buffer;
  const auto refuses = [&](auto change) {
    ModelManifest m = good;
    change(m);
    return WriteModelManifest(m, buffer).empty();
  };
  EXPECT_FALSE(refuses([](auto&) {}));
  EXPECT_FALSE(refuses([](auto& m) { m.hardware = ""; }));
  EXPECT_TRUE(refuses([](auto& m) { m.name = ""; }));
  EXPECT_TRUE(refuses([](auto& m) { m.name = ".a"; }));
  EXPECT_TRUE(refuses([](auto& m) { m.name = "a/b"; }));
  EXPECT_TRUE(refuses([&](auto& m) { m.name = long_name; }));
  EXPECT_TRUE(refuses([](auto& m) { m.version = 0; }));
  EXPECT_TRUE(refuses([&](auto& m) { m.hardware = long_id; }));
  EXPECT_TRUE(refuses([](auto& m) { m.hardware = "a\n"; }));
  EXPECT_TRUE(refuses([](auto& m) { m.tfm_bytes = 0; }));
  EXPECT_TRUE(refuses([](auto& m) { m.tfm_bytes = 0x80000000; }));
  EXPECT_TRUE(refuses([](auto& m) { m.operators = {}; }));
  EXPECT_TRUE(refuses([&](auto& m) { m.operators = long_operators; }));
  EXPECT_TRUE(refuses([&](auto& m) { m.codes = too_many_codes; }));
  EXPECT_TRUE(refuses([&](auto& m) { m.codes = half; }));
  // What is read is held to the same: here the name begins with a dot.
  Buffer spoilt = bytes;
  spoilt[106] = '.';
  ASSERT_EQ(bytes[106], 'k');
  EXPECT_EQ(Parse(spoilt), Status::kInvalidArgument);
  Buffer longer = Written();
  longer.push_back(0);
  EXPECT_EQ(Parse(Signed(longer)), Status::kInvalidArgument);
}

TEST(ModelManifest, LargestIsRead) {
  const Buffer bytes = Signed(Written());
  ModelManifest m = Parsed(bytes);
  Buffer codes;
  for (int i = 0; i < 13; ++i) {
    const Buffer table = Table({1, 2, 2});
    codes.insert(codes.end(), table.begin(), table.end());
  }
  m.codes = codes;
  std::array<std::uint8_t, kManifestBytes> buffer;
  const Bytes whole = WriteManifestSignature(WriteModelManifest(m, buffer), m.signature, buffer);
  EXPECT_TRUE(std::ranges::equal(Parsed(whole).codes, codes));
}

}  // namespace
}  // namespace tinyfog::wire
