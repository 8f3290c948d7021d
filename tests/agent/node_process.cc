#include "node_process.h"

#include <gtest/gtest.h>

#include "tinyfog/provision/flash.h"

namespace tinyfog::node::testing {

using tinyfog::testing::Program;

NodeProcess::NodeProcess(const tinyfog::testing::Broker& broker,
                         const boot::testing::Image& firmware) {
  provision::FlashContents contents;
  contents.key = boot::testing::TrustedKey().Point();
  contents.provisioning.node = "n1";
  contents.provisioning.site = "s";
  contents.provisioning.broker = {127, 0, 0, 1};
  contents.provisioning.port = static_cast<std::uint16_t>(broker.port());
  contents.seed = {1};
  contents.firmware = firmware;
  const auto written = provision::WriteFlash(flash(), contents, false);
  EXPECT_TRUE(written.ok());
}

void NodeProcess::Start(std::vector<std::string> options) {
  options.insert(options.begin(), {Program("tinyfog-node"), "--flash", flash()});
  process_ = std::make_unique<tinyfog::testing::Process>(options);
}

boot::testing::Image HostFirmware(std::uint8_t major, std::uint32_t counter, std::uint32_t build,
                                  std::size_t bytes) {
  std::vector<std::uint8_t> code(bytes, major);
  firmware_image::Contents contents;
  contents.version.major = major;
  contents.version.build = build;
  contents.security_counter = counter;
  contents.hardware_id = "linux";
  contents.code = code;
  return firmware_image::Sign(contents, boot::testing::TrustedKey()).value();
}

ChunkServer::ChunkServer(const tinyfog::testing::Broker& broker)
    : client_(broker.uri(), {"tinyfog/v1/s/+/up/state", "tinyfog/v1/s/+/up/ota",
                             "tinyfog/v1/s/+/up/telemetry", "tinyfog/v1/s/+/up/result/+"}) {}

void ChunkServer::Send(const std::string& topic, const std::string& payload, bool retain) {
  mqtt::Message message;
  message.topic = topic;
  message.payload = payload;
  message.qos = 1;
  message.retained = retain;
  client_.Publish(message);
}

void ChunkServer::Desire(const std::string& node, const v1::Desired& desired) {
  Send("tinyfog/v1/s/" + node + "/down/desired", desired.SerializeAsString(), true);
}

bool ChunkServer::Until(const std::function<bool()>& condition) {
  while (!condition()) {
    const auto message = client_.Next(std::chrono::seconds(60));
    if (!message) return false;
    Hear(*message);
  }
  return true;
}

void ChunkServer::Hear(const mqtt::Message& message) {
  const std::size_t begin = std::string("tinyfog/v1/s/").size();
  const std::string node = message.topic.substr(begin, message.topic.find('/', begin) - begin);
  if (message.topic.ends_with("/state")) {
    EXPECT_TRUE(states[node].ParseFromString(message.payload));
  } else if (message.topic.ends_with("/ota")) {
    EXPECT_TRUE(reports[node].ParseFromString(message.payload));
    Serve(reports[node]);
  } else if (message.topic.ends_with("/telemetry")) {
    EXPECT_TRUE(telemetry[node].ParseFromString(message.payload));
  } else {
    EXPECT_TRUE(results[node].emplace_back().ParseFromString(message.payload));
  }
}

void ChunkServer::Serve(const v1::OtaReport& report) {
  const auto offer = offers_.find(report.digest());
  if (report.state() != v1::OtaReport::STATE_WANT || offer == offers_.end()) return;
  std::size_t left = chunks_at_once;
  for (std::size_t i = 0; i < offer->second->chunks.size() && left > 0; ++i) {
    if (i / 8 >= report.missing().size()) break;
    if ((report.missing()[i / 8] >> i % 8 & 1) == 0) continue;
    --left;
    ++chunks_sent;
    Send(ChunkTopic("s", *offer->second, i), offer->second->chunks[i]);
  }
}

}  // namespace tinyfog::node::testing
