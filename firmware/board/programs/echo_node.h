#pragma once

#include <array>
#include <cstdint>

#include "network.h"
#include "tinyfog/hal/stream.h"
#include "tinyfog/node/mqtt_client.h"

namespace tinyfog::board {

/// The application of `node_net`: what comes on <root>/down/echo goes back on <root>/up/echo, of
/// what does not fit size and CRC-32 on <root>/up/crc; <root>/down/stop ends it. The root is
/// tinyfog/v1/test/node-<MAC address>; <root>/up/state tells "online" and, as the will, "lost".
class EchoNode final : public node::MqttHandler {
 public:
  explicit EchoNode(const Lan9118::Address& address);

  node::MqttClient& client() { return client_; }
  bool stopped() const { return stopped_; }

  void OnOnline(bool session_present) override;
  void OnOffline(node::MqttEnd end, wire::MqttReason reason) override;
  Status OnMessage(const wire::MqttPublish& message) override;
  void OnPayload(std::uint32_t offset, wire::Bytes piece) override;
  Status OnMessageEnd() override;

 private:
  // A text put together without a heap.
  struct Text {
    void Add(std::string_view part);
    void AddHex(std::uint32_t value, int digits);
    std::string_view view() const { return {characters.data(), size}; }
    std::array<char, 64> characters{};
    std::size_t size = 0;
  };

  Text Topic(std::string_view tail) const;
  node::MqttClientConfig Config() const;
  Status Answer(std::string_view tail, wire::Bytes payload, std::uint8_t qos);

  Text id_;
  Text state_topic_;
  Text down_filter_;
  std::array<std::uint8_t, 256> receive_{};
  std::array<std::uint8_t, 256> control_{};
  std::array<std::uint8_t, 4096> outbox_{};
  node::MqttClient client_;
  bool stopped_ = false;
  bool is_stop_ = false;
  std::uint8_t qos_ = 0;
  std::uint32_t bytes_ = 0;
  std::uint32_t crc_ = 0;
  std::array<std::uint8_t, 1024> payload_{};
};

/// Addresses of QEMU's user network. Source: QEMU, "User networking".
inline constexpr NetworkConfig kEmulatorNetwork = {
    {10, 0, 2, 15}, {255, 255, 255, 0}, {10, 0, 2, 2}, 1};

std::uint16_t ParsePort(const char* text);

/// Runs an EchoNode until it is told to stop, then prints the depth of the stack.
void RunEchoNode(Network& network, hal::Stream& stream);

}  // namespace tinyfog::board
