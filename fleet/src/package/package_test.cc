#include "tinyfog/package/package.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "package_for_test.h"
#include "tinyfog/nn/golden.h"

namespace tinyfog::package {
namespace {

using ::testing::HasSubstr;
using Buffer = std::vector<std::uint8_t>;

class PackageTest : public ::testing::Test {
 protected:
  Contents Motor() const {
    Contents contents;
    contents.name = "motor";
    contents.version = 3;
    contents.security_counter = 5;
    contents.tfm = tfm_;
    return contents;
  }

  const Buffer tfm_ = CompiledMotor(nn::Target::kCortexMDsp);
  const Key key_ = Key::Generate().value();
};

TEST_F(PackageTest, SaysWhatANodeAsks) {
  Contents contents = Motor();
  contents.hardware = "mps2-an386";
  const auto file = Make(contents, key_);
  ASSERT_TRUE(file.ok()) << file.error().message;
  const auto package = Read(*file);
  ASSERT_TRUE(package.ok()) << package.error().message;
  const wire::ModelManifest& m = package->manifest;
  EXPECT_EQ(m.name, "motor");
  EXPECT_EQ(m.version, 3u);
  EXPECT_EQ(m.hardware, "mps2-an386");
  EXPECT_EQ(m.target, static_cast<std::uint8_t>(nn::Target::kCortexMDsp));
  EXPECT_EQ(m.tfm_version, nn::kFormatVersion);
  EXPECT_EQ(m.tfm_bytes, tfm_.size());
  EXPECT_EQ(m.security_counter, 5u);
  EXPECT_GT(m.arena_bytes, 0u);
  EXPECT_TRUE(CheckSignature(m, key_).ok());
  const auto tfm = Unpack(*package);
  ASSERT_TRUE(tfm.ok()) << tfm.error().message;
  EXPECT_EQ(*tfm, tfm_);
  const auto checked = CheckModel(m, *tfm);
  EXPECT_TRUE(checked.ok()) << checked.error().message;
}

TEST_F(PackageTest, IsSmallerThanTheModelUnlessRaw) {
  const Buffer coded = Make(Motor(), key_).value();
  Contents contents = Motor();
  contents.compress = false;
  const Buffer raw = Make(contents, key_).value();
  const Package package = Read(raw).value();
  EXPECT_TRUE(package.manifest.codes.empty());
  EXPECT_GT(raw.size(), tfm_.size());
  EXPECT_LT(coded.size(), raw.size());
  EXPECT_EQ(Unpack(package).value(), tfm_);
}

TEST_F(PackageTest, EveryDamagedByteIsFound) {
  Buffer file = Make(Motor(), key_).value();
  const auto is_good = [&] {
    const auto package = Read(file);
    return package.ok() && CheckSignature(package->manifest, key_).ok() && Unpack(*package).ok();
  };
  ASSERT_TRUE(is_good());
  for (std::size_t i = 0; i < file.size(); i += i < 700 ? 1 : 13) {
    file[i] ^= 0x10;
    EXPECT_FALSE(is_good()) << "byte " << i;
    file[i] ^= 0x10;
  }
}

TEST_F(PackageTest, EveryCutIsFound) {
  const Buffer file = Make(Motor(), key_).value();
  for (std::size_t bytes = 0; bytes < file.size(); bytes += 7) {
    const auto package = Read(Bytes(file).first(bytes));
    ASSERT_FALSE(package.ok()) << bytes;
    EXPECT_EQ(package.error().code, Status::kInvalidArgument);
  }
  Buffer longer = file;
  longer.push_back(0);
  EXPECT_THAT(Read(longer).error().message, HasSubstr("longer"));
}

TEST_F(PackageTest, AnotherKeyIsRefused) {
  const Buffer file = Make(Motor(), key_).value();
  const Key other = Key::Generate().value();
  const auto checked = CheckSignature(Read(file)->manifest, other);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code, Status::kUnauthenticated);
  const Key half = Key::FromPem(key_.PublicPem()).value();
  EXPECT_TRUE(CheckSignature(Read(file)->manifest, half).ok());
  EXPECT_EQ(Make(Motor(), half).error().code, Status::kFailedPrecondition);
}

TEST_F(PackageTest, ContentsOutOfRangeAreRefused) {
  const auto reason = [&](auto change) {
    Contents contents = Motor();
    change(contents);
    const auto file = Make(contents, key_);
    return file.ok() ? "" : file.error().message;
  };
  EXPECT_EQ(reason([](Contents&) {}), "");
  EXPECT_THAT(reason([](Contents& c) { c.name = "a/b"; }), HasSubstr("name"));
  EXPECT_THAT(reason([](Contents& c) { c.version = 0; }), HasSubstr("version"));
  EXPECT_THAT(reason([](Contents& c) { c.hardware = std::string(33, 'x'); }),
              HasSubstr("hardware"));
  EXPECT_THAT(reason([](Contents& c) { c.tfm = c.tfm.first(30); }), HasSubstr("too short"));
  Buffer other = tfm_;
  other[0] = 'X';
  EXPECT_THAT(reason([&](Contents& c) { c.tfm = other; }), HasSubstr("TFM1"));
  Buffer damaged = tfm_;
  damaged.back() ^= 1;
  EXPECT_THAT(reason([&](Contents& c) { c.tfm = damaged; }), HasSubstr("CRC"));
  const Buffer x86 = CompiledMotor(nn::Target::kX86Pairs);
  EXPECT_THAT(reason([&](Contents& c) { c.tfm = x86; }), HasSubstr("x86-avx2"));
}

TEST_F(PackageTest, ModelsThatDoNotDoWhatTheManifestSaysAreRefused) {
  const Buffer file = Make(Motor(), key_).value();
  const wire::ModelManifest good = Read(file)->manifest;
  const auto reason = [&](auto change) {
    wire::ModelManifest manifest = good;
    change(manifest);
    const auto checked = CheckModel(manifest, tfm_);
    return checked.ok() ? "" : checked.error().message;
  };
  EXPECT_EQ(reason([](auto&) {}), "");
  EXPECT_THAT(reason([](auto& m) { m.golden_output_crc ^= 1; }), HasSubstr("golden test fails"));
  EXPECT_THAT(reason([](auto& m) { m.golden_input_crc ^= 1; }), HasSubstr("golden test's input"));
  EXPECT_THAT(reason([](auto& m) { m.golden_seed += 1; }), HasSubstr("golden test's input"));
  EXPECT_THAT(reason([](auto& m) { m.arena_bytes += 16; }), HasSubstr("arena"));
  EXPECT_THAT(reason([](auto& m) { m.tfm_version = 2; }), HasSubstr("version"));
  EXPECT_THAT(reason([](auto& m) { m.operators = m.operators.first(1); }), HasSubstr("operators"));
  EXPECT_THAT(reason([](auto& m) { m.target = 2; }), HasSubstr("refused by the runtime"));
  EXPECT_EQ(CheckModel(good, tfm_, {}).error().code, Status::kUnimplemented);
}

TEST_F(PackageTest, OperatorsAreThoseOfTheSteps) {
  const Buffer file = Make(Motor(), key_).value();
  const auto opcodes = OpcodesOf(Read(file)->manifest.operators);
  EXPECT_TRUE(std::ranges::is_sorted(opcodes));
  EXPECT_GE(opcodes.size(), 3u);
  EXPECT_EQ(OpcodesOf({}).size(), 0u);
  const Buffer bits{0x02, 0x80};
  EXPECT_EQ(OpcodesOf(bits), (std::vector{nn::Opcode{1}, nn::Opcode{15}}));
}

}  // namespace
}  // namespace tinyfog::package
