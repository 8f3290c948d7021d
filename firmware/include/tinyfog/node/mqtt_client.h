#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "tinyfog/base/result.h"
#include "tinyfog/node/backoff.h"
#include "tinyfog/node/mqtt_outbox.h"
#include "tinyfog/wire/mqtt.h"
#include "tinyfog/wire/mqtt_decoder.h"

namespace tinyfog::node {

/// Views must outlive the client.
struct MqttClientConfig {
  std::string_view client_id;
  std::string_view user;
  wire::Bytes password;
  wire::MqttWill will;
  std::uint16_t keep_alive_s = 30;  ///< 0: none
  /// The broker keeps subscriptions and messages for so long after a lost connection; 0: not. What
  /// it kept from before Start is dropped: the client does not remember it.
  std::uint32_t session_expiry_s = 0;
  std::uint16_t receive_maximum = 8;  ///< unacknowledged QoS 1 messages in each direction
  std::uint32_t maximum_packet_bytes = 0xFFFFFFFF;  ///< of what is received
  std::uint32_t shortest_backoff_ms = 500;
  std::uint32_t longest_backoff_ms = 60000;
  std::uint32_t response_ms = 15000;  ///< how long to wait for the transport and for answers
  std::uint32_t seed = 1;             ///< of the jitter
};

/// Buffers that bound what the client can hold.
struct MqttClientMemory {
  std::span<std::uint8_t> receive;  ///< topic and properties of one message, or one other packet
  std::span<std::uint8_t> control;  ///< CONNECT, SUBSCRIBE and acknowledgements on their way out
  std::span<std::uint8_t> outbox;   ///< messages on their way out
  std::span<std::uint8_t>
      aliases;  ///< topics that the broker abbreviates: 128 bytes each, at most 8
};

/// Why a connection, or the attempt to make one, ended.
enum class MqttEnd : std::uint8_t {
  kTransport,  ///< closed or not to be opened
  kRefused,    ///< by CONNACK; the reason tells why
  kServer,     ///< by DISCONNECT; the reason tells why
  kProtocol,   ///< the broker sent what it must not
  kTimeout,    ///< no answer
  kStopped,    ///< Stop
};

/// The application. Every function may call Publish, Subscribe and Unsubscribe.
class MqttHandler {
 public:
  virtual void OnOnline(bool session_present) = 0;
  virtual void OnOffline(MqttEnd end, wire::MqttReason reason) = 0;
  /// A message begins; it is valid until OnMessageEnd. Anything but kOk refuses it: the broker
  /// learns of it where MQTT 5 lets it, and the payload is passed over.
  virtual Status OnMessage(const wire::MqttPublish& message) = 0;
  /// The next bytes of its payload, starting at `offset`.
  virtual void OnPayload(std::uint32_t offset, wire::Bytes piece) = 0;
  /// The payload is complete. Anything but kOk is told to the broker like a refusal.
  virtual Status OnMessageEnd() = 0;
  /// The connection ended in the middle of a message that OnMessage accepted.
  virtual void OnMessageLost() {}
  /// QoS 0: handed to the transport; QoS 1: the broker has it, or refused it with a failure.
  virtual void OnDelivered(std::uint32_t token, wire::MqttReason reason) {
    static_cast<void>(token), static_cast<void>(reason);
  }
  virtual void OnSubscribed(std::string_view filter, wire::MqttReason reason) {
    static_cast<void>(filter), static_cast<void>(reason);
  }

 protected:
  ~MqttHandler() = default;
};

/// An MQTT client without transport, clock or heap: the owner feeds it with the transport's events,
/// bytes and the time, and sends the bytes that it pulls. It prefers MQTT 5 and falls back
/// to 3.1.1, reconnects by itself, subscribes again where the broker forgot, and sends QoS 1
/// messages again that the broker did not acknowledge. Inbound QoS 1 messages can come twice. One
/// thread. Not re-entrant except as MqttHandler says.
///
/// The owner's loop: while wants_transport(), open one and report it; when not, close it and report
/// that; in between pass on bytes both ways; call Tick at NextDeadline().
class MqttClient {
 public:
  static constexpr std::size_t kSubscriptions = 8;

  MqttClient(const MqttClientConfig& config, const MqttClientMemory& memory, MqttHandler& handler);

  /// The will of the next connection, instead of the configuration's. Views as there.
  void set_will(const wire::MqttWill& will) { config_.will = will; }
  void Start(std::uint64_t now_ms);
  /// Says goodbye to the broker, which then drops the will, and stays offline until Start.
  void Stop(std::uint64_t now_ms);

  bool wants_transport() const;
  void TransportOpened(std::uint64_t now_ms);
  /// Closed, lost, or not to be opened.
  void TransportClosed(std::uint64_t now_ms);
  /// Returns how many bytes were consumed. The rest must come again after the next Pull: what is to
  /// be sent has to leave first.
  std::size_t Receive(std::uint64_t now_ms, wire::Bytes bytes);
  /// Fills the front of `bytes` with what is to be sent next, and returns how much that is. What is
  /// pulled counts as sent.
  std::size_t Pull(std::uint64_t now_ms, std::span<std::uint8_t> bytes);
  void Tick(std::uint64_t now_ms);
  /// When Tick has something to do next; the largest number when never.
  std::uint64_t NextDeadline() const;

  /// Takes a message, also while offline. Errors: as MqttOutbox::Add.
  Status Publish(const MqttMessage& message) { return outbox_.Add(message); }
  /// Keeps the subscription until Unsubscribe. `filter` must outlive it.
  /// Errors: kInvalidArgument: filter or QoS; kResourceExhausted: too many, or `control` too small.
  Status Subscribe(std::string_view filter, std::uint8_t qos);
  /// Errors: kNotFound.
  Status Unsubscribe(std::string_view filter);
  /// From Subscribe until the broker has confirmed Unsubscribe: as long as `filter` is in use.
  bool Holds(std::string_view filter) const;

  bool online() const { return state_ == State::kOnline; }
  wire::MqttVersion version() const { return version_; }
  std::size_t outbox_size() const { return outbox_.size(); }
  /// Whether Publish takes a message whose topic, properties and payload have `bytes` together.
  bool HasRoom(std::size_t bytes) const { return outbox_.HasRoom(bytes); }

 private:
  enum class State : std::uint8_t { kStopped, kWaiting, kOpening, kHandshake, kOnline, kClosing };
  enum class Want : std::uint8_t { kNone, kSubscribe, kSubscribing, kSubscribed, kLeave, kLeaving };
  struct Subscription {
    std::string_view filter;
    std::uint8_t qos = 0;
    Want want = Want::kNone;
    std::uint16_t packet_id = 0;
    std::uint64_t deadline_ms = 0;
  };

  void Open(std::uint64_t now_ms);
  void End(std::uint64_t now_ms, MqttEnd end, wire::MqttReason reason);
  void Rest(std::uint64_t now_ms);
  std::uint16_t NextPacketId();
  void SendSubscriptions(std::uint64_t now_ms);
  bool StartMessage();
  bool WriteHead(MqttOutbox::Entry& entry);
  void FinishMessage();
  void Drop(std::size_t entry, wire::MqttReason reason);
  std::size_t MoveControl(std::span<std::uint8_t> to);
  std::size_t MovePayload(std::span<std::uint8_t> to);
  bool HandlePacket(std::uint64_t now_ms);
  void HandleConnack(std::uint64_t now_ms, const wire::MqttAnswer& connack);
  bool HandlePuback(const wire::MqttAnswer& ack);
  bool HandleSubscriptionAck(wire::MqttPacket type, const wire::MqttAnswer& ack);
  bool HandlePublish();
  bool ResolveAlias(wire::MqttPublish& message);
  void Acknowledge();
  template <class Write>
  bool Queue(Write write);

  MqttClientConfig config_;
  MqttClientMemory memory_;
  MqttHandler& handler_;
  wire::MqttDecoder decoder_;
  MqttOutbox outbox_;
  Backoff backoff_;
  std::array<Subscription, kSubscriptions> subscriptions_{};

  State state_ = State::kStopped;
  bool stopping_ = false;
  bool connect_sent_ = false;
  bool is_known_ = false;  // to a broker, since Start
  wire::MqttVersion version_ = wire::MqttVersion::k5;
  std::uint8_t silent_ends_ = 0;   // attempts that the broker ended without CONNACK
  std::uint64_t deadline_ms_ = 0;  // of the state
  std::uint64_t online_since_ms_ = 0;
  std::uint64_t last_sent_ms_ = 0;
  std::uint64_t pong_deadline_ms_ = 0;  // 0: no PINGREQ is out
  std::uint32_t keep_alive_ms_ = 0;
  wire::MqttProperties server_;  // limits; its views are not kept
  std::uint16_t last_packet_id_ = 0;

  // Going out: `control` is a queue; the payload of the message being sent comes behind its first
  // `head_left_` bytes.
  std::size_t control_bytes_ = 0;
  bool sending_ = false;
  std::size_t sending_entry_ = 0;
  std::size_t head_left_ = 0;
  std::size_t payload_sent_ = 0;
  std::array<std::uint32_t, 9> alias_topics_{};  // CRC of the topic; by alias, 0: not told yet

  // Coming in.
  wire::MqttPublish inbound_;
  Status inbound_status_ = Status::kOk;
  bool inbound_open_ = false;
  std::uint32_t inbound_offset_ = 0;
  std::array<std::uint8_t, 8> alias_bytes_{};  // topic's length; 0: not told yet
};

}  // namespace tinyfog::node
