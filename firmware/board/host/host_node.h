#pragma once

#include <poll.h>

#include <atomic>
#include <memory>
#include <string>

#include "file_flash.h"
#include "retained.h"
#include "socket_stream.h"
#include "tinyfog/node/agent.h"
#include "tinyfog/node/mqtt_link.h"
#include "tinyfog/node/synthetic_sensor.h"

namespace tinyfog::board {

struct HostNodeOptions {
  std::string hardware = "linux";   ///< as in firmware images
  std::string target = "portable";  ///< of models, as for tinyfog-compile
  std::string broker;               ///< ADDRESS:PORT instead of the provisioned one
  std::string offload_model;
  std::uint32_t arena_bytes = 256 << 10;
  std::uint32_t sample_interval_ms = 1000;
  std::uint32_t telemetry_interval_s = 60;
  std::uint32_t confirm_ms = 60000;
  std::uint32_t scene_ms = 10000;  ///< of the motor that is sensed
  std::uint8_t qos = 0;            ///< of windows that go up
  bool is_verbose = false;         ///< prints results
  bool is_quiet = false;           ///< prints nothing
  /// Counts up while the node is alive; may be null.
  std::atomic<std::uint32_t>* heartbeat = nullptr;
};

/// Build numbers of test firmware: kMisbehaves and what it does.
inline constexpr std::uint32_t kMisbehaves = 0xBAD00000;
inline constexpr std::uint32_t kCrashes = 1, kHangs = 2, kFailsSelfTest = 4, kFindsNoBroker = 8;

/// A node as this process: flash in a file, the boot logic, an agent, a TCP connection, and a
/// synthetic motor as its sensor. A reset makes everything but the flash anew.
class HostNode final : private hal::Platform, private node::Application {
 public:
  using Error = std::string;  ///< a sentence for people

  /// Takes the flash. Errors: the file, what is provisioned in it, or the options.
  static Result<std::unique_ptr<HostNode>, Error> Open(const std::string& flash,
                                                       const HostNodeOptions& options);

  /// Boots. Errors: nothing in the flash can run, or it cannot be written.
  Result<void, Error> Start(std::uint64_t now_ms, ResetReason reason,
                            const std::optional<node::Crash>& crash);
  /// Does what can be done now. True: there is more. An error ends the node.
  Result<bool, Error> Turn(std::uint64_t now_ms);
  std::uint64_t NextDeadline() const { return run_->agent.NextDeadline(); }
  pollfd Request() const { return stream_.Request(run_->link.has_unsent()); }
  void Stop(std::uint64_t now_ms) { run_->agent.Stop(now_ms); }
  bool is_stopped() const { return run_->agent.end() == node::AgentEnd::kStopped; }

  const node::Agent& agent() const { return run_->agent; }
  bool is_online() const { return is_online_; }
  const std::string& model() const { return model_; }  ///< "name@version", "" without one
  std::string_view name() const { return provisioning_.node; }

 private:
  // From one reset to the next.
  struct Run {
    Run(const node::AgentConfig& configured, const node::SyntheticSensor::Config& sensed,
        const node::AgentParts& others, hal::Stream& stream);
    node::AgentConfig config;
    node::SyntheticSensor sensor;
    std::array<std::int16_t, 128 * 3> window;
    node::AgentBuffers<384 * 4> buffers;
    node::Agent agent;
    node::MqttLink link;
  };

  HostNode(std::unique_ptr<FileFlash> flash, const HostNodeOptions& options);
  Result<void, Error> ReadIdentity();
  Result<void, Error> Boot();
  node::AgentConfig Config();
  void Misbehave();
  void Tell();
  void Print(const std::string& text) const;

  std::uint32_t Microseconds() override;
  std::uint32_t StackFreeBytes() override { return 0; }
  void FeedWatchdog() override;
  void OnResult(const node::AgentResult& result) override;
  void OnNoAnswer(std::uint64_t sequence) override;
  bool SelfTest() override { return (does_ & kFailsSelfTest) == 0; }

  std::unique_ptr<FileFlash> flash_;
  HostNodeOptions options_;
  boot::EcdsaCheck check_;
  boot::Trust trust_{};
  wire::Provisioning provisioning_;  // in the flash
  SocketStream stream_{"127.0.0.1", 0};
  std::unique_ptr<std::uint8_t[]> arena_memory_;
  std::span<std::uint8_t> arena_;
  nn::Target target_{};
  bool has_firmware_ = false;
  std::uint32_t does_ = 0;  // what test firmware does
  wire::ImageVersion version_;
  ResetReason reason_ = ResetReason::kPowerOn;
  std::optional<node::Crash> crash_;
  std::unique_ptr<Run> run_;
  bool is_online_ = false;
  std::string model_;  // told last
};

}  // namespace tinyfog::board
