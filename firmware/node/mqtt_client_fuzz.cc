#include <algorithm>
#include <array>
#include <cstdlib>

#include "tinyfog/node/mqtt_client.h"

// A client with traffic of its own against a server that sends anything: the first byte chooses the
// sizes of pieces, the rest is what the server sends, again on each connection. The client must
// consume all of it or end the connection, name a time for what it waits for, and stop when told.
namespace {

using namespace tinyfog;  // NOLINT: a program of one file
using wire::Bytes;

class Application final : public node::MqttHandler {
 public:
  void OnOnline(bool) override { Send(1); }
  void OnOffline(node::MqttEnd, wire::MqttReason) override { open_ = false; }
  Status OnMessage(const wire::MqttPublish& message) override {
    if (open_ || message.topic.empty()) std::abort();
    open_ = message.topic.size() % 2 == 0;
    left_ = message.payload_bytes;
    return open_ ? Status::kOk : Status::kNotFound;
  }
  void OnPayload(std::uint32_t, Bytes piece) override {
    if (!open_ || piece.size() > left_) std::abort();
    left_ -= static_cast<std::uint32_t>(piece.size());
  }
  Status OnMessageEnd() override {
    if (!open_ || left_ != 0) std::abort();
    open_ = false;
    Send(0);
    Follow();
    return Status::kOk;
  }
  void OnMessageLost() override { open_ = false; }
  // One subscription after the other, as for artifacts.
  void Follow() {
    if (client->Unsubscribe(kFollowed) == Status::kOk || client->Holds(kFollowed)) return;
    if (client->Subscribe(kFollowed, 1) != Status::kOk) std::abort();
  }
  void Send(std::uint8_t qos) {
    node::MqttMessage message;
    message.topic = "up/echo";
    message.payload = wire::AsBytes("payload");
    message.qos = qos;
    message.alias = 1;
    static_cast<void>(client->Publish(message));
  }

  node::MqttClient* client = nullptr;

 private:
  static constexpr std::string_view kFollowed = "art/+";
  bool open_ = false;
  std::uint32_t left_ = 0;
};

void PullAll(node::MqttClient& client, std::size_t piece) {
  std::array<std::uint8_t, 64> out;
  while (client.Pull(std::span(out).first(piece)) > 0) {
  }
}

void Serve(node::MqttClient& client, Bytes stream, std::size_t piece) {
  client.TransportOpened();
  PullAll(client, piece);
  for (int stalls = 0; !stream.empty();) {
    const std::size_t consumed = client.Receive(stream.first(std::min(piece, stream.size())));
    stream = stream.subspan(consumed);
    PullAll(client, piece);
    stalls = consumed == 0 ? stalls + 1 : 0;
    if (stalls > 1) std::abort();  // all is sent, and still it takes nothing
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::array<std::uint8_t, 48> receive;
  std::array<std::uint8_t, 64> control;
  std::array<std::uint8_t, 128> outbox;
  std::array<std::uint8_t, 256> aliases;
  Application application;
  node::MqttClientConfig config;
  config.connect.client_id = "n";
  config.connect.properties.session_expiry_s = 1;
  node::MqttClient client(config, {receive, control, outbox, aliases}, application);
  application.client = &client;
  static_cast<void>(client.Subscribe("down/#", 1));
  std::uint64_t now = 0;
  client.Start(now);
  for (int connection = 0; connection < 3; ++connection) {
    Serve(client, {data + 1, size - 1}, 1 + data[0] % 64);
    now = std::max(now, std::min(client.NextDeadline(), now + 1000000));
    client.Tick(now);
    PullAll(client, 64);
    client.TransportClosed();
    now = client.NextDeadline();
    client.Tick(now);
    if (!client.wants_transport()) std::abort();
  }
  client.Stop();
  PullAll(client, 64);
  client.TransportClosed();
  if (client.wants_transport() || client.NextDeadline() != ~std::uint64_t{0}) std::abort();
  return 0;
}
