#include "address.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace tinyfog::ctl {
namespace {

TEST(ParseAddress, TakesSocketsAndHosts) {
  EXPECT_EQ(ParseAddress("unix:/run/x.sock")->target, "unix:/run/x.sock");
  EXPECT_EQ(ParseAddress("unix:///run/x.sock")->target, "unix:/run/x.sock");
  EXPECT_EQ(ParseAddress("/run/x.sock")->target, "unix:/run/x.sock");
  EXPECT_TRUE(ParseAddress("unix:relative.sock")->target.starts_with("unix:/"));
  EXPECT_EQ(ParseAddress("gateway:8001")->target, "dns:gateway:8001");
  EXPECT_EQ(ParseAddress("[::1]:8001")->target, "dns:[::1]:8001");
  EXPECT_FALSE(ParseAddress("[::1]:8001")->unix_socket);
}

TEST(ParseAddress, RefusesTheRestAndSaysWhatFits) {
  for (const char* text : {"", "gateway", ":8001", "gateway:", "gateway:0", "gateway:65536",
                           "gateway:80x", "::1:8001", "http://gateway:8001", "unix:"}) {
    const auto address = ParseAddress(text);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_NE(address.error().message.find("host:port"), std::string::npos);
  }
}

TEST(ChooseServer, OptionThenEnvironmentThenSocket) {
  ::setenv("TINYFOG_SERVER", "gateway:1", 1);
  EXPECT_EQ(ChooseServer("other:2"), "other:2");
  EXPECT_EQ(ChooseServer(""), "gateway:1");
  ::unsetenv("TINYFOG_SERVER");
  EXPECT_TRUE(ChooseServer("").starts_with("unix:/"));
}

}  // namespace
}  // namespace tinyfog::ctl
