#include "tinyfog/firmware_image/firmware_image.h"

#include <gtest/gtest.h>

namespace tinyfog::firmware_image {
namespace {

const std::vector<std::uint8_t> kCode(1000, 0x5A);

Contents SomeContents() {
  Contents contents;
  contents.version = {1, 2, 3, 4};
  contents.security_counter = 9;
  contents.hardware_id = "test-board";
  contents.code = kCode;
  return contents;
}

TEST(FirmwareImage, SignsWhatItReadsAndVerifies) {
  const Key key = Key::Generate().value();
  const auto image = Sign(SomeContents(), key);
  ASSERT_TRUE(image.ok()) << image.error().message;
  const auto details = Verify(*image, Key::FromPem(key.PublicPem()).value());
  ASSERT_TRUE(details.ok()) << details.error().message;
  EXPECT_EQ(details->header.version, (wire::ImageVersion{1, 2, 3, 4}));
  EXPECT_EQ(details->tlvs.security_counter, 9u);
  EXPECT_EQ(details->tlvs.HardwareId(), "test-board");
  EXPECT_EQ(details->bytes, image->size());
  EXPECT_EQ((*image)[512], 0x5A);
}

TEST(FirmwareImage, EveryDamagedByteIsFound) {
  const Key key = Key::Generate().value();
  std::vector<std::uint8_t> image = Sign(SomeContents(), key).value();
  for (std::size_t i = 0; i < image.size(); i += i % 512 < 40 || i > 1500 ? 1 : 97) {
    image[i] ^= 0x10;
    EXPECT_FALSE(Verify(image, key).ok()) << "byte " << i;
    image[i] ^= 0x10;
  }
  EXPECT_TRUE(Verify(image, key).ok());
  image.pop_back();
  EXPECT_EQ(Verify(image, key).error().code, Status::kInvalidArgument);
}

TEST(FirmwareImage, AnotherKeyIsRefused) {
  const Key key = Key::Generate().value(), other = Key::Generate().value();
  const auto image = Sign(SomeContents(), key).value();
  EXPECT_EQ(Verify(image, other).error().code, Status::kUnauthenticated);
  EXPECT_NE(key.Point(), other.Point());
}

TEST(FirmwareImage, KeysGoThroughPem) {
  const Key key = Key::Generate().value();
  const Key again = Key::FromPem(key.PrivatePem().value()).value();
  EXPECT_EQ(again.Point(), key.Point());
  const Key half = Key::FromPem(key.PublicPem()).value();
  EXPECT_EQ(half.PrivatePem().error().code, Status::kFailedPrecondition);
  EXPECT_EQ(Sign(SomeContents(), half).error().code, Status::kFailedPrecondition);
  EXPECT_EQ(Key::FromPem("nothing").error().code, Status::kInvalidArgument);
}

TEST(FirmwareImage, ContentsOutOfRangeAreRefused) {
  const Key key = Key::Generate().value();
  for (const auto& spoil :
       {+[](Contents& c) { c.hardware_id = ""; },
        +[](Contents& c) { c.hardware_id = std::string(33, 'x'); },
        +[](Contents& c) { c.header_bytes = 31; }, +[](Contents& c) { c.code = {}; }}) {
    Contents contents = SomeContents();
    spoil(contents);
    EXPECT_EQ(Sign(contents, key).error().code, Status::kInvalidArgument);
  }
}

}  // namespace
}  // namespace tinyfog::firmware_image
