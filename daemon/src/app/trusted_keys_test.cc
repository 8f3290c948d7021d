#include "trusted_keys.h"

#include <gmock/gmock.h>

#include "process.h"

namespace tinyfog::app {
namespace {

using ::testing::HasSubstr;

TEST(TrustedKeys, TakesPublicKeysOnly) {
  const testing::TemporaryFolder folder;
  const auto key = firmware_image::Key::Generate().value();
  const std::string pub = folder / "signing.pub", secret = folder / "signing.key";
  const std::string text = folder / "text";
  testing::Store(pub, key.PublicPem());
  testing::Store(secret, key.PrivatePem().value());
  testing::Store(text, "hello");
  const auto keys = ReadTrustedKeys({pub, pub});
  ASSERT_TRUE(keys.ok()) << keys.error().message;
  EXPECT_EQ(keys->at(1).Point(), key.Point());
  EXPECT_TRUE(ReadTrustedKeys({})->empty());
  EXPECT_THAT(ReadTrustedKeys({pub, secret}).error().message, HasSubstr("off the gateway"));
  EXPECT_THAT(ReadTrustedKeys({text}).error().message,
              ::testing::AllOf(HasSubstr("artifacts.trusted_keys"), HasSubstr(text)));
  EXPECT_EQ(ReadTrustedKeys({folder / "none"}).error().code, Status::kNotFound);
}

}  // namespace
}  // namespace tinyfog::app
