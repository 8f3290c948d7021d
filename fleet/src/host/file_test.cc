#include "tinyfog/host/file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>

namespace tinyfog {
namespace {

class FileTest : public testing::Test {
 protected:
  FileTest() {
    std::string pattern = testing::TempDir() + "tinyfog-file-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~FileTest() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(FileTest, WritesAndReadsBack) {
  const std::vector<std::uint8_t> bytes(100'000, 7);
  ASSERT_TRUE(WriteFileAtomically(folder_ / "a", bytes).ok());
  EXPECT_EQ(ReadFile(folder_ / "a").value(), bytes);
}

TEST_F(FileTest, ReadSaysWhatIsWrong) {
  EXPECT_EQ(ReadFile(folder_ / "none").error().code, Status::kNotFound);
  EXPECT_EQ(ReadFile(folder_).error().code, Status::kInvalidArgument);
  ASSERT_TRUE(WriteFileAtomically(folder_ / "a", std::vector<std::uint8_t>(10)).ok());
  EXPECT_EQ(ReadFile(folder_ / "a", 9).error().code, Status::kResourceExhausted);
}

TEST_F(FileTest, FailedWriteKeepsTheOldContentAndLeavesNothing) {
  const std::vector<std::uint8_t> old(10, 1);
  ASSERT_TRUE(WriteFileAtomically(folder_ / "a", old).ok());
  // A file-size limit fails the write in the middle, as a full disk does.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{4096, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = WriteFileAtomically(folder_ / "a", std::vector<std::uint8_t>(100'000, 2));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(written.error().code, Status::kResourceExhausted);
  EXPECT_EQ(ReadFile(folder_ / "a").value(), old);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

}  // namespace
}  // namespace tinyfog
