#include "mqtt_metrics.h"

namespace tinyfog::mqtt_gateway {
namespace {

metrics::Counter& Dropped(metrics::Registry& registry, const char* reason) {
  return registry.GetCounter("tinyfog_mqtt_dropped_total",
                             "MQTT messages that were dropped without an answer",
                             {{"reason", reason}});
}

metrics::Counter& Rejected(metrics::Registry& registry, const char* reason) {
  return registry.GetCounter("tinyfog_mqtt_rejected_total",
                             "MQTT requests refused before they reached a model",
                             {{"reason", reason}});
}

}  // namespace

MqttMetrics::MqttMetrics(metrics::Registry& r)
    : connected(r.GetGauge("tinyfog_mqtt_connected", "1 while the broker connection is up")),
      connects(r.GetCounter("tinyfog_mqtt_connects_total", "Connections made to the broker")),
      received(r.GetCounter("tinyfog_mqtt_messages_received_total", "Messages from the broker")),
      published(r.GetCounter("tinyfog_mqtt_messages_published_total",
                             "Messages handed over to the broker")),
      outstanding(r.GetGauge("tinyfog_mqtt_outstanding",
                             "Publications the broker has not acknowledged yet")),
      backlog(r.GetGauge("tinyfog_mqtt_backlog", "Publications that wait for the publish window")),
      in_flight(r.GetGauge("tinyfog_mqtt_in_flight", "Requests admitted and not yet answered")),
      dropped_overload(Dropped(r, "overload")),
      dropped_disconnected(Dropped(r, "disconnected")),
      dropped_retained(Dropped(r, "retained")),
      dropped_answer(Dropped(r, "answer")),
      rejected_topic(Rejected(r, "topic")),
      rejected_size(Rejected(r, "size")),
      rejected_content_type(Rejected(r, "content_type")),
      rejected_payload(Rejected(r, "payload")),
      rejected_response_topic(Rejected(r, "response_topic")),
      rejected_overload(Rejected(r, "overload")) {}

}  // namespace tinyfog::mqtt_gateway
