// The program as operators and systemd see it: exit codes, signals, reload, endpoints,
// notifications.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "process.h"

namespace tinyfog::app {
namespace {

using ::testing::HasSubstr;
using tinyfog::testing::Contents;
using tinyfog::testing::Eventually;
using tinyfog::testing::Process;
using tinyfog::testing::Program;
using tinyfog::testing::RunCommand;
using tinyfog::testing::TemporaryFolder;

/// Receives what a service tells systemd.
class FakeSystemd {
 public:
  explicit FakeSystemd(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    ::setenv("WATCHDOG_USEC", "200000", 1);
  }
  ~FakeSystemd() {
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    ::close(fd_);
  }
  /// Everything received so far.
  const std::string& Heard() {
    char buffer[1024];
    for (ssize_t n; (n = ::recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT)) > 0;) {
      heard_.append(buffer, static_cast<std::size_t>(n)).append("\n");
    }
    return heard_;
  }

 private:
  int fd_;
  std::string heard_;
};

class TinyfogdTest : public ::testing::Test {
 protected:
  TinyfogdTest() { Configure(""); }

  /// Free ports and a socket of the test's own, and `log_section`.
  void Configure(const std::string& log_section, const std::string& top = "") {
    std::ofstream(folder_ / "c.toml")
        << top << "[grpc]\nlisten = \"127.0.0.1:0\"\nunix_socket = \""
        << (folder_ / "s.sock").string() << "\"\n[metrics]\nlisten = \"127.0.0.1:0\"\n"
        << "[mqtt.broker]\nport = 0\n[log]\n"
        << log_section;
  }
  std::vector<std::string> Command() const {
    return {Program("tinyfogd"), "--config", (folder_ / "c.toml").string(), "--data",
            (folder_ / "data").string()};
  }
  std::filesystem::path Endpoints() const { return folder_ / "data" / "endpoints.json"; }
  bool Ready() const { return std::filesystem::exists(Endpoints()); }

  TemporaryFolder folder_;
};

TEST_F(TinyfogdTest, ServesTellsWhereAndStopsClean) {
  FakeSystemd systemd((folder_ / "notify").string());
  Process daemon(Command());
  ASSERT_TRUE(Eventually([&] { return Ready(); })) << daemon.Errors();
  EXPECT_THAT(Contents(Endpoints()), ::testing::AllOf(HasSubstr("\"mqtt\":\"mqtt://127.0.0.1:"),
                                                      HasSubstr("\"grpc\":\"127.0.0.1:"),
                                                      HasSubstr(std::to_string(daemon.pid()))));
  EXPECT_TRUE(Eventually([&] { return systemd.Heard().find("READY=1") != std::string::npos; }));
  EXPECT_TRUE(Eventually([&] { return systemd.Heard().find("WATCHDOG=1") != std::string::npos; }));

  const auto second = RunCommand(Command());
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.errors, HasSubstr("process " + std::to_string(daemon.pid())));

  daemon.Signal(SIGTERM);
  EXPECT_EQ(daemon.Wait(), 0) << daemon.Errors();
  EXPECT_FALSE(Ready());
  EXPECT_THAT(systemd.Heard(), HasSubstr("STOPPING=1"));
}

std::size_t Count(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

/// The thread of `process` with this name; 0: none.
pid_t ThreadNamed(pid_t process, const std::string& name) {
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
    if (Contents(task.path() / "comm") == name + "\n") return std::stoi(task.path().filename());
  }
  return 0;
}

TEST_F(TinyfogdTest, TheWatchdogIsNotFedWhileAThreadIsStuck) {
  FakeSystemd systemd((folder_ / "notify").string());
  Configure("", "stuck_after_ms = 200\n");
  Process daemon(Command());
  ASSERT_TRUE(Eventually([&] { return Ready(); })) << daemon.Errors();
  const auto pings = [&] { return Count(systemd.Heard(), "WATCHDOG=1"); };
  ASSERT_TRUE(Eventually([&] { return pings() > 1; }));

  // A debugger stops one thread while all others go on.
  const pid_t thread = ThreadNamed(daemon.pid(), "MQTTAsync_rcv");
  ASSERT_GT(thread, 0);
  if (ptrace(PTRACE_SEIZE, thread, nullptr, nullptr) != 0) GTEST_SKIP() << "ptrace is not allowed";
  ASSERT_EQ(ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr), 0);
  ASSERT_EQ(waitpid(thread, nullptr, __WALL), thread);
  EXPECT_TRUE(Eventually([&] { return daemon.Errors().find("parts=mqtt") != std::string::npos; }))
      << daemon.Errors();
  const auto before = pings();
  const auto beats = Count(systemd.Heard(), "STATUS=");
  EXPECT_TRUE(Eventually([&] { return Count(systemd.Heard(), "STATUS=") > beats + 3; }));
  EXPECT_EQ(pings(), before);

  ASSERT_EQ(ptrace(PTRACE_DETACH, thread, nullptr, nullptr), 0);
  EXPECT_TRUE(Eventually([&] { return pings() > before + 1; })) << daemon.Errors();
  EXPECT_THAT(daemon.Errors(), HasSubstr("progress again"));
  daemon.Signal(SIGTERM);
  EXPECT_EQ(daemon.Wait(), 0) << daemon.Errors();
}

TEST_F(TinyfogdTest, ReloadsAGoodFileAndKeepsTheOldOneWhenItIsBad) {
  FakeSystemd systemd((folder_ / "notify").string());
  Process daemon(Command());
  ASSERT_TRUE(Eventually([&] { return Ready(); })) << daemon.Errors();
  const auto logged = [&](const std::string& text) {
    return Eventually([&] { return daemon.Errors().find(text) != std::string::npos; });
  };
  Configure("level = \"debug\"\n[mqtt]\nsite = \"elsewhere\"\n");
  daemon.Signal(SIGHUP);
  EXPECT_TRUE(logged("changed=log.level"));
  EXPECT_TRUE(logged("keys=mqtt.site")) << daemon.Errors();
  EXPECT_TRUE(Eventually([&] { return systemd.Heard().find("RELOADING=1") != std::string::npos; }));

  Configure("levle = \"debug\"\n");
  daemon.Signal(SIGHUP);
  EXPECT_TRUE(logged("did you mean 'log.level'?")) << daemon.Errors();
  EXPECT_TRUE(daemon.running());
  daemon.Signal(SIGINT);
  EXPECT_EQ(daemon.Wait(), 0);
}

TEST_F(TinyfogdTest, StartsAgainAfterBeingKilled) {
  {
    Process daemon(Command());
    ASSERT_TRUE(Eventually([&] { return Ready(); })) << daemon.Errors();
    daemon.Signal(SIGKILL);
    EXPECT_EQ(daemon.Wait(), 128 + SIGKILL);
  }
  Process again(Command());
  EXPECT_TRUE(Eventually([&] {
    return Ready() && Contents(Endpoints()).find(std::to_string(again.pid())) != std::string::npos;
  })) << again.Errors();
}

TEST_F(TinyfogdTest, ExitCodesTellWhoMustAct) {
  auto check = Command();
  check.push_back("--check-config");
  EXPECT_EQ(RunCommand(check).code, 0);
  Configure("level = 3\n");
  const auto refused = RunCommand(check);
  EXPECT_EQ(refused.code, 78);
  EXPECT_THAT(refused.errors, HasSubstr("c.toml:9:1: log.level must be one of"));
  EXPECT_EQ(RunCommand(Command()).code, 78);
  EXPECT_EQ(RunCommand({Program("tinyfogd"), "--confg"}).code, 2);
  EXPECT_THAT(RunCommand({Program("tinyfogd"), "--help"}).output, HasSubstr("--check-config"));
  EXPECT_THAT(RunCommand({Program("tinyfogd"), "--print-config"}).output, HasSubstr("[grpc]"));
}

}  // namespace
}  // namespace tinyfog::app
