#include "notifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace tinyfog::app {
namespace {

class Listener {
 public:
  explicit Listener(const std::string& name) : fd_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
  }
  ~Listener() { ::close(fd_); }
  std::string Received() {
    char buffer[512];
    const ssize_t n = ::recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
    return n < 0 ? "" : std::string(buffer, static_cast<std::size_t>(n));
  }

 private:
  int fd_;
};

TEST(Notifier, SpeaksToAnAbstractSocket) {
  const std::string name = "tinyfog-notifier-test-" + std::to_string(::getpid());
  Listener systemd(name);
  const Notifier notifier("@" + name);
  notifier.Ready("all well");
  EXPECT_EQ(systemd.Received(), "READY=1\nSTATUS=all well");
  notifier.Watchdog();
  EXPECT_EQ(systemd.Received(), "WATCHDOG=1");
  notifier.Reloading();
  EXPECT_THAT(systemd.Received(), testing::StartsWith("RELOADING=1\nMONOTONIC_USEC="));
}

TEST(Notifier, IsSilentWithoutSystemd) {
  EXPECT_FALSE(Notifier("").Send("READY=1"));
  EXPECT_FALSE(Notifier("/nonexistent/socket").Send("READY=1"));
  EXPECT_FALSE(Notifier(std::string(300, 'x')).Send("READY=1"));
}

TEST(Notifier, TakesItsEnvironmentAway) {
  ::setenv("NOTIFY_SOCKET", "/nonexistent", 1);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  const Notifier ours;
  EXPECT_EQ(ours.watchdog(), std::chrono::milliseconds(30'000));
  EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_FALSE(Notifier().watchdog().has_value());
}

}  // namespace
}  // namespace tinyfog::app
