#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "tinyfog/events/event_bus.h"
#include "tinyfog/host/error.h"
#include "tinyfog/metrics/metrics.h"
#include "tinyfog/mqtt_gateway/options.h"

namespace tinyfog::mqtt_gateway {

/// A mosquitto child process on loopback with a generated configuration. It is restarted on the
/// same port when it dies, its log goes to ours, and it dies with this process, even by SIGKILL.
class PrivateBroker {
 public:
  /// Starts it and waits until it accepts connections, at most `bound`; blocks, so call it before
  /// the event loop runs. Errors: kFailedPrecondition (program missing: says what to install),
  /// kUnavailable (no port, or it does not come up; with its last words).
  static Outcome<std::unique_ptr<PrivateBroker>> Start(PrivateBrokerOptions options,
                                                       metrics::Registry& metrics,
                                                       events::EventBus& events,
                                                       std::chrono::milliseconds bound);
  /// SIGTERM, then SIGKILL after two seconds, and waits.
  virtual ~PrivateBroker() = default;

  virtual std::uint16_t port() const = 0;
  std::string uri() const { return "mqtt://127.0.0.1:" + std::to_string(port()); }
  virtual int pid() const = 0;  ///< 0 while it is down
};

}  // namespace tinyfog::mqtt_gateway
