#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "admission.h"
#include "mqtt_metrics.h"
#include "tinyfog/inference/server.h"
#include "tinyfog/mqtt/session.h"
#include "tinyfog/mqtt_gateway/options.h"
#include "tinyfog/mqtt_gateway/payload.h"

namespace tinyfog::mqtt_gateway {

/// Turns request messages into inference requests and their results into answers. Shared with the
/// `done` callbacks in flight, which may outlive the gateway.
class Ingest : public std::enable_shared_from_this<Ingest> {
 public:
  /// Places for refusals behind max_pending, and for what is not an answer.
  static std::uint32_t RefusalPlaces(const MqttOptions& options);
  static constexpr std::uint32_t kSparePlaces = 64;

  Ingest(const MqttOptions& options, inference::Server& server,
         std::shared_ptr<MqttMetrics> metrics);

  /// The session must outlive the use of this; Detach ends that use.
  void Attach(mqtt::Session* session) { session_ = session; }
  void Detach() { session_ = nullptr; }

  /// One message at a time, on the session's thread.
  void OnMessage(mqtt::Message message);
  /// Logs the start and the end of an overload. Any thread, about once a second.
  void Watch();
  std::uint64_t in_flight() const { return admission_.held(); }

 private:
  struct Reply;

  /// True when the request was submitted, whose end then releases its admission.
  bool Handle(mqtt::Message& message, Reply& reply, bool admitted);
  bool CheckReply(const mqtt::Message& message, Reply& reply);
  void Submit(const mqtt::Message& message, Reply reply, RequestBody body);
  void Answer(const Reply& reply, AnswerBody body);
  bool Refuse(const Reply& reply, Error error, metrics::Counter& counter);  ///< false
  std::uint64_t Held(const mqtt::Message& message) const;
  void Publish(mqtt::Message message);

  const MqttOptions options_;
  inference::Server& server_;
  const std::shared_ptr<MqttMetrics> shared_metrics_;  // also for requests in flight
  MqttMetrics& metrics_;
  Admission admission_;
  std::atomic<mqtt::Session*> session_{nullptr};
  std::atomic<std::uint64_t> turned_away_{0};
  std::atomic<bool> overloaded_{false};
  std::uint64_t turned_away_seen_ = 0;
};

}  // namespace tinyfog::mqtt_gateway
