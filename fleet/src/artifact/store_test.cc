#include "tinyfog/artifact/store.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "artifacts_for_test.h"
#include "process.h"
#include "tinyfog/firmware_image/signature.h"
#include "tinyfog/host/file.h"

namespace tinyfog::artifact {
namespace {

namespace fs = std::filesystem;
using firmware_image::Key;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Buffer = std::vector<std::uint8_t>;

class StoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<Store> Open() {
    warnings_.clear();
    StoreOptions options{folder_ / "artifacts", trusted_, largest_};
    auto store = Store::Open(std::move(options), warnings_);
    EXPECT_TRUE(store.ok()) << store.error().message;
    return std::move(store).value();
  }
  std::size_t Files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_ / "artifacts"), {}));
  }
  static Error Refusal(Store& store, const Buffer& file) {
    const auto added = store.Add(file);
    EXPECT_FALSE(added.ok());
    return added.ok() ? Error{Status::kOk, ""} : added.error();
  }

  testing::TemporaryFolder folder_;
  const Key key_ = Key::Generate().value();
  std::vector<Key> trusted_{Key::FromPem(key_.PublicPem()).value()};
  std::uint64_t largest_ = 1 << 20;
  std::vector<std::string> warnings_;
  const Buffer model_ = ModelFile(key_);
  const Buffer firmware_ = FirmwareFile(key_);
};

TEST_F(StoreTest, KeepsWhatIsAddedOverARestart) {
  auto store = Open();
  EXPECT_TRUE(store->List().empty());
  for (const Buffer& file : {model_, firmware_}) {
    const auto added = store->Add(file);
    ASSERT_TRUE(added.ok()) << added.error().message;
    EXPECT_FALSE(added->unchanged);
    EXPECT_TRUE(store->Add(file)->unchanged);
  }
  EXPECT_EQ(Files(), 2u);
  store = Open();
  EXPECT_THAT(warnings_, ElementsAre());
  EXPECT_EQ(store->List().size(), 2u);
  const auto model = store->Find("motor@1");
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(**store->Read((*model)->digest), model_);
  EXPECT_TRUE(store->Verify((*model)->digest).ok());
  EXPECT_EQ((*model)->digest, firmware_image::Digest(model_));
}

TEST_F(StoreTest, DescribesModels) {
  const auto model = Describe(model_);
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->kind, wire::ArtifactKind::kModel);
  EXPECT_EQ(model->name, "motor");
  EXPECT_EQ(model->version, "1");
  EXPECT_EQ(model->target, "cortex-m4");
  EXPECT_EQ(model->encoding, "huffman");
  EXPECT_EQ(model->bytes, model_.size());
  EXPECT_EQ(model->key, firmware_image::KeyHash(key_));
  EXPECT_EQ(model->proof.size(), wire::ModelManifestBytes(model_));
  EXPECT_GT(model->decoded_bytes, 4096u * (model->chunks - 1));
  // Every chunk follows the one before, the last one ends the file.
  const std::uint8_t* at = ChunkOf(*model, model_, 0).data();
  for (std::uint32_t i = 0; i < model->chunks; ++i) {
    EXPECT_EQ(ChunkOf(*model, model_, i).data(), at);
    at += ChunkOf(*model, model_, i).size();
  }
  EXPECT_EQ(at, model_.data() + model_.size());
}

TEST_F(StoreTest, DescribesFirmware) {
  const auto firmware = Describe(firmware_);
  ASSERT_TRUE(firmware.ok()) << firmware.error().message;
  EXPECT_EQ(firmware->kind, wire::ArtifactKind::kFirmware);
  EXPECT_EQ(firmware->name, "test-board");
  EXPECT_EQ(firmware->hardware, "test-board");
  EXPECT_EQ(firmware->version, "1.2.3+4");
  EXPECT_EQ(firmware->chunks, 3u);
  EXPECT_EQ(ChunkOf(*firmware, firmware_, 2).size(), firmware_.size() - 8192);
  wire::ImageHeader header;
  wire::ImageTlvs tlvs;
  ASSERT_EQ(wire::ParseImageHeader(firmware->proof, firmware_.size(), header), Status::kOk);
  EXPECT_EQ(wire::ParseImageTlvs(header, wire::Bytes(firmware->proof).subspan(32), tlvs),
            Status::kOk);
  EXPECT_EQ(Describe(FirmwareFile(key_, {1, 0, 0, 0}))->version, "1.0.0");
}

TEST_F(StoreTest, WhatIsNoArtifactIsNamed) {
  auto store = Open();
  const auto reason = [&](const std::string& text) {
    const Error error = Refusal(*store, Buffer(text.begin(), text.end()));
    EXPECT_EQ(error.code, Status::kInvalidArgument);
    return error.message;
  };
  EXPECT_THAT(reason(""), HasSubstr("neither"));
  EXPECT_THAT(reason("hello"), HasSubstr("neither"));
  EXPECT_THAT(reason("TFM1...."), HasSubstr("tinyfog-package"));
  EXPECT_THAT(reason("....TFL3"), HasSubstr("model push"));
  EXPECT_THAT(reason("TFMP"), HasSubstr("ends within its manifest"));
  Buffer padded = firmware_;
  padded.resize(20000, 0xFF);
  EXPECT_THAT(Refusal(*store, padded).message, HasSubstr("padding"));
}

TEST_F(StoreTest, OthersKeysAreRefused) {
  auto store = Open();
  const Key other = Key::Generate().value();
  for (const Buffer& file : {ModelFile(other), FirmwareFile(other)}) {
    const Error error = Refusal(*store, file);
    EXPECT_EQ(error.code, Status::kPermissionDenied);
    EXPECT_THAT(error.message, HasSubstr("does not trust"));
    EXPECT_THAT(error.message, HasSubstr(HexOf(firmware_image::KeyHash(key_)).substr(0, 16)));
  }
  trusted_.clear();
  store = Open();
  const Error error = Refusal(*store, model_);
  EXPECT_EQ(error.code, Status::kFailedPrecondition);
  EXPECT_THAT(error.message, HasSubstr("trusted_keys"));
  EXPECT_EQ(Files(), 0u);
}

TEST_F(StoreTest, EveryDamagedByteIsRefused) {
  auto store = Open();
  for (const Buffer& good : {model_, firmware_}) {
    for (std::size_t i = 0; i < good.size(); i += 101) {
      Buffer file = good;
      file[i] ^= 0x40;
      EXPECT_FALSE(store->Add(file).ok()) << i;
    }
    EXPECT_FALSE(store->Add(std::span(good).first(good.size() - 1)).ok());
  }
  Buffer file = firmware_;
  file[600] ^= 1;
  EXPECT_EQ(Refusal(*store, file).code, Status::kDataLoss);
  file = model_;
  file[file.size() - 100] ^= 1;
  EXPECT_EQ(Refusal(*store, file).code, Status::kDataLoss);
  file = model_;
  file[file.size() / 2 % 60 + 8] ^= 1;  // a number of the manifest
  EXPECT_FALSE(store->Add(file).ok());
  EXPECT_EQ(Files(), 0u);
}

TEST_F(StoreTest, TooLargeIsRefused) {
  largest_ = 5000;
  auto store = Open();
  const Error error = Refusal(*store, firmware_);
  EXPECT_EQ(error.code, Status::kResourceExhausted);
  EXPECT_THAT(error.message, HasSubstr("takes 5000 at most"));
}

TEST_F(StoreTest, AFullDiskLeavesNothing) {
  auto store = Open();
  const auto old = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 1000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const Error error = Refusal(*store, firmware_);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old);
  EXPECT_EQ(error.code, Status::kResourceExhausted);
  EXPECT_THAT(error.message, HasSubstr("free space in"));
  EXPECT_EQ(Files(), 0u);
  EXPECT_TRUE(store->Add(firmware_).ok());
}

TEST_F(StoreTest, AtOpenWhatDoesNotVerifyIsLeftOut) {
  auto store = Open();
  ASSERT_TRUE(store->Add(model_).ok());
  ASSERT_TRUE(store->Add(firmware_).ok());
  const auto firmware = store->Find("test-board@1.2.3").value();
  Buffer damaged = firmware_;
  damaged[700] ^= 1;
  ASSERT_TRUE(WriteFileAtomically(folder_ / "artifacts" / HexOf(firmware->digest), damaged).ok());
  testing::Store(folder_ / "artifacts" / "abc.XYZ.partial", "half");
  testing::Store(folder_ / "artifacts" / "README", "hello");
  EXPECT_EQ(store->Read(firmware->digest).error().code, Status::kDataLoss);
  EXPECT_EQ(store->Verify(firmware->digest).error().code, Status::kDataLoss);
  store = Open();
  EXPECT_EQ(store->List().size(), 1u);
  EXPECT_EQ(warnings_.size(), 2u);
  EXPECT_EQ(Files(), 3u) << "what was half-written is gone";
  EXPECT_FALSE(store->Add(firmware_)->unchanged) << "mended by another push";
  EXPECT_EQ(**store->Read(firmware->digest), firmware_);
  trusted_ = {Key::Generate().value()};
  store = Open();
  EXPECT_TRUE(store->List().empty()) << "signed by a key that is trusted no more";
}

TEST_F(StoreTest, Removes) {
  auto store = Open();
  const auto digest = store->Add(model_)->artifact->digest;
  ASSERT_TRUE(store->Remove(digest).ok());
  EXPECT_EQ(Files(), 0u);
  EXPECT_EQ(store->Remove(digest).error().code, Status::kNotFound);
  EXPECT_EQ(store->Read(digest).error().code, Status::kNotFound);
  EXPECT_EQ(store->Get(digest), nullptr);
  EXPECT_FALSE(store->Add(model_)->unchanged);
}

TEST_F(StoreTest, References) {
  auto store = Open();
  ASSERT_TRUE(store->Add(model_).ok());
  ModelSpec m55;
  m55.target = nn::Target::kCortexMHelium;
  ASSERT_TRUE(store->Add(ModelFile(key_, m55)).ok());
  ASSERT_TRUE(store->Add(firmware_).ok());
  const auto code = [&](const std::string& text) {
    const auto found = store->Find(text);
    return found.ok() ? Status::kOk : found.error().code;
  };
  const std::string hex = HexOf(store->Find("test-board@1.2.3+4").value()->digest);
  EXPECT_EQ(code(hex), Status::kOk);
  EXPECT_EQ(code(hex.substr(0, 6)), Status::kOk);
  EXPECT_EQ(code(hex.substr(0, 5)), Status::kInvalidArgument);
  EXPECT_EQ(code("test-board@1.2.3"), Status::kOk);
  EXPECT_EQ(code("test-board@1.2"), Status::kNotFound);
  EXPECT_EQ(code("motor@2"), Status::kNotFound);
  EXPECT_EQ(code("motor"), Status::kInvalidArgument);
  EXPECT_EQ(code(std::string(64, '0')), Status::kNotFound);
  EXPECT_EQ(code("motor@1"), Status::kInvalidArgument);
  EXPECT_THAT(store->Find("motor@1").error().message,
              ::testing::AllOf(HasSubstr("several"), HasSubstr("cortex-m55")));
  NodeFit node;
  node.target = "cortex-m33";
  EXPECT_EQ(store->FindFor("motor@1", node).value()->target, "cortex-m4");
  node.target = "cortex-m55";
  EXPECT_EQ(store->FindFor("motor@1", node).value()->target, "cortex-m55");
  node.target = "portable";
  EXPECT_FALSE(store->FindFor("motor@1", node).ok());
}

TEST_F(StoreTest, ManyAddTheSame) {
  auto store = Open();
  std::vector<std::thread> threads;
  std::atomic<int> fresh = 0;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      const auto added = store->Add(i % 2 == 0 ? model_ : firmware_);
      ASSERT_TRUE(added.ok());
      if (!added->unchanged) ++fresh;
      EXPECT_TRUE(store->Read(added->artifact->digest).ok());
      EXPECT_FALSE(store->List().empty());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(fresh, 2);
  EXPECT_EQ(Files(), 2u);
}

}  // namespace
}  // namespace tinyfog::artifact
