#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "tinyfog/hal/flash.h"
#include "tinyfog/hal/platform.h"
#include "tinyfog/hal/sensor.h"
#include "tinyfog/node/mqtt_client.h"
#include "tinyfog/node/pipeline.h"
#include "tinyfog/node/updater.h"

namespace tinyfog::node {

/// The fault that ended the last run, as the board kept it over the reset.
struct Crash {
  std::uint32_t pc = 0;
  std::uint32_t lr = 0;
  std::uint32_t status = 0;
};

/// Views must outlive the agent.
struct AgentConfig {
  std::string_view site;
  std::string_view node;  ///< also the MQTT client's id
  std::string_view user;
  wire::Bytes password;

  UpdaterConfig updater;
  std::string_view target;      ///< as for tinyfog-compile, e.g. "cortex-m4"
  std::uint32_t state_journal = 0;  ///< in flash: two units
  std::uint32_t reset_reason = 0;
  std::optional<Crash> crash;

  PipelineConfig pipeline;
  /// Without a model of its own, or with one of another input size, the node sends its windows up
  /// to this model of the gateway; empty: to none. Desired settings may name another one.
  std::string_view offload_model;
  Quantisation offload_input;               ///< of those windows
  std::uint8_t offload_qos = 0;             ///< 0 or 1
  std::uint32_t offload_ms = 5000;          ///< the answer is given up then
  std::uint32_t sample_interval_ms = 1000;  ///< desired settings change it
  std::uint32_t telemetry_interval_s = 60;  ///< likewise
  std::uint32_t confirm_ms = 60000;         ///< for new firmware to reach the broker; else it resets
  std::uint32_t goodbye_ms = 3000;          ///< to flush what is to be sent before a stop or reset

  std::uint16_t keep_alive_s = 30;
  std::uint32_t session_expiry_s = 60;
  std::uint32_t shortest_backoff_ms = 500;
  std::uint32_t longest_backoff_ms = 60000;
  std::uint32_t seed = 1;  ///< of the jitter: differs from node to node
};

/// Buffers that bound the agent; AgentBuffers has the usual sizes.
struct AgentMemory {
  MqttClientMemory mqtt;
  std::span<std::uint8_t> inbound;   ///< a desired state, a command or an answer
  std::span<std::uint8_t> outbound;  ///< a message being written
  std::span<std::uint8_t> sample;    ///< the window as it goes into the model, or up
  PipelineMemory pipeline;
};

/// `kSampleBytes`: the model's input.
template <std::size_t kSampleBytes>
struct AgentBuffers {
  std::array<std::uint8_t, 320> receive;
  std::array<std::uint8_t, 448> control;
  std::array<std::uint8_t, 1536> outbox;
  std::array<std::uint8_t, 3072> inbound;
  std::array<std::uint8_t, 640> outbound;
  std::array<std::uint8_t, kSampleBytes> sample;

  AgentMemory Memory(const PipelineMemory& pipeline) {
    return {{receive, control, outbox, {}}, inbound, outbound, sample, pipeline};
  }
};

/// What is known of one window.
struct AgentResult {
  std::string_view model;
  std::uint64_t sequence = 0;
  bool from_gateway = false;
  std::uint32_t top_index = 0;
  std::uint32_t confidence_permille = 0;
  wire::Bytes output;  ///< of all outputs one after the other; valid during the call
};

/// The device's own program, told what the models say. Each function returns soon.
class Application {
 public:
  virtual void OnResult(const AgentResult& result) = 0;
  /// A window that went up has no answer: the gateway refused it or time is over.
  virtual void OnNoAnswer(std::uint64_t sequence) { static_cast<void>(sequence); }

 protected:
  ~Application() = default;
};

struct AgentParts {
  hal::Flash& flash;
  hal::Platform& platform;
  hal::Sensor* sensor = nullptr;       ///< null: the node computes nothing
  Application* application = nullptr;  ///< null: nobody listens
};

/// How the agent wants to end.
enum class AgentEnd : std::uint8_t {
  kNone,     ///< it goes on
  kStopped,  ///< Stop was called: all is said
  kReset,    ///< the board is to be reset as asked for: new firmware, a command, or a failed test
};

/// The node: keeps up its connection, tells who it is, samples, computes, sends up what it is not
/// sure of, takes models and firmware. A state machine without transport, clock or heap. One
/// thread.
///
/// The owner's loop, after Open:
///
///     MqttLink link(agent.client(), stream);
///     while (agent.end() == AgentEnd::kNone) {
///       const bool moved = link.Turn(now);
///       const bool worked = agent.Work(now);
///       if (!moved && !worked) sleep until agent.NextDeadline() or until the stream has news
///     }
///
/// then reset the board, or power down.
class Agent final : private MqttHandler {
 public:
  Agent(const AgentConfig& config, const AgentMemory& memory, const AgentParts& parts);

  /// Once: counts the start in flash, opens the updater, begins to connect. Errors: those of the
  /// flash; kInvalidArgument: names or buffers that do not fit. The board is to be reset then.
  Status Open(std::uint64_t now_ms);

  MqttClient& client() { return client_; }

  /// Does a piece of what is to be done, a few milliseconds long or one inference. True: there is
  /// more.
  bool Work(std::uint64_t now_ms);
  /// When Work or the client's Tick has something to do next.
  std::uint64_t NextDeadline() const;

  /// Says that the node sleeps, and goodbye; end() tells when that is done.
  void Stop(std::uint64_t now_ms);
  AgentEnd end() const { return end_; }

 private:
  MqttClient client_;
  AgentEnd end_ = AgentEnd::kNone;
};

}  // namespace tinyfog::node
