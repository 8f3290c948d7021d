#include "host_node.h"

#include <arpa/inet.h>

#include <chrono>
#include <cstdio>

#include "tinyfog/base/crc32.h"
#include "tinyfog/nn/all_operators.h"

namespace tinyfog::board {
namespace {

constexpr std::pair<std::string_view, nn::Target> kTargets[] = {
    {"portable", nn::Target::kPortable},        {"cortex-m4", nn::Target::kCortexMDsp},
    {"cortex-m7", nn::Target::kCortexMDsp},     {"cortex-m33", nn::Target::kCortexMDsp},
    {"cortex-m55", nn::Target::kCortexMHelium},
};
constexpr std::uint32_t kArenaAlignment = 16;

struct Server {
  std::string address;
  std::uint16_t port;
};

// "127.0.0.1:1883"; nothing when it is not like that.
std::optional<Server> ParseServer(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  Server server{text.substr(0, colon), 0};
  in_addr address;
  if (inet_pton(AF_INET, server.address.c_str(), &address) != 1) return std::nullopt;
  unsigned long port = 0;
  for (const char c : text.substr(colon + 1)) {
    if (c < '0' || c > '9' || port > 0xFFFF) return std::nullopt;
    port = port * 10 + static_cast<unsigned long>(c - '0');
  }
  if (port == 0 || port > 0xFFFF) return std::nullopt;
  server.port = static_cast<std::uint16_t>(port);
  return server;
}

std::string TextOf(const wire::Ip4& address) {
  return std::to_string(address[0]) + "." + std::to_string(address[1]) + "." +
         std::to_string(address[2]) + "." + std::to_string(address[3]);
}

std::string TextOf(const wire::ImageVersion& v) {
  return std::to_string(v.major) + "." + std::to_string(v.minor) + "." +
         std::to_string(v.revision) + "+" + std::to_string(v.build);
}

}  // namespace

using Error = HostNode::Error;

HostNode::Run::Run(const node::AgentConfig& configured, const node::SyntheticSensor::Config& sensed,
                   const node::AgentParts& others, hal::Stream& stream)
    : config(configured),
      sensor(sensed),
      agent(config, buffers.Memory({window, {}}),
            {others.flash, others.platform, &sensor, others.application}),
      link(agent.client(), stream) {}

HostNode::HostNode(std::unique_ptr<FileFlash> flash, const HostNodeOptions& options)
    : flash_(std::move(flash)),
      options_(options),
      arena_memory_(new std::uint8_t[options.arena_bytes + kArenaAlignment]) {
  const auto begin = reinterpret_cast<std::uintptr_t>(arena_memory_.get());
  arena_ = {arena_memory_.get() + (kArenaAlignment - begin % kArenaAlignment), options.arena_bytes};
}

Result<std::unique_ptr<HostNode>, Error> HostNode::Open(const std::string& path,
                                                        const HostNodeOptions& options) {
  auto flash = FileFlash::Open(path);
  if (!flash.ok()) return Unexpected(flash.error());
  std::unique_ptr<HostNode> made(new HostNode(std::move(*flash), options));
  if (const auto read = made->ReadIdentity(); !read.ok()) {
    return Unexpected(path + ": " + read.error());
  }
  return made;
}

Result<void, Error> HostNode::ReadIdentity() {
  const wire::Bytes flash(flash_->mapped(), kFlashBytes);
  const auto records = flash.subspan(wire::kProvisioningRecords, wire::kProvisioningRecordsBytes);
  wire::TrustedKey key;
  if (wire::ReadTrustedKey(flash.first(wire::kTrustedKeyBytes), key) != Status::kOk ||
      wire::ReadProvisioning(records, provisioning_) != Status::kOk) {
    return Unexpected<Error>(
        "this is no provisioned node's flash: deploy/provision node makes one");
  }
  if (provisioning_.has_tls()) {
    return Unexpected<Error>(
        "this node shall use TLS, which only boards can: provision it with --plain");
  }
  std::optional<Server> server = Server{TextOf(provisioning_.broker), provisioning_.port};
  if (!options_.broker.empty()) server = ParseServer(options_.broker);
  if (!server) {
    return Unexpected<Error>("--broker " + options_.broker + ": expected ADDRESS:PORT, e.g. " +
                             "127.0.0.1:1883");
  }
  stream_.SetServer(server->address, server->port);
  for (const auto& [name, target] : kTargets) {
    if (name == options_.target) target_ = target;
  }
  trust_ = {key, options_.hardware, &check_};
  return {};
}

// As a board's bootloader does. Without any image this program itself is the firmware, and cannot
// be updated.
Result<void, Error> HostNode::Boot() {
  const boot::Decision decision = boot::Boot(*flash_, kFlashMap, trust_);
  has_firmware_ = decision.runs;
  version_ = decision.version;
  does_ = 0;
  if (!decision.runs && (decision.slot_a != boot::Refusal::kNoImage ||
                         decision.state.outcome != boot::Outcome::kNone)) {
    return Unexpected(std::string(name()) +
                      ": no firmware can run: slot A: " + boot::RefusalName(decision.slot_a) +
                      ", slot B: " + boot::RefusalName(decision.slot_b));
  }
  if (has_firmware_ && (version_.build & kMisbehaves) == kMisbehaves) does_ = version_.build;
  return {};
}

node::AgentConfig HostNode::Config() {
  node::AgentConfig config;
  config.site = provisioning_.site;
  config.mqtt.connect.client_id = provisioning_.node;
  config.updater = {.map = kNodeFlashMap,
                    .trust = trust_,
                    .mapped = flash_->mapped(),
                    .target = target_,
                    .operators = nn::AllOperators(),
                    .arena = arena_,
                    .has_bootloader = has_firmware_,
                    .lost_power = reason_ == ResetReason::kPowerOn,
                    .platform = this};
  config.target = options_.target;
  config.reset_reason = static_cast<std::uint32_t>(reason_);
  config.crash = crash_;
  config.pipeline.window_rows = 128;
  config.offload_model = options_.offload_model;
  config.offload_input = node::MotorInput();
  config.offload_qos = options_.qos;
  config.sample_interval_ms = options_.sample_interval_ms;
  config.telemetry_interval_s = options_.telemetry_interval_s;
  config.confirm_ms = options_.confirm_ms;
  config.mqtt.seed = Crc32(wire::AsBytes(provisioning_.node));
  return config;
}

Result<void, Error> HostNode::Start(std::uint64_t now_ms, ResetReason reason,
                                    const std::optional<node::Crash>& crash) {
  reason_ = reason;
  crash_ = crash;
  run_.reset();
  stream_.Close();
  is_online_ = false;
  if (auto booted = Boot(); !booted.ok()) return booted;
  if (has_firmware_) Print("firmware " + TextOf(version_));
  Misbehave();
  const node::AgentConfig config = Config();
  run_ = std::make_unique<Run>(config, node::MotorSensor(options_.scene_ms, config.mqtt.seed),
                               node::AgentParts{*flash_, *this, nullptr, this}, stream_);
  if (const Status opened = run_->agent.Open(now_ms); opened != Status::kOk) {
    return Unexpected(std::string(name()) + ": the agent does not start: " + StatusName(opened));
  }
  Print("session " + std::to_string(run_->agent.session()) + ", reset reason " +
        std::to_string(static_cast<std::uint32_t>(reason)));
  return {};
}

void HostNode::Misbehave() {
  if ((does_ & kFindsNoBroker) != 0) stream_.SetServer("127.0.0.1", 1);
  if (does_ == 0) return;
  volatile std::uint32_t* nowhere = nullptr;
  if ((does_ & kCrashes) != 0) *nowhere = 0;  // NOLINT: on purpose
  for (volatile bool hangs = (does_ & kHangs) != 0; hangs;) {
  }
}

Result<bool, Error> HostNode::Turn(std::uint64_t now_ms) {
  const bool has_moved = run_->link.Turn(now_ms);
  const bool has_worked = run_->agent.Work(now_ms);
  Tell();
  if (run_->agent.end() == node::AgentEnd::kReset) {
    Print("resets");
    if (const auto read = ReadIdentity(); !read.ok()) return Unexpected(read.error());
    const auto started = Start(now_ms, ResetReason::kAsked, std::nullopt);
    if (!started.ok()) return Unexpected(started.error());
    return true;
  }
  return has_moved || has_worked;
}

void HostNode::Tell() {
  node::Agent& agent = run_->agent;
  if (agent.client().online() != is_online_) {
    is_online_ = !is_online_;
    Print(is_online_ ? "online" : "offline");
  }
  const node::ActiveModel* active = agent.updater().model();
  const std::string model = active == nullptr ? ""
                                              : std::string(active->manifest.name) + "@" +
                                                    std::to_string(active->manifest.version);
  if (model != model_) Print("model " + model);
  model_ = model;
}

void HostNode::Print(const std::string& text) const {
  if (options_.is_quiet) return;
  std::printf("%.*s: %s\n", static_cast<int>(name().size()), name().data(), text.c_str());
  std::fflush(stdout);
}

std::uint32_t HostNode::Microseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

void HostNode::FeedWatchdog() {
  if (options_.heartbeat != nullptr) options_.heartbeat->fetch_add(1, std::memory_order_relaxed);
}

void HostNode::OnResult(const node::AgentResult& result) {
  if (!options_.is_verbose) return;
  Print("window " + std::to_string(result.sequence) + ": " + std::string(result.model) +
        (result.from_gateway ? " at the gateway" : "") + " says " +
        std::to_string(result.top_index) + " (" + std::to_string(result.confidence_permille) +
        " permille)");
}

void HostNode::OnNoAnswer(std::uint64_t sequence) {
  if (options_.is_verbose) Print("window " + std::to_string(sequence) + ": no answer");
}

}  // namespace tinyfog::board
