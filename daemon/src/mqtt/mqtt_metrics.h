#pragma once

#include "tinyfog/metrics/metrics.h"

namespace tinyfog::mqtt_gateway {

/// The gateway's metrics; docs/metrics.md describes them.
struct MqttMetrics {
  explicit MqttMetrics(metrics::Registry& registry);

  metrics::Gauge& connected;
  metrics::Counter& connects;
  metrics::Counter& received;
  metrics::Counter& published;
  metrics::Gauge& outstanding;
  metrics::Gauge& backlog;
  metrics::Gauge& in_flight;
  metrics::Counter& dropped_overload;
  metrics::Counter& dropped_disconnected;
  metrics::Counter& dropped_retained;
  metrics::Counter& dropped_answer;
  metrics::Counter& rejected_topic;
  metrics::Counter& rejected_size;
  metrics::Counter& rejected_content_type;
  metrics::Counter& rejected_payload;
  metrics::Counter& rejected_response_topic;
  metrics::Counter& rejected_overload;
};

}  // namespace tinyfog::mqtt_gateway
