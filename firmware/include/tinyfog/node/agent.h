#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "tinyfog/boot/record_log.h"
#include "tinyfog/hal/flash.h"
#include "tinyfog/hal/platform.h"
#include "tinyfog/hal/sensor.h"
#include "tinyfog/nn/interpreter.h"
#include "tinyfog/node/mqtt_client.h"
#include "tinyfog/node/pending_samples.h"
#include "tinyfog/node/pipeline.h"
#include "tinyfog/node/topics.h"
#include "tinyfog/node/updater.h"

namespace tinyfog::node {

/// The fault that ended the last run, as the board kept it over the reset.
struct Crash {
  std::uint32_t pc = 0;
  std::uint32_t lr = 0;
  std::uint32_t status = 0;
};

/// The usual connection, with a session that the broker keeps for a minute.
constexpr MqttClientConfig UsualMqtt() {
  MqttClientConfig mqtt;
  mqtt.connect.properties.session_expiry_s = 60;
  return mqtt;
}

/// It and its views must outlive the agent.
struct AgentConfig {
  std::string_view site;
  MqttClientConfig mqtt = UsualMqtt();  ///< the client's id is the node's name; the agent's will

  UpdaterConfig updater;           ///< its lost_power as the reset reason says
  std::string_view target;         ///< as for tinyfog-compile, e.g. "cortex-m4"
  std::uint32_t reset_reason = 0;  ///< tinyfog::board::ResetReason; 0: it had no power
  std::optional<Crash> crash;

  PipelineConfig pipeline;
  /// Without a model of its own, or with one of another input size, the node sends its windows up
  /// to this model of the gateway; empty: to none. Desired settings may name another one.
  std::string_view offload_model;
  Quantisation offload_input;  ///< of those windows
  /// Of the gateway's answers, where they are not of a model that the node has itself.
  Quantisation offload_output = {nn::Type::kInt8, 1.0f / 256, -128};
  std::uint8_t offload_qos = 0;             ///< 0 or 1
  std::uint32_t offload_ms = 5000;          ///< an answer is given up then
  std::uint32_t sample_interval_ms = 1000;  ///< desired settings change it
  std::uint32_t telemetry_interval_s = 60;  ///< likewise
  std::uint32_t confirm_ms = 60000;  ///< for new firmware to reach the broker; else it resets
  std::uint32_t goodbye_ms = 3000;   ///< to flush what is to be sent before a stop or reset

  std::string_view node() const { return mqtt.connect.client_id; }
};

/// Buffers that bound the agent; AgentBuffers has the usual sizes.
struct AgentMemory {
  MqttClientMemory mqtt;
  std::span<std::uint8_t> desired;   ///< the newest desired state
  std::span<std::uint8_t> inbound;   ///< a command or an answer
  std::span<std::uint8_t> outbound;  ///< a message being written
  std::span<std::uint8_t> sample;    ///< the window as it goes into the model, or up
  PipelineMemory pipeline;
};

/// `kSampleBytes`: the model's input.
template <std::size_t kSampleBytes>
struct AgentBuffers {
  std::array<std::uint8_t, 320> receive;
  std::array<std::uint8_t, 384> control;
  std::array<std::uint8_t, 1536> outbox;
  std::array<std::uint8_t, 3072> desired;
  std::array<std::uint8_t, 256> inbound;
  std::array<std::uint8_t, 640> outbound;
  std::array<std::uint8_t, kSampleBytes> sample;

  constexpr AgentMemory Memory(const PipelineMemory& pipeline) {
    return {{receive, control, outbox, {}}, desired, inbound, outbound, sample, pipeline};
  }
};

/// What is known of one window, beside what the gateway is told of it.
struct AgentResult : wire::NodeResult {
  std::string_view model;
  wire::Bytes output;  ///< the model's first output, or the gateway's answer; during the call
};

/// The device's own program. Each function returns soon.
class Application {
 public:
  virtual void OnResult(const AgentResult& result) = 0;
  /// A window that went up has no answer: the gateway refused it or time is over.
  virtual void OnNoAnswer(std::uint64_t sequence) { static_cast<void>(sequence); }
  /// The device's part of the self-test, which new firmware must pass.
  virtual bool SelfTest() { return true; }

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

/// Counted since Open; messages_lost: messages and windows that there was no room for.
using AgentCounters = wire::NodeTelemetry;

/// Where an agent stands; one struct, so that it is cleared at once.
struct AgentStanding {
  enum class SelfTest : std::uint8_t { kDue, kPassed, kFailed };
  enum class Inbound : std::uint8_t { kNone, kDesired, kCommand, kError, kAnswer, kChunk };
  // What is kept in flash.
  struct Record {
    std::uint64_t session = 0;
    std::uint64_t last_command = 0;
    std::uint64_t crash_session = 0;
    std::uint32_t crashes = 0;
    Crash crash;
  };
  struct Settings {
    std::uint64_t version = 0;
    std::uint32_t sample_interval_ms = 0;
    std::uint32_t telemetry_interval_s = 0;
    std::uint32_t cascade_permille = 0;
  };

  std::uint64_t now_ms_ = 0;  // of the last Work
  std::uint64_t opened_ms_ = 0;
  std::uint64_t next_telemetry_ms_ = 0;
  std::uint64_t next_sample_ms_ = 0;
  std::uint32_t leave_by_ = 0;
  AgentEnd end_ = AgentEnd::kNone;
  AgentEnd leaving_ = AgentEnd::kNone;
  SelfTest self_test_ = SelfTest::kDue;
  Inbound inbound_ = Inbound::kNone;
  bool is_goodbye_said_ = false;
  bool has_reached_broker_ = false;  // it has acknowledged a birth
  bool is_born_ = false;             // has said so
  bool has_spoken_ = false;          // the client has something to send since the last Work
  bool state_due_ = false;
  bool telemetry_due_ = false;
  bool desired_due_ = false;
  bool is_following_ = false;  // the artifact of the followed digest
  bool is_sampling_ = false;
  bool is_sample_lent_ = false;  // to the client, until it is delivered

  std::uint8_t followed_ = 0;  // place of the filter
  std::uint32_t inbound_bytes_ = 0;
  std::uint32_t desired_bytes_ = 0;  // of the newest complete one
  std::uint32_t arena_uses_ = 0;
  std::uint64_t inbound_sequence_ = 0;  // of the window that is answered; 0: not told
  std::uint64_t sequence_ = 0;          // of the last window
  std::string_view inbound_model_;      // in the client's memory

  AgentCounters counters_;
  Record record_;
  Settings settings_;
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
/// then let the transport send what it has, and reset the board or power down.
class Agent final : private MqttHandler, private AgentStanding {
 public:
  Agent(const AgentConfig& config, const AgentMemory& memory, const AgentParts& parts);

  /// Once: counts the start in flash, opens the updater, begins to connect. Errors: those of the
  /// flash; kInvalidArgument: names, or a sensor's window that does not fit its memory. The board
  /// is to be reset then.
  Status Open(std::uint64_t now_ms);

  MqttClient& client() { return client_; }

  /// Does a piece of what is to be done: a few milliseconds, a signature, or an inference. True:
  /// there is more.
  bool Work(std::uint64_t now_ms);
  /// When Work or the client's Tick has something to do next.
  std::uint64_t NextDeadline() const;

  /// Says that the node sleeps, and goodbye; end() tells when that is done.
  void Stop(std::uint64_t now_ms);
  AgentEnd end() const { return end_; }

  std::uint64_t session() const { return record_.session; }
  const AgentCounters& counters() const { return counters_; }
  const Updater& updater() const { return updater_; }
  bool is_self_test_passed() const { return self_test_ == SelfTest::kPassed; }

 private:
  enum Token : std::uint32_t { kNoToken, kStateToken, kSampleToken };

  // agent.cc
  std::uint32_t now() const { return static_cast<std::uint32_t>(now_ms_); }
  std::uint32_t WaitMs() const;
  std::uint32_t WaitMs(std::uint64_t until_ms) const;
  bool GoOn();
  Status CountStart();
  void StartClient(std::uint64_t now_ms);
  void JudgeFirmware();
  void Leave(AgentEnd how);
  void GoOnLeaving();

  // agent_receive.cc
  void OnOnline(bool session_present) override;
  void OnOffline(MqttEnd end, wire::MqttReason reason) override;
  Status OnMessage(const wire::MqttPublish& message) override;
  void OnPayload(std::uint32_t offset, wire::Bytes piece) override;
  Status OnMessageEnd() override;
  void OnMessageLost() override;
  void OnDelivered(std::uint32_t token, wire::MqttReason reason) override;
  Status BeginAnswer(const wire::MqttPublish& message, bool is_error);
  void ReadDesired();
  void Apply(const wire::DesiredSettings& settings);
  Status Obey(const wire::NodeCommand& command);
  void FollowArtifact();

  // agent_send.cc
  bool Say(MqttMessage& message);
  bool HasRoom() const;
  void SayState();
  void SayTelemetry();
  void SayUpdate();
  void SayResult(AgentResult& result, const Quantisation& as);

  // agent_infer.cc
  void NoticeModel();
  void Sample();
  void TakeWindow();
  bool Compute(std::span<const std::uint8_t> window, std::uint32_t input_crc);
  Quantisation OwnOutput() const;
  std::string_view GatewayModel(bool has_local) const;
  void SendUp(std::span<const std::uint8_t> window, std::uint32_t input_crc,
              std::string_view model);
  void TakeAnswer();
  void GiveUp();
  bool TakesWindows() const;

  // agent_self_test.cc
  bool TestSelf();
  bool TestFlash();
  bool TestArena();
  bool TestModel();

  const AgentConfig& config_;
  AgentParts parts_;

  AgentMemory memory_;
  wire::Sha256 followed_digest_;
  std::array<std::uint8_t, 16> will_;
  PendingSamples pending_;
  std::optional<nn::Interpreter> interpreter_;
  std::optional<Pipeline> pipeline_;
  boot::RecordLog log_;
  Text<wire::kNameBytes> cascade_model_;  // of the settings
  MqttClient client_;
  Updater updater_;
  Topics topics_;
};

}  // namespace tinyfog::node
