#include "tinyfog/rpc/model_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "sha256.h"
#include "tinyfog/host/file.h"

namespace tinyfog::rpc {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;
using testing::ElementsAre;
using testing::HasSubstr;

Bytes DigestOf(const Bytes& bytes) {
  Sha256Stream stream;
  stream.Update(bytes);
  const Sha256 digest = stream.Finish();
  return {digest.begin(), digest.end()};
}

/// Limits the size of files this process may write, which is how a full disk looks to it.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &old_); }

 private:
  rlimit old_{};
};

class ModelStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "model-store-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
    const auto check_config = [](const std::string& toml) -> Outcome<void> {
      if (toml == "bad") return InvalidArgument("line 1: bad");
      return {};
    };
    store_ = std::make_unique<ModelStore>(
        root_, 1000, ModelStore::Checks{[this](Bytes) { return model_check_; }, check_config});
  }
  void TearDown() override { fs::remove_all(root_); }

  static UploadSpec Spec(const Bytes& bytes, std::int64_t version = 0,
                         const std::string& config = "") {
    return {"kws", version, bytes.size(), DigestOf(bytes), config};
  }

  Outcome<Stored> Push(const UploadSpec& spec, const Bytes& bytes) {
    TINYFOG_TRY_ASSIGN(const auto upload, store_->Begin(spec));
    TINYFOG_TRY(upload->Append(bytes));
    return upload->Commit();
  }

  static Status CodeOf(const auto& outcome) {
    return outcome.ok() ? Status::kOk : outcome.error().code;
  }

  /// Names in a folder of the repository, hidden ones included.
  std::vector<std::string> Entries(const fs::path& below = "") const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(root_ / below)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  std::string Text(const fs::path& file) const {
    const auto bytes = ReadFile(root_ / file);
    return bytes.ok() ? std::string(bytes->begin(), bytes->end()) : bytes.error().message;
  }

  fs::path root_;
  Outcome<void> model_check_;
  std::unique_ptr<ModelStore> store_;
  const Bytes bytes_{'o', 'n', 'e'};
  const Bytes other_{'t', 'w', 'o', '2'};
};

TEST_F(ModelStoreTest, DigestIsSha256) {
  EXPECT_EQ(DigestOf({'a', 'b', 'c'})[0], 0xba);
  EXPECT_EQ(DigestOf({'a', 'b', 'c'})[31], 0xad);
}

TEST_F(ModelStoreTest, StoresNewModelAndNextVersion) {
  const auto first = Push(Spec(bytes_, 0, "max_batch = 1\n"), bytes_);
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(first->version, 1);
  EXPECT_FALSE(first->unchanged);
  EXPECT_EQ(Text("kws/1/model.tflite"), "one");
  EXPECT_EQ(Text("kws/config.toml"), "max_batch = 1\n");
  fs::create_directory(root_ / "kws/7");
  const auto second = Push(Spec(other_), other_);
  ASSERT_TRUE(second.ok()) << second.error().message;
  EXPECT_EQ(second->version, 8);
  EXPECT_EQ(Text("kws/8/model.tflite"), "two2");
  EXPECT_EQ(Text("kws/config.toml"), "max_batch = 1\n");
  EXPECT_THAT(Entries(), ElementsAre("kws"));
}

TEST_F(ModelStoreTest, NothingIsVisibleBeforeCommit) {
  ASSERT_TRUE(Push(Spec(bytes_), bytes_).ok());
  {
    const auto upload = store_->Begin(Spec(other_));
    ASSERT_TRUE(upload.ok());
    ASSERT_TRUE((*upload)->Append(other_).ok());
    EXPECT_THAT(Entries("kws"), ElementsAre("1"));
    EXPECT_THAT(Entries(), ElementsAre(".kws.partial", "kws"));
  }
  EXPECT_THAT(Entries(), ElementsAre("kws"));
}

TEST_F(ModelStoreTest, SameVersionSameContentIsUnchanged) {
  ASSERT_TRUE(Push(Spec(bytes_, 5), bytes_).ok());
  const auto again = Push(Spec(bytes_, 5, "x = 1"), bytes_);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_TRUE(again->unchanged);
  EXPECT_EQ(Text("kws/config.toml"), "x = 1");
  EXPECT_EQ(CodeOf(store_->Begin(Spec(other_, 5))), Status::kAlreadyExists);
  EXPECT_EQ(Text("kws/5/model.tflite"), "one");
}

TEST_F(ModelStoreTest, RefusesBadSpecs) {
  for (const char* name : {"", ".hidden", "a/b", "..", "a b", "x.partial", "\xc3\xa4"}) {
    UploadSpec spec = Spec(bytes_);
    spec.model = name;
    EXPECT_EQ(CodeOf(store_->Begin(spec)), Status::kInvalidArgument) << name;
  }
  UploadSpec spec = Spec(bytes_);
  spec.model = std::string(65, 'a');
  EXPECT_EQ(CodeOf(store_->Begin(spec)), Status::kInvalidArgument);
  EXPECT_EQ(CodeOf(store_->Begin(Spec(bytes_, -1))), Status::kInvalidArgument);
  EXPECT_EQ(CodeOf(store_->Begin(Spec({}))), Status::kInvalidArgument);
  EXPECT_EQ(CodeOf(store_->Begin(Spec(Bytes(1001)))), Status::kResourceExhausted);
  EXPECT_EQ(CodeOf(store_->Begin(Spec(bytes_, 0, "bad"))), Status::kInvalidArgument);
  spec = Spec(bytes_);
  spec.sha256.pop_back();
  EXPECT_EQ(CodeOf(store_->Begin(spec)), Status::kInvalidArgument);
  EXPECT_TRUE(Entries().empty());
}

TEST_F(ModelStoreTest, RefusesWrongContent) {
  const auto wrong = Push(Spec(bytes_), {'o', 'n', 'X'});
  EXPECT_EQ(CodeOf(wrong), Status::kDataLoss);
  const auto little = Push(Spec(bytes_), {'o', 'n'});
  EXPECT_EQ(CodeOf(little), Status::kDataLoss);
  const auto much = Push(Spec(bytes_), {'o', 'n', 'e', '!'});
  EXPECT_EQ(CodeOf(much), Status::kInvalidArgument);
  model_check_ = FailedPrecondition("unsupported operator");
  const auto unsupported = Push(Spec(bytes_), bytes_);
  EXPECT_EQ(CodeOf(unsupported), Status::kFailedPrecondition);
  EXPECT_THAT(unsupported.error().message, HasSubstr("unsupported operator"));
  EXPECT_TRUE(Entries().empty());
}

TEST_F(ModelStoreTest, OnePushPerModelAtATime) {
  auto first = store_->Begin(Spec(bytes_));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(CodeOf(store_->Begin(Spec(other_))), Status::kAborted);
  UploadSpec another = Spec(other_);
  another.model = "ad";
  EXPECT_TRUE(store_->Begin(another).ok());
  first->reset();
  EXPECT_TRUE(store_->Begin(Spec(other_)).ok());
}

TEST_F(ModelStoreTest, RollbackOfNewModel) {
  {
    const auto upload = store_->Begin(Spec(bytes_, 0, "x = 1"));
    ASSERT_TRUE(upload.ok());
    ASSERT_TRUE((*upload)->Append(bytes_).ok());
    ASSERT_TRUE((*upload)->Commit().ok());
    EXPECT_THAT(Entries(), ElementsAre("kws"));
    const auto undone = (*upload)->Rollback();
    ASSERT_TRUE(undone.ok()) << undone.error().message;
  }
  EXPECT_TRUE(Entries().empty());
}

TEST_F(ModelStoreTest, RollbackOfNewVersionAndConfig) {
  ASSERT_TRUE(Push(Spec(bytes_, 0, "x = 1"), bytes_).ok());
  {
    const auto upload = store_->Begin(Spec(other_, 0, "x = 2"));
    ASSERT_TRUE(upload.ok());
    ASSERT_TRUE((*upload)->Append(other_).ok());
    ASSERT_TRUE((*upload)->Commit().ok());
    EXPECT_THAT(Entries("kws"), ElementsAre("1", "2", "config.toml"));
    ASSERT_TRUE((*upload)->Rollback().ok());
  }
  EXPECT_THAT(Entries("kws"), ElementsAre("1", "config.toml"));
  EXPECT_EQ(Text("kws/config.toml"), "x = 1");
  EXPECT_THAT(Entries(), ElementsAre("kws"));
}

TEST_F(ModelStoreTest, RollbackRemovesConfigThatWasNotThere) {
  ASSERT_TRUE(Push(Spec(bytes_), bytes_).ok());
  const auto upload = store_->Begin(Spec(bytes_, 1, "x = 2"));
  ASSERT_TRUE(upload.ok());
  ASSERT_TRUE((*upload)->Append(bytes_).ok());
  ASSERT_TRUE((*upload)->Commit().ok());
  ASSERT_TRUE((*upload)->Rollback().ok());
  EXPECT_THAT(Entries("kws"), ElementsAre("1"));
}

TEST_F(ModelStoreTest, FullDisk) {
  const Bytes large(900, 1);
  {
    const FileSizeLimit limit(100);
    const auto pushed = Push(Spec(large), large);
    ASSERT_EQ(CodeOf(pushed), Status::kResourceExhausted);
    EXPECT_THAT(pushed.error().message, HasSubstr("free space"));
  }
  EXPECT_TRUE(Entries().empty());
  EXPECT_TRUE(Push(Spec(large), large).ok());
}

TEST_F(ModelStoreTest, DiskFillsUpBeforeTheConfiguration) {
  ASSERT_TRUE(Push(Spec(bytes_, 0, "x = 1"), bytes_).ok());
  {
    const FileSizeLimit limit(100);
    const auto pushed = Push(Spec(other_, 0, std::string(200, '#')), other_);
    EXPECT_EQ(CodeOf(pushed), Status::kResourceExhausted);
  }
  EXPECT_THAT(Entries("kws"), ElementsAre("1", "config.toml"));
  EXPECT_EQ(Text("kws/config.toml"), "x = 1");
}

TEST_F(ModelStoreTest, CleansWhatACrashLeaves) {
  ASSERT_TRUE(Push(Spec(bytes_), bytes_).ok());
  fs::create_directories(root_ / ".kws.partial/2");
  std::ofstream(root_ / ".kws.partial/2/model.tflite") << "hal";
  std::ofstream(root_ / "kws/config.toml.abcdef.partial") << "x";
  const auto removed = CleanPartialUploads(root_);
  ASSERT_TRUE(removed.ok());
  EXPECT_EQ(*removed, 2u);
  EXPECT_THAT(Entries(), ElementsAre("kws"));
  EXPECT_THAT(Entries("kws"), ElementsAre("1"));
  EXPECT_EQ(CodeOf(CleanPartialUploads(root_ / "none")), Status::kNotFound);
}

TEST_F(ModelStoreTest, PushAfterACrashStartsAfresh) {
  fs::create_directories(root_ / ".kws.partial/1");
  std::ofstream(root_ / ".kws.partial/1/model.tflite") << "half of it";
  ASSERT_TRUE(Push(Spec(bytes_), bytes_).ok());
  EXPECT_EQ(Text("kws/1/model.tflite"), "one");
}

}  // namespace
}  // namespace tinyfog::rpc
