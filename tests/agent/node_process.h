#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "broker.h"
#include "mqtt_client.h"
#include "offers.h"
#include "process.h"

namespace tinyfog::node::testing {

/// `tinyfog-node` with a flash of its own that trusts TrustedKey.
class NodeProcess {
 public:
  /// `firmware` may be empty.
  NodeProcess(const tinyfog::testing::Broker& broker, const boot::testing::Image& firmware);

  void Start(std::vector<std::string> options = {});
  tinyfog::testing::Process& process() { return *process_; }
  std::string flash() const { return (folder_ / "node.flash").string(); }
  const tinyfog::testing::TemporaryFolder& folder() const { return folder_; }

 private:
  tinyfog::testing::TemporaryFolder folder_;
  std::unique_ptr<tinyfog::testing::Process> process_;
};

/// Signed by TrustedKey, for the hardware "linux".
boot::testing::Image HostFirmware(std::uint8_t major, std::uint32_t counter,
                                  std::uint32_t build = 0, std::size_t bytes = 40000);

/// A gateway for nodes of site "s" that publishes what their reports miss.
class ChunkServer {
 public:
  explicit ChunkServer(const tinyfog::testing::Broker& broker);

  /// What is desired of `node`; its chunks will be served.
  void Desire(const std::string& node, const v1::Desired& desired);
  void Offers(const Offer& offer) { offers_[offer.digest] = &offer; }
  void Send(const std::string& topic, const std::string& payload, bool retain = false);

  /// Goes through what nodes say until `condition` holds of it.
  bool Until(const std::function<bool()>& condition);

  std::map<std::string, v1::NodeState> states;         ///< by node: the newest
  std::map<std::string, v1::OtaReport> reports;        ///< likewise
  std::map<std::string, v1::NodeTelemetry> telemetry;  ///< likewise
  std::map<std::string, std::vector<v1::NodeResult>> results;
  std::size_t chunks_sent = 0;
  std::size_t chunks_at_once = 1000;  ///< for one report

 private:
  void Hear(const mqtt::Message& message);
  void Serve(const v1::OtaReport& report);

  tinyfog::testing::MqttClient client_;
  std::map<std::string, const Offer*> offers_;
};

}  // namespace tinyfog::node::testing
