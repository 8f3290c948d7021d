#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "tinyfog/base/result.h"
#include "tinyfog/node/backoff.h"
#include "tinyfog/node/deadline.h"
#include "tinyfog/node/mqtt_outbox.h"
#include "tinyfog/wire/mqtt.h"
#include "tinyfog/wire/mqtt_decoder.h"

namespace tinyfog::node {

/// A keep-alive of 30 s, at most 8 unacknowledged messages in each direction, no session kept.
constexpr wire::MqttConnect UsualConnect() {
  wire::MqttConnect connect;
  connect.keep_alive_s = 30;
  connect.properties.receive_maximum = 8;
  return connect;
}

/// Views must outlive the client.
struct MqttClientConfig {
  /// What the client says of itself. The broker keeps subscriptions and messages for its session
  /// expiry after a lost connection; 0: not. What it kept from before Start is dropped: the client
  /// does not remember it. The receive maximum limits unacknowledged QoS 1 messages in each
  /// direction. Whether the start is clean and how many aliases it takes is the client's.
  wire::MqttConnect connect = UsualConnect();
  std::uint32_t shortest_backoff_ms = 500;
  std::uint32_t longest_backoff_ms = 60000;  ///< at most kLongestMs, as response_ms
  std::uint32_t response_ms = 15000;         ///< how long to wait for the transport and for answers
  std::uint32_t seed = 1;                    ///< of the jitter
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

/// Where a client stands; one struct, so that it is cleared at once.
struct MqttClientStanding {
  enum class State : std::uint8_t { kStopped, kWaiting, kOpening, kHandshake, kOnline, kClosing };

  std::uint64_t now_ms_ = 0;    // of the last Tick
  std::uint32_t deadline_ = 0;  // of the state; online: from when on the connection is a good one
  std::uint32_t last_sent_ = 0;
  std::uint32_t pong_deadline_ = 0;
  std::uint32_t keep_alive_ms_ = 0;
  // What the broker allows, since its CONNACK.
  struct Limits {
    std::uint32_t packet_bytes = 0;
    std::uint16_t receive = 0;  // QoS 1 messages at a time
    std::uint16_t aliases = 0;
    std::uint8_t qos = 0;
    bool retain = false;
  } limits_;
  std::uint16_t last_packet_id_ = 0;
  std::uint8_t silent_ends_ = 0;  // attempts that the broker ended without CONNACK
  State state_ = State::kStopped;
  bool is_stopping_ = false;
  bool is_connect_sent_ = false;
  bool is_known_ = false;     // to a broker, since Start
  bool awaits_pong_ = false;  // PINGREQ is out

  // Going out: `control` is a queue; the payload of the message being sent comes behind its first
  // `head_left_` bytes.
  bool sending_ = false;
  std::size_t control_bytes_ = 0;
  std::size_t sending_entry_ = 0;
  std::size_t head_left_ = 0;
  std::size_t payload_sent_ = 0;

  // Coming in.
  bool inbound_open_ = false;
  Status inbound_status_ = Status::kOk;
  std::uint32_t inbound_offset_ = 0;

  std::array<std::uint8_t, 8> alias_bytes_{};    // topic's length; 0: not told yet
  std::array<std::uint32_t, 9> alias_topics_{};  // CRC of the topic; by alias, 0: not told yet
};

/// An MQTT client without transport, clock or heap: the owner feeds it with the transport's events,
/// bytes and the time, and sends the bytes that it pulls. It prefers MQTT 5 and falls back
/// to 3.1.1, reconnects by itself, subscribes again where the broker forgot, and sends QoS 1
/// messages again that the broker did not acknowledge. Inbound QoS 1 messages can come twice. One
/// thread. Not re-entrant except as MqttHandler says.
///
/// The owner's loop: Tick tells the time; while wants_transport(), open one and report it; when
/// not, close it and report that; in between pass on bytes both ways; sleep until NextDeadline().
class MqttClient : private MqttClientStanding {
 public:
  static constexpr std::size_t kSubscriptions = 8;

  MqttClient(const MqttClientConfig& config, const MqttClientMemory& memory, MqttHandler& handler);

  /// The will of the next connection, instead of the configuration's. Views as there.
  void set_will(const wire::MqttWill& will) { config_.connect.will = will; }
  void Start(std::uint64_t now_ms);
  /// Says goodbye to the broker, which then drops the will, and stays offline until Start.
  void Stop();
  /// Passes time: whatever happens until the next call happens now. Not longer than kLongestMs
  /// apart.
  void Tick(std::uint64_t now_ms);
  /// When Tick has something to do next; the largest number when never.
  std::uint64_t NextDeadline() const { return EndOfWait(now_ms_, WaitMs()); }
  /// The same from the last Tick on; kForever when never.
  std::uint32_t WaitMs() const;

  bool wants_transport() const;
  void TransportOpened();
  /// Closed, lost, or not to be opened.
  void TransportClosed();
  /// Returns how many bytes were consumed. The rest must come again after the next Pull: what is to
  /// be sent has to leave first.
  std::size_t Receive(wire::Bytes bytes);
  /// Fills the front of `bytes` with what is to be sent next, and returns how much that is. What is
  /// pulled counts as sent.
  std::size_t Pull(std::span<std::uint8_t> bytes);

  /// Takes a message, also while offline. Errors: as MqttOutbox::Add.
  Status Publish(const MqttMessage& message) { return outbox_.Add(message); }
  /// Keeps the subscription until Unsubscribe. `filter` must outlive it.
  /// Errors: kInvalidArgument: filter or QoS; kResourceExhausted: too many, or `control` too small.
  Status Subscribe(std::string_view filter, std::uint8_t qos);
  /// Errors: kNotFound.
  Status Unsubscribe(std::string_view filter);
  /// From Subscribe until the broker has confirmed Unsubscribe: as long as `filter` is in use.
  bool Holds(std::string_view filter) const { return Find(filter) < kSubscriptions; }

  bool online() const { return state_ == State::kOnline; }
  wire::MqttVersion version() const { return version_; }
  std::size_t outbox_size() const { return outbox_.size(); }
  /// Whether Publish takes a message whose topic, properties and payload have `bytes` together.
  bool HasRoom(std::size_t bytes) const { return outbox_.HasRoom(bytes); }

 private:
  enum class Want : std::uint8_t { kNone, kSubscribe, kSubscribing, kSubscribed, kLeave, kLeaving };
  struct Subscription {
    std::string_view filter;
    std::uint32_t deadline = 0;
    std::uint16_t packet_id = 0;
    std::uint8_t qos = 0;
    Want want = Want::kNone;  // kNone: the place is free, its filter empty
  };

  static constexpr std::size_t kAliasBytes = 128;  // of one received topic

  std::uint32_t now() const { return static_cast<std::uint32_t>(now_ms_); }
  bool is_connected() const { return state_ == State::kHandshake || state_ == State::kOnline; }
  std::uint32_t SubscriptionWait() const;
  std::uint32_t KeepAliveWait() const;
  void Enter(State state, std::uint32_t for_ms);
  void End(MqttEnd end, wire::MqttReason reason);
  void ChangeVersion();
  wire::Writer Control() { return wire::Writer(memory_.control.subspan(control_bytes_)); }
  bool Queue(const wire::Writer& packet);
  std::uint16_t NextPacketId();
  std::size_t Find(std::string_view filter) const;
  std::size_t Find(std::uint16_t packet_id) const;
  void SendSubscriptions();
  bool StartMessage();
  bool WriteHead(std::size_t i);
  void FinishMessage();
  void Drop(std::size_t i, wire::MqttReason reason);
  std::size_t MoveControl(std::span<std::uint8_t> to);
  std::size_t MovePayload(std::span<std::uint8_t> to);
  bool Handle(wire::MqttDecoder::Event event);
  bool HandlePacket();
  void HandleConnack(const wire::MqttAnswer& connack);
  bool HandlePuback(const wire::MqttAnswer& ack);
  bool HandleSubscriptionAck(bool joins, const wire::MqttAnswer& ack);
  bool HandlePublish();
  bool ResolveAlias(wire::MqttPublish& message);
  void Acknowledge();

  MqttHandler& handler_;
  wire::MqttVersion version_ = wire::MqttVersion::k5;
  MqttClientMemory memory_;
  Backoff backoff_;
  wire::MqttDecoder decoder_;
  MqttClientConfig config_;
  std::array<Subscription, kSubscriptions> subscriptions_{};
  MqttOutbox outbox_;
};

}  // namespace tinyfog::node
