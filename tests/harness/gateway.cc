#include "gateway.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace tinyfog::testing {
namespace {

int PortOf(const std::string& address) { return std::stoi(address.substr(address.rfind(':') + 1)); }

/// The body of an HTTP answer from loopback; empty when there is none.
std::string HttpGet(int port, const std::string& path) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
      write(fd, request.data(), request.size()) == static_cast<ssize_t>(request.size())) {
    char block[4096];
    for (ssize_t n; (n = read(fd, block, sizeof(block))) > 0;) {
      answer.append(block, static_cast<std::size_t>(n));
    }
  }
  close(fd);
  const std::size_t body = answer.find("\r\n\r\n");
  return body == std::string::npos ? "" : answer.substr(body + 4);
}

}  // namespace

Gateway::Gateway() : Gateway(Options{}) {}

Gateway::Gateway(Options options) : options_(std::move(options)) {
  std::filesystem::create_directories(repository());
  if (options_.demo_model) {
    std::filesystem::copy(std::filesystem::path(TINYFOG_SOURCE_DIR) / "fleet/demo/models/motor",
                          repository() / "motor", std::filesystem::copy_options::recursive);
  }
}

Gateway::~Gateway() {
  if (process_ && process_->running()) {
    EXPECT_EQ(Stop(), 0) << Log();
  }
}

void Gateway::AddModel(const std::string& name, const std::filesystem::path& file, int version) {
  const auto folder = repository() / name / std::to_string(version);
  std::filesystem::create_directories(folder);
  std::filesystem::copy_file(file, folder / "model.tflite",
                             std::filesystem::copy_options::overwrite_existing);
}

void Gateway::WriteConfig() const {
  std::map<std::string, std::string> tables = {
      {"log", "level = \"debug\"\n"},
      {"grpc",
       "listen = \"127.0.0.1:0\"\nunix_socket = \"" + (folder_ / "gateway.sock").string() + "\"\n"},
      {"metrics", "listen = \"127.0.0.1:0\"\n"},
      {"mqtt", "uri = \"" + options_.broker_uri + "\"\n"},
      {"mqtt.broker", "port = 0\n"},
      {"inference",
       "engine = \"" + options_.engine + "\"\nrepository = \"" + repository().string() + "\"\n"},
  };
  for (const auto& [name, text] : options_.tables) tables[name] += text;
  std::string config;
  for (const auto& [name, text] : tables) config += "[" + name + "]\n" + text;
  Store(this->config(), config);
}

void Gateway::Start() {
  WriteConfig();
  const auto file = folder_ / "data" / "endpoints.json";
  std::filesystem::remove(file);
  process_ = std::make_unique<Process>(std::vector<std::string>{
      Program("tinyfogd"), "--config", config().string(), "--data", (folder_ / "data").string()});
  const bool ready =
      Eventually([&] { return !process_->running() || std::filesystem::exists(file); },
                 std::chrono::seconds(60));
  ASSERT_TRUE(ready && process_->running()) << "tinyfogd is not ready:\n" << Log();
  const auto endpoints = nlohmann::json::parse(Contents(file));
  for (const auto& [key, value] : endpoints.items()) {
    endpoints_[key] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  ASSERT_TRUE(Eventually([&] { return Metric("tinyfog_mqtt_connected") == 1; }))
      << "tinyfogd is not connected to the broker:\n"
      << Log();
}

int Gateway::Stop() {
  process_->Signal(SIGTERM);
  const auto code = process_->Wait(std::chrono::seconds(60));
  EXPECT_TRUE(code.has_value()) << "tinyfogd does not stop:\n" << Log();
  return code.value_or(-1);
}

void Gateway::Kill() {
  process_->Signal(SIGKILL);
  process_->Wait();
}

int Gateway::mqtt_port() const { return PortOf(mqtt()); }

std::string Gateway::Metrics() const {
  return HttpGet(PortOf(endpoints_.at("metrics")), "/metrics");
}

double Gateway::Metric(const std::string& name, const std::string& label) const {
  std::istringstream lines(Metrics());
  double sum = 0;
  for (std::string line; std::getline(lines, line);) {
    const bool named = line.starts_with(name + "{") || line.starts_with(name + " ");
    if (!named || line.find(label) == std::string::npos) continue;
    sum += std::stod(line.substr(line.rfind(' ') + 1));
  }
  return sum;
}

}  // namespace tinyfog::testing
