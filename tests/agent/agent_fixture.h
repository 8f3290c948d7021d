#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "boot_node.h"
#include "nor_flash.h"
#include "offers.h"
#include "scripted_broker.h"
#include "tinyfog/node/agent.h"
#include "tinyfog/node/synthetic_sensor.h"
#include "tinyfog/v1/node.pb.h"

/// An agent with a virtual clock on strict flash, whose broker and gateway are the test.
namespace tinyfog::node::testing {

class AgentTest : public ::testing::Test, private hal::Platform, private Application {
 protected:
  static constexpr std::uint32_t kUnit = 4096;
  static constexpr char kRoot[] = "tinyfog/v1/s/n/";

  AgentTest();
  AgentConfig Config();
  AgentParts Parts() { return {flash, *this, sensor.get(), this}; }
  /// Behind a reset: the bootloader, where there is an image, then the agent.
  void Start();
  void Start(const AgentConfig& config, wire::MqttVersion version = wire::MqttVersion::k5);
  /// For so long, or until the agent has ended.
  void Run(std::uint64_t ms);

  template <class Message>
  Message Last(const std::string& tail) const {
    Message message;
    const auto sent = broker->Last(kRoot + tail);
    EXPECT_TRUE(sent && message.ParseFromString(sent->payload)) << tail;
    return message;
  }
  v1::NodeState State() const { return Last<v1::NodeState>("up/state"); }
  void Desire(const v1::Desired& desired);
  void Command(v1::NodeCommand::Verb verb, std::uint64_t id);
  /// Publishes every chunk.
  void Serve(const Offer& offer);
  /// Until the model runs.
  void Install(const Offer& offer, std::uint64_t version = 1);

  std::uint32_t Microseconds() override { return microseconds += 250; }
  std::uint32_t StackFreeBytes() override { return 4321; }
  void FeedWatchdog() override { ++fed; }
  void OnResult(const AgentResult& result) override;
  void OnNoAnswer(std::uint64_t sequence) override { unanswered.push_back(sequence); }
  bool SelfTest() override { return passes_self_test; }

  struct Heard {
    std::string model;
    std::uint64_t sequence = 0;
    bool from_gateway = false;
    std::uint32_t top_index = 0;
    std::uint32_t confidence_permille = 0;
    std::string output;
  };

  std::uint64_t now = 5000;
  board::NorFlash flash;
  FlashMap map;
  std::uint32_t microseconds = 0;
  std::uint64_t fed = 0;
  bool passes_self_test = true;
  std::vector<Heard> results;
  std::vector<std::uint64_t> unanswered;
  AgentConfig config_;
  std::unique_ptr<SyntheticSensor> sensor;
  std::unique_ptr<Agent> agent;
  std::unique_ptr<ScriptedBroker> broker;

 private:
  alignas(16) std::array<std::uint8_t, 16384> arena_;
  std::array<std::int16_t, 384> window_;
  AgentBuffers<384> buffers_;
};

}  // namespace tinyfog::node::testing
