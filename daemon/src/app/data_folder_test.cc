#include "data_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "endpoints.h"
#include "tinyfog/host/file.h"

namespace tinyfog::app {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class DataFolderTest : public testing::Test {
 protected:
  DataFolderTest() : path_(fs::path(testing::TempDir()) / ("data_" + std::to_string(::getpid()))) {}
  ~DataFolderTest() override { fs::remove_all(path_); }
  std::string Endpoints() const {
    const auto bytes = ReadFile(path_ / "endpoints.json");
    return bytes.ok() ? std::string(bytes->begin(), bytes->end()) : "";
  }
  fs::path path_;
};

TEST_F(DataFolderTest, OneDaemonAtATime) {
  auto first = DataFolder::Open(path_ / "a" / "b");
  ASSERT_TRUE(first.ok()) << first.error().message;
  const auto second = DataFolder::Open(path_ / "a" / "b");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Status::kAlreadyExists);
  EXPECT_THAT(second.error().message, HasSubstr("process " + std::to_string(::getpid())));
  first.value().reset();
  EXPECT_TRUE(DataFolder::Open(path_ / "a" / "b").ok());
}

TEST_F(DataFolderTest, SaysWhatToDoWhenItCannotBeMade) {
  const auto opened = DataFolder::Open("/dev/null/x");
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, HasSubstr("--data"));
}

TEST_F(DataFolderTest, EndpointsAreThereUntilTheEnd) {
  ASSERT_TRUE(CreateFolder(path_).ok());
  {
    EndpointsFile file(path_);
    EXPECT_EQ(Endpoints(), "");
    ASSERT_TRUE(file.Write({"127.0.0.1:1", "/s", "", "mqtt://127.0.0.1:3"}).ok());
    EXPECT_EQ(Endpoints(), "{\"pid\":" + std::to_string(::getpid()) +
                               ",\"grpc\":\"127.0.0.1:1\",\"unix\":\"/s\","
                               "\"mqtt\":\"mqtt://127.0.0.1:3\"}\n");
  }
  EXPECT_EQ(Endpoints(), "");
}

TEST(WithPort, ReplacesOnlyThePort) {
  EXPECT_EQ(WithPort("127.0.0.1:0", 81), "127.0.0.1:81");
  EXPECT_EQ(WithPort("[::1]:0", 81), "[::1]:81");
}

}  // namespace
}  // namespace tinyfog::app
