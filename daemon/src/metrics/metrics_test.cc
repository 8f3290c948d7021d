#include "tinyfog/metrics/metrics.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tinyfog::metrics {
namespace {

using testing::HasSubstr;

TEST(Metrics, TheSameNameAndLabelsAreTheSameMetric) {
  auto registry = Registry::Create();
  Counter& a = registry->GetCounter("tinyfog_x_total", "x", {{"model", "m"}, {"source", "s"}});
  Counter& b = registry->GetCounter("tinyfog_x_total", "x", {{"source", "s"}, {"model", "m"}});
  EXPECT_EQ(&a, &b);
  EXPECT_NE(&a, &registry->GetCounter("tinyfog_x_total", "x", {{"model", "n"}, {"source", "s"}}));
}

TEST(Metrics, ExposesAllKinds) {
  auto registry = Registry::Create();
  registry->GetCounter("tinyfog_x_total", "Things", {{"model", "m"}}).Increment(2);
  Gauge& gauge = registry->GetGauge("tinyfog_depth", "Depth");
  gauge.Set(5);
  gauge.Add(-2);
  Histogram& histogram = registry->GetHistogram("tinyfog_wait_seconds", "Wait", {0.1, 1});
  histogram.Observe(0.5);
  histogram.Observe(5);
  const std::string text = registry->Expose();
  EXPECT_THAT(text, HasSubstr("# HELP tinyfog_x_total Things"));
  EXPECT_THAT(text, HasSubstr("tinyfog_x_total{model=\"m\"} 2"));
  EXPECT_THAT(text, HasSubstr("tinyfog_depth 3"));
  EXPECT_THAT(text, HasSubstr("tinyfog_wait_seconds_bucket{le=\"0.1\"} 0"));
  EXPECT_THAT(text, HasSubstr("tinyfog_wait_seconds_bucket{le=\"1\"} 1"));
  EXPECT_THAT(text, HasSubstr("tinyfog_wait_seconds_bucket{le=\"+Inf\"} 2"));
}

std::string HttpGet(int port, const std::string& path) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
  EXPECT_EQ(write(fd, request.data(), request.size()), static_cast<ssize_t>(request.size()));
  std::string answer;
  char block[4096];
  for (ssize_t n; (n = read(fd, block, sizeof(block))) > 0;) {
    answer.append(block, static_cast<std::size_t>(n));
  }
  close(fd);
  return answer;
}

TEST(Metrics, ServesThemByHttpOnAnyFreePort) {
  auto registry = Registry::Create();
  registry->GetCounter("tinyfog_x_total", "x").Increment();
  const auto port = registry->Listen("127.0.0.1:0");
  ASSERT_TRUE(port.ok()) << port.error().message;
  EXPECT_THAT(HttpGet(*port, "/metrics"), HasSubstr("tinyfog_x_total 1"));

  auto second = Registry::Create();
  const auto taken = second->Listen("127.0.0.1:" + std::to_string(*port));
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().code, Status::kUnavailable);
}

}  // namespace
}  // namespace tinyfog::metrics
