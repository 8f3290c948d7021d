#include "tinyfog/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace tinyfog::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> Problems(const std::string& toml) {
  const auto parsed = Parse(toml);
  std::vector<std::string> lines;
  if (parsed.ok()) return lines;
  for (const Problem& p : parsed.error()) {
    lines.push_back(std::to_string(p.line) + ":" + std::to_string(p.column) + ": " + p.text);
  }
  return lines;
}

TEST(Config, ReadsEveryKindOfValue) {
  const auto parsed = Parse(R"(
data = "/srv/x"
drain_timeout_ms = 5
[inference]
backends = ["CpuRef"]
load_all_at_start = false
engine = "stub"
[inference.defaults]
max_queue_delay_us = 1500
threads = 3
[mqtt]
version = "3.1.1"
session_expiry_s = 7
[grpc.tls]
certificate = "c.pem"
key = "k.pem"
)");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->data, "/srv/x");
  EXPECT_EQ(parsed->drain_timeout.count(), 5);
  EXPECT_THAT(parsed->inference.backends, ElementsAre("CpuRef"));
  EXPECT_FALSE(parsed->inference.load_all_at_start);
  EXPECT_EQ(parsed->inference.engine, inference::EngineKind::kStub);
  EXPECT_EQ(parsed->inference.model_defaults.max_queue_delay, std::chrono::microseconds(1500));
  EXPECT_EQ(parsed->inference.model_defaults.threads, 3u);
  EXPECT_EQ(parsed->mqtt.version, mqtt::Version::k311);
  EXPECT_EQ(parsed->mqtt.session_expiry, std::chrono::seconds(7));
  ASSERT_TRUE(parsed->grpc.tls.has_value());
  EXPECT_EQ(parsed->grpc.tls->key, "k.pem");
}

TEST(Config, SaysAllProblemsWithTheirPlaces) {
  EXPECT_THAT(
      Problems("[mqtt]\nqos = 2\nsit = \"x\"\n\n[log]\nlevel = true\nuri = \"mqtt://h\"\n"),
      ElementsAre(
          "2:1: mqtt.qos must be a whole number from 0 to 1, not 2",
          "3:1: unknown key 'mqtt.sit'; did you mean 'mqtt.site'?",
          "6:1: log.level must be one of \"debug\", \"info\", \"warning\", \"error\", not true",
          "7:1: unknown key 'log.uri'; did you mean 'mqtt.uri'?"));
}

TEST(Config, RefusesWhatIsOutOfRangeOrOfAnotherType) {
  for (const char* bad :
       {"drain_timeout_ms = -1", "drain_timeout_ms = 1.5", "drain_timeout_ms = \"1\"",
        "drain_timeout_ms = 9223372036854775807", "[mqtt]\nsite = \"\"", "[mqtt]\nsite = \"a/b\"",
        "[mqtt]\nuri = \"tcp://x\"", "[mqtt]\nqos = 1979-05-27", "[metrics]\nlisten = \"8002\"",
        "[metrics]\nlisten = \"127.0.0.1:70000\"", "[grpc]\nunix_socket = \"relative\"",
        "[inference]\nbackends = [1]", "[inference]\nbackends = \"CpuRef\"",
        "[mqtt.broker]\nport = 65536", "[nonsense]", "mqtt = 3", "data = \"a\\u0000b\""}) {
    EXPECT_EQ(Problems(bad).size(), 1u) << bad;
  }
}

TEST(Config, ChecksRulesBetweenKeys) {
  EXPECT_THAT(Problems("[mqtt]\nreconnect_min_ms = 1000\nreconnect_max_ms = 500\n"),
              ElementsAre("2:1: mqtt.reconnect_min_ms: must be at most reconnect_max_ms"));
  EXPECT_THAT(Problems("[grpc.tls]\ncertificate = \"x\"\n"), testing::SizeIs(1));
  EXPECT_THAT(Problems("[grpc]\nlisten = \"\"\nunix_socket = \"\"\n"), testing::SizeIs(1));
}

TEST(Config, SyntaxErrorsHaveAPlace) {
  const auto problems = Problems("[log]\nlevel = \n");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_THAT(problems[0], testing::StartsWith("2:"));
  EXPECT_THAT(problems[0], HasSubstr("not valid TOML"));
}

TEST(Config, HostileSyntaxIsAProblemAndNotAnAssertion) {
  EXPECT_THAT(Problems("[\x1b+\x1a"), testing::SizeIs(1));
  EXPECT_THAT(Problems("\xef\xbb\xbb"), testing::SizeIs(1));
  EXPECT_THAT(Problems("\xc3\xa9 = 1"), testing::SizeIs(1));
}

TEST(Config, APasswordIsNeitherPrintedNorQuotedInAProblem) {
  Config config;
  config.mqtt.password = "hunter2";
  EXPECT_THAT(Print(config), testing::Not(HasSubstr("hunter2")));
  EXPECT_THAT(Problems("[mqtt]\npassword = \"hunter2\\u0000\"")[0],
              testing::Not(HasSubstr("hunter2")));
}

TEST(Config, PrintedConfigurationsReadBackTheSame) {
  auto parsed = Parse("[mqtt]\nsite = \"plant\"\n[inference]\nload_at_start = [\"a\", \"b\"]\n");
  ASSERT_TRUE(parsed.ok());
  const auto again = Parse(Print(*parsed));
  ASSERT_TRUE(again.ok()) << again.error().front().text;
  EXPECT_THAT(Compare(*parsed, *again).restart, IsEmpty());
  EXPECT_EQ(again->mqtt.site, "plant");
}

TEST(Config, ComparesByWhatAReloadCanDo) {
  const auto before = Parse("");
  const auto after = Parse("[log]\nlevel = \"debug\"\n[mqtt]\nsite = \"plant\"\n");
  const Changes changes = Compare(*before, *after);
  EXPECT_THAT(changes.live, ElementsAre("log.level"));
  EXPECT_THAT(changes.restart, ElementsAre("mqtt.site"));
}

TEST(Config, LoadNamesTheFile) {
  const auto path = std::filesystem::path(testing::TempDir()) / "bad.toml";
  std::ofstream(path) << "x = 1\ny = 2\n";
  const auto loaded = Load(path);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, Status::kInvalidArgument);
  EXPECT_THAT(loaded.error().message, HasSubstr(path.string() + ":1:1: unknown key 'x'"));
  EXPECT_THAT(loaded.error().message, HasSubstr(path.string() + ":2:1: unknown key 'y'"));
  std::filesystem::remove(path);
  EXPECT_EQ(Load(path).error().code, Status::kNotFound);
}

TEST(Config, ChecksTheFilesItNames) {
  Config config = Resolve(Config{});
  config.data = testing::TempDir();
  config.inference.repository = "/dev/null";
  config.mqtt.broker.program = "/nonexistent/mosquitto";
  config.grpc.tls = rpc::TlsOptions{"/nonexistent/cert.pem", testing::TempDir(), ""};
  const auto problems = CheckFiles(config);
  ASSERT_EQ(problems.size(), 4u);
  EXPECT_THAT(problems[0], HasSubstr("inference.repository = \"/dev/null\": is not a folder"));
  EXPECT_THAT(problems[1], HasSubstr("apt install mosquitto"));
  EXPECT_THAT(problems[2], HasSubstr("No such file"));
  EXPECT_THAT(problems[3], HasSubstr("it is a folder"));
}

TEST(Config, FindsItsFolders) {
  ::setenv("STATE_DIRECTORY", "/var/lib/one:/var/lib/two", 1);
  ::setenv("RUNTIME_DIRECTORY", "/run/one", 1);
  const Config config = Resolve(Config{});
  ::unsetenv("STATE_DIRECTORY");
  ::unsetenv("RUNTIME_DIRECTORY");
  EXPECT_EQ(config.data, "/var/lib/one");
  EXPECT_EQ(config.inference.repository, "/var/lib/one/models");
  EXPECT_EQ(config.grpc.unix_socket, "/run/one/tinyfogd.sock");
}

}  // namespace
}  // namespace tinyfog::config
