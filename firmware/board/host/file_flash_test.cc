#include "file_flash.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

namespace tinyfog::board {
namespace {

using Bytes = std::vector<std::uint8_t>;

class FileFlashTest : public ::testing::Test {
 protected:
  FileFlashTest() { Open(true); }
  ~FileFlashTest() override { unlink(path_.c_str()); }
  void Open(bool creates) {
    flash_.reset();
    auto opened = creates ? FileFlash::Create(path_) : FileFlash::Open(path_);
    ASSERT_TRUE(opened.ok());
    flash_ = std::move(*opened);
  }
  Bytes Read(std::uint32_t offset, std::size_t count) {
    Bytes bytes(count);
    EXPECT_EQ(flash_->Read(offset, bytes), Status::kOk);
    return bytes;
  }
  off_t BytesOnDisk() const {
    struct stat status {};
    stat(path_.c_str(), &status);
    return status.st_blocks * 512;
  }

  const std::string path_ = ::testing::TempDir() + "file_flash_" + std::to_string(getpid());
  std::unique_ptr<FileFlash> flash_;
};

TEST_F(FileFlashTest, KeepsWhatIsProgrammedAndTheRestErased) {
  const Bytes data(32, 0x5A);
  ASSERT_EQ(flash_->Program(4096 - 16, data), Status::kOk) << "over the border of two units";
  for (const bool is_reopened : {false, true}) {
    if (is_reopened) Open(false);
    EXPECT_EQ(Read(4096 - 16, 32), data);
    EXPECT_EQ(Read(4096 - 32, 16), Bytes(16, 0xFF));
    EXPECT_EQ(Read(3 * 4096, 16), Bytes(16, 0xFF)) << "a hole";
    EXPECT_EQ(flash_->mapped()[4096], 0x5A);
  }
}

TEST_F(FileFlashTest, IsStrict) {
  const Bytes data(16, 0x5A);
  ASSERT_EQ(flash_->Program(0, data), Status::kOk);
  EXPECT_EQ(flash_->Program(0, data), Status::kFailedPrecondition);
  EXPECT_EQ(flash_->Program(8, data), Status::kInvalidArgument);
  EXPECT_EQ(flash_->Program(16, Bytes(8)), Status::kInvalidArgument);
  EXPECT_EQ(flash_->Program(kFlashBytes, data), Status::kOutOfRange);
  EXPECT_EQ(flash_->Erase(16), Status::kInvalidArgument);
  EXPECT_EQ(flash_->Erase(kFlashBytes), Status::kOutOfRange);
  Bytes bytes(2);
  EXPECT_EQ(flash_->Read(kFlashBytes - 1, bytes), Status::kOutOfRange);
}

TEST_F(FileFlashTest, ErasingFreesTheUnit) {
  const Bytes data(16, 0x5A);
  const off_t before = BytesOnDisk();
  ASSERT_EQ(flash_->Program(5 * 4096, data), Status::kOk);
  ASSERT_EQ(flash_->Erase(5 * 4096), Status::kOk);
  EXPECT_EQ(Read(5 * 4096, 16), Bytes(16, 0xFF));
  Open(false);
  EXPECT_EQ(Read(5 * 4096, 16), Bytes(16, 0xFF));
  EXPECT_LE(BytesOnDisk(), before + 3 * 4096) << "16 MB are not written";
  EXPECT_EQ(flash_->Program(5 * 4096, data), Status::kOk);
}

}  // namespace
}  // namespace tinyfog::board
