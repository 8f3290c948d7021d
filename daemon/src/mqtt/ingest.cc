#include "ingest.h"

#include <algorithm>
#include <utility>

#include "tinyfog/log/log.h"

namespace tinyfog::mqtt_gateway {

/// Where and how a request is answered.
struct Ingest::Reply {
  RequestTopic request;
  Encoding encoding = Encoding::kRaw;
  std::string response_topic;  ///< empty: below the node's down/
  std::string correlation;
  std::string id;
  int qos = 0;
};

std::uint32_t Ingest::RefusalPlaces(const MqttOptions& options) {
  return std::max(1024u, options.max_pending / 4);
}

Ingest::Ingest(const MqttOptions& options, inference::Server& server,
               std::shared_ptr<MqttMetrics> metrics)
    : options_(options),
      server_(server),
      shared_metrics_(std::move(metrics)),
      metrics_(*shared_metrics_),
      admission_({options.max_pending, options.max_pending_bytes, RefusalPlaces(options)}) {}

void Ingest::OnMessage(mqtt::Message message) {
  metrics_.received.Increment();
  if (message.retained) {
    // It would run again at every reconnect.
    metrics_.dropped_retained.Increment();
    log::Debug("retained request ignored: publish requests without the retain flag",
               {{"topic", message.topic}});
    return;
  }
  const mqtt::Session* session = session_;
  if (session == nullptr) return;
  // Before anything is answered: refusals of bad requests need a place among the answers, too.
  const std::uint64_t size = Held(message);
  const auto verdict = admission_.Decide(size, session->pending(), session->pending_bytes());
  if (verdict != Admission::Verdict::kAdmit) ++turned_away_;
  if (verdict == Admission::Verdict::kDrop) return metrics_.dropped_overload.Increment();
  const bool admitted = verdict == Admission::Verdict::kAdmit;
  Reply reply;
  reply.qos = std::min(message.qos, 1);
  reply.correlation = std::move(message.correlation_data);
  if (!Handle(message, reply, admitted) && admitted) admission_.Release(size);
}

std::uint64_t Ingest::Held(const mqtt::Message& message) const {
  return std::min<std::uint64_t>(message.payload.size(), options_.max_payload_bytes);
}

bool Ingest::Handle(mqtt::Message& message, Reply& reply, bool admitted) {
  if (!CheckReply(message, reply)) return false;
  const auto encoding = ChooseEncoding(message.content_type, reply.request.suffix);
  if (!encoding.ok()) return Refuse(reply, encoding.error(), metrics_.rejected_content_type);
  reply.encoding = *encoding;
  const std::uint64_t size = message.payload.size();
  if (size > options_.max_payload_bytes) {
    return Refuse(reply,
                  InvalidArgument("the payload has " + std::to_string(size) + " bytes, at most " +
                                  std::to_string(options_.max_payload_bytes) + " are accepted"),
                  metrics_.rejected_size);
  }
  if (!admitted) {
    return Refuse(reply, {Status::kResourceExhausted, "the gateway is overloaded; try later"},
                  metrics_.rejected_overload);
  }
  auto body = DecodeRequest(reply.encoding, message.payload, &reply.id);
  if (body.ok() && body->version != 0 && reply.request.version != 0 &&
      body->version != reply.request.version) {
    body = InvalidArgument("the payload's model version contradicts the topic's");
  }
  if (!body.ok()) return Refuse(reply, body.error(), metrics_.rejected_payload);
  Submit(message, std::move(reply), *std::move(body));
  return true;
}

// Fills in where the answer goes; answers what has no good topic. False: handled.
bool Ingest::CheckReply(const mqtt::Message& message, Reply& reply) {
  const auto request = RequestTopic::Parse(options_.site, message.topic);
  if (!request.ok()) {
    if (auto node = NodeOf(options_.site, message.topic)) reply.request.node = *std::move(node);
  } else {
    reply.request = *request;
  }
  if (!message.response_topic.empty()) {
    const auto good = CheckResponseTopic(options_.site, reply.request.node, message.response_topic);
    if (!good.ok()) {
      return Refuse(reply, good.error(), metrics_.rejected_response_topic);
    }
    reply.response_topic = message.response_topic;
  }
  if (request.ok()) return true;
  return Refuse(reply, request.error(), metrics_.rejected_topic);
}

void Ingest::Submit(const mqtt::Message& message, Reply reply, RequestBody body) {
  const std::uint64_t size = Held(message);
  inference::Request request;
  request.model = reply.request.model;
  request.version = reply.request.version != 0 ? reply.request.version : body.version;
  request.inputs = std::move(body.inputs);
  request.outputs = std::move(body.outputs);
  request.source = inference::Source::kMqtt;
  request.client = reply.request.node;
  request.priority = body.priority;
  std::optional<std::chrono::microseconds> timeout = body.timeout;
  if (message.expiry && (!timeout || *message.expiry < *timeout)) timeout = *message.expiry;
  if (timeout) request.deadline = std::chrono::steady_clock::now() + *timeout;
  reply.id = std::move(body.id);
  request.done = [self = shared_from_this(), reply = std::move(reply),
                  size](inference::Response response) {
    // The answer takes its place in the session before the request gives up its own, so that the
    // sum never understates.
    self->Answer(reply,
                 {reply.id, reply.request.model, response.version, std::move(response.outputs)});
    self->admission_.Release(size);
  };
  server_.Submit(std::move(request));
}

bool Ingest::Refuse(const Reply& reply, Error error, metrics::Counter& counter) {
  counter.Increment();
  if (reply.response_topic.empty() && reply.request.node.empty()) return false;
  Answer(reply, {reply.id, reply.request.model, reply.request.version, std::move(error)});
  return false;
}

void Ingest::Answer(const Reply& reply, AnswerBody body) {
  mqtt::Message message;
  message.qos = reply.qos;
  message.correlation_data = reply.correlation;
  Encoding encoding = reply.encoding;
  const bool raw = encoding == Encoding::kRaw;
  if (!reply.response_topic.empty()) {
    message.topic = reply.response_topic;
  } else if (!body.outputs.ok() && (raw || reply.request.tail.empty())) {
    message.topic = ErrorTopic(options_.site, reply.request.node);
  } else {
    message.topic = AnswerTopic(options_.site, reply.request);
  }
  if (body.outputs.ok()) {
    message.payload = EncodeAnswer(encoding, body);
  } else {
    const Error& error = body.outputs.error();
    message.user_properties = {{"status", std::to_string(static_cast<int>(error.code))},
                               {"reason", error.message}};
    if (raw && reply.response_topic.empty()) {
      encoding = Encoding::kJson;
      message.payload = ErrorObject(body.model, error);
    } else {
      message.payload = EncodeAnswer(encoding, body);
    }
  }
  if (encoding != Encoding::kRaw) message.content_type = ContentType(encoding);
  Publish(std::move(message));
}

void Ingest::Publish(mqtt::Message message) {
  mqtt::Session* session = session_;
  if (session == nullptr) return metrics_.dropped_disconnected.Increment();
  const auto outcome = session->Publish(std::move(message));
  if (outcome.ok()) return;
  if (outcome.error().code == Status::kUnavailable) {
    metrics_.dropped_disconnected.Increment();
  } else {
    metrics_.dropped_answer.Increment();
    log::Debug("answer dropped", {{"reason", outcome.error().message}});
  }
}

void Ingest::Watch() {
  const std::uint64_t turned_away = turned_away_;
  const bool now = turned_away != turned_away_seen_;
  turned_away_seen_ = turned_away;
  if (now == overloaded_.exchange(now)) return;
  if (now) {
    log::Warning("MQTT overload: requests are refused", {{"in_flight", admission_.held()}});
  } else {
    log::Info("MQTT overload ended", {{"refused_so_far", turned_away}});
  }
}

}  // namespace tinyfog::mqtt_gateway
