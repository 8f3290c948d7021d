#include "tinyfog/wire/firmware_image.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace tinyfog::wire {
namespace {

using Buffer = std::vector<std::uint8_t>;

void Put16(Buffer& to, unsigned value) {
  to.push_back(static_cast<std::uint8_t>(value));
  to.push_back(static_cast<std::uint8_t>(value >> 8));
}
Buffer Tlv(unsigned type, const Buffer& value) {
  Buffer out;
  Put16(out, type);
  Put16(out, static_cast<unsigned>(value.size()));
  out.insert(out.end(), value.begin(), value.end());
  return out;
}
Buffer Area(unsigned magic, const std::vector<Buffer>& tlvs) {
  Buffer values;
  for (const Buffer& tlv : tlvs) values.insert(values.end(), tlv.begin(), tlv.end());
  Buffer out;
  Put16(out, magic);
  Put16(out, static_cast<unsigned>(values.size() + 4));
  out.insert(out.end(), values.begin(), values.end());
  return out;
}
Buffer Integer(std::uint8_t first, std::size_t bytes) {
  Buffer out{2, static_cast<std::uint8_t>(bytes)};
  out.resize(2 + bytes, 0x80);
  out[2] = first;
  return out;
}
Buffer Signature(const Buffer& r, const Buffer& s) {
  Buffer out{0x30, static_cast<std::uint8_t>(r.size() + s.size())};
  out.insert(out.end(), r.begin(), r.end());
  out.insert(out.end(), s.begin(), s.end());
  return out;
}

const Buffer kCounter = Tlv(0x50, {7, 0, 0, 0x80});
const Buffer kHardware = Tlv(0xA0, {'m', '4'});
const Buffer kDigest = Tlv(0x10, Buffer(32, 0xD));
const Buffer kKey = Tlv(0x01, Buffer(32, 0xE));
const Buffer kSigned = Tlv(0x22, Signature(Integer(0, 33), Integer(5, 3)));

Buffer Areas(const std::vector<Buffer>& guarded, const std::vector<Buffer>& plain) {
  Buffer out = Area(0x6908, guarded);
  const Buffer more = Area(0x6907, plain);
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

// Nothing when they are refused.
std::optional<ImageTlvs> Parse(const std::vector<Buffer>& guarded,
                               const std::vector<Buffer>& plain) {
  ImageHeader header;
  header.header_bytes = 32;
  header.body_bytes = 1;
  header.protected_tlv_bytes = static_cast<std::uint32_t>(Area(0x6908, guarded).size());
  ImageTlvs tlvs;
  if (ParseImageTlvs(header, Areas(guarded, plain), tlvs) != Status::kOk) return std::nullopt;
  return tlvs;
}

Status ParseHeader(Bytes bytes, std::uint32_t limit) {
  ImageHeader header;
  return ParseImageHeader(bytes, limit, header);
}

Buffer Header() {
  Buffer out{0x3d, 0xb8, 0xf3, 0x96, 0, 0, 0, 0, 32, 0, 8, 0, 100, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0};
  out.resize(32);
  out[24] = 4;
  return out;
}

TEST(FirmwareImage, ReadsHeader) {
  ImageHeader header;
  ASSERT_EQ(ParseImageHeader(Header(), 140, header), Status::kOk);
  EXPECT_EQ(header.HashedBytes(), 140u);
  EXPECT_EQ(header.version, (ImageVersion{1, 2, 3, 4}));
}

TEST(FirmwareImage, RefusesHeaders) {
  EXPECT_EQ(ParseHeader(Header(), 139), Status::kOutOfRange);
  EXPECT_EQ(ParseHeader(Bytes(Header()).first(31), 140), Status::kOutOfRange);
  EXPECT_EQ(ParseHeader(Buffer(32, 0xFF), 140), Status::kNotFound);
  for (const auto& [at, value] : {std::pair{8, 31}, {16, 0x20}, {16, 0x04}, {17, 0x04}, {12, 0}}) {
    Buffer bytes = Header();
    bytes[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(value);
    EXPECT_EQ(ParseHeader(bytes, 140), Status::kInvalidArgument) << at;
  }
  Buffer huge = Header();
  huge[12] = huge[13] = huge[14] = huge[15] = 0xFF;
  EXPECT_EQ(ParseHeader(huge, 0xFFFFFFFF), Status::kOutOfRange);
}

TEST(FirmwareImage, ReadsTlvsAndPassesOverOthers) {
  const auto tlvs =
      Parse({kCounter, Tlv(0x60, {1}), kHardware}, {Tlv(0xB0, {}), kDigest, kKey, kSigned});
  ASSERT_TRUE(tlvs);
  EXPECT_EQ(tlvs->security_counter, 0x80000007u);
  EXPECT_EQ(tlvs->HardwareId(), "m4");
  EXPECT_EQ(tlvs->digest[31], 0xD);
  EXPECT_EQ(tlvs->key_hash[0], 0xE);
  EXPECT_EQ(tlvs->signature[0], 0x80);
  EXPECT_EQ(tlvs->signature[60], 0);
  EXPECT_EQ(tlvs->signature[61], 5);
}

TEST(FirmwareImage, RefusesTlvsMissingTwiceOrInTheWrongArea) {
  const std::vector<Buffer> plain{kDigest, kKey, kSigned};
  EXPECT_FALSE(Parse({kCounter}, plain));
  EXPECT_FALSE(Parse({kHardware}, plain));
  EXPECT_FALSE(Parse({kCounter, kHardware, kCounter}, plain));
  EXPECT_FALSE(Parse({kCounter}, {kHardware, kDigest, kKey, kSigned}));
  EXPECT_FALSE(Parse({kCounter, kHardware, kDigest}, {kKey, kSigned}));
  EXPECT_FALSE(Parse({kCounter, kHardware}, {kDigest, kKey}));
  EXPECT_FALSE(Parse({kCounter, Tlv(0xA0, {})}, plain));
  EXPECT_FALSE(Parse({kCounter, Tlv(0xA0, Buffer(33, 'a'))}, plain));
  EXPECT_FALSE(Parse({Tlv(0x50, {1}), kHardware}, plain));
  EXPECT_TRUE(Parse({kCounter, kHardware}, plain));
}

TEST(FirmwareImage, ReadsOnlyShortestPositiveNumbersOfSignatures) {
  const auto parse = [](const Buffer& der) {
    return Parse({kCounter, kHardware}, {kDigest, kKey, Tlv(0x22, der)}).has_value();
  };
  const Buffer one = Integer(1, 32);
  EXPECT_TRUE(parse(Signature(one, one)));
  EXPECT_FALSE(parse(Signature(Integer(0x81, 32), one)));
  EXPECT_FALSE(parse(Signature(Integer(1, 33), one)));
  EXPECT_FALSE(parse(Signature({2, 2, 0, 1}, one)));
  EXPECT_FALSE(parse(Signature(one, {2, 0})));
  Buffer padded = Signature(one, one);
  padded.resize(72);
  EXPECT_TRUE(parse(padded));
  padded.back() = 1;
  EXPECT_FALSE(parse(padded));
}

TEST(FirmwareImage, EveryCutOfTheTlvsIsRefused) {
  const std::vector<Buffer> guarded{kCounter, kHardware}, plain{kDigest, kKey, kSigned};
  ImageHeader header;
  header.protected_tlv_bytes = static_cast<std::uint32_t>(Area(0x6908, guarded).size());
  const Buffer whole = Areas(guarded, plain);
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    ImageTlvs tlvs;
    EXPECT_EQ(ParseImageTlvs(header, Bytes(whole).first(bytes), tlvs), Status::kOutOfRange);
  }
}

}  // namespace
}  // namespace tinyfog::wire
