#include <algorithm>

#include "board.h"
#include "board_platform.h"
#include "clock.h"
#include "flash_map.h"
#include "mapped_flash.h"
#include "network.h"
#include "never_destroyed.h"
#include "node_parts.h"
#include "print.h"
#include "program.h"
#include "protected_image.h"
#include "retained.h"
#include "tcp_stream.h"
#include "tinyfog/boot/services.h"
#include "tinyfog/node/agent.h"
#include "tinyfog/node/mqtt_link.h"
#include "tinyfog/node/synthetic_sensor.h"

// The firmware of a node: what provisioning wrote into its flash says who it is and where its
// broker is. The board has no sensor: it hears a motor that is made up.
namespace tinyfog::board {
namespace {

constexpr std::uint32_t kWindowFrames = 128, kChannels = 3;  // of the demo model
constexpr std::uint32_t kSceneMs = 10000;

node::AgentBuffers<kWindowFrames * kChannels> g_buffers;
std::array<std::int16_t, kWindowFrames * kChannels> g_samples;
constinit const node::AgentMemory kMemory = g_buffers.Memory({g_samples, {}});
alignas(16) std::array<std::uint8_t, kArenaBytes> g_arena;

// Prints what is known of each window.
class Console final : public node::Application {
 public:
  explicit Console(const wire::ImageVersion& version) : version_(version) {}
  void OnResult(const node::AgentResult& result) override {
    Print("result ", static_cast<std::uint32_t>(result.sequence), " is ", result.top_index, ", ",
          result.confidence_permille, result.from_gateway ? " from the gateway\n" : "\n");
  }
  bool SelfTest() override { return Behaves(version_, Moment::kSelfTest); }

 private:
  wire::ImageVersion version_;
};

std::uint32_t Word(const Seed& seed, std::size_t at) {
  return static_cast<std::uint32_t>(seed[at] | seed[at + 1] << 8 | seed[at + 2] << 16 |
                                    seed[at + 3] << 24);
}

std::span<const std::uint8_t> Flash(std::uint32_t offset, std::uint32_t bytes) {
  return {reinterpret_cast<const std::uint8_t*>(kFlash) + offset, bytes};
}

// All that is the same for every node of this board, and of this run what is known of it.
const node::AgentConfig& Configure(const wire::Provisioning& provisioning,
                                   const wire::TrustedKey& key, const Seed& seed,
                                   BoardPlatform& platform) {
  static boot::EcdsaCheck check;
  static node::AgentConfig config;
  config.site = provisioning.site;
  config.mqtt.connect.client_id = provisioning.node;
  config.mqtt.seed = Word(seed, 4);
  node::UpdaterConfig& updater = config.updater;
  updater.map = kNodeFlashMap;
  updater.trust = {key, kHardwareId, &check};
  updater.mapped = reinterpret_cast<const std::uint8_t*>(kFlash);
  constexpr bool kHasHelium = std::string_view(kTarget) == "cortex-m55";
  updater.target = kHasHelium ? nn::Target::kCortexMHelium : nn::Target::kCortexMDsp;
  updater.operators = NodeOperators();
  updater.arena = g_arena;
  updater.lost_power = HandedReason() == ResetReason::kPowerOn;
  updater.platform = &platform;
  config.target = kTarget;
  config.reset_reason = static_cast<std::uint32_t>(HandedReason());
  Fault fault;
  if (TakeFault(fault)) config.crash = node::Crash{fault.pc, fault.lr, fault.status};
  config.pipeline.window_rows = kWindowFrames;
  config.offload_input = node::MotorInput();
  return config;
}

// Until the board is to be reset. Whoever waits here longer than the watchdog does is stuck.
void Run(Network& network, node::MqttLink& link, node::Agent& agent,
         const wire::ImageVersion& version) {
  while (agent.end() == node::AgentEnd::kNone) {
    const bool received = network.Poll();
    const bool moved = link.Turn(NowMs());
    const bool worked = agent.Work(NowMs());
    if (agent.client().online()) static_cast<void>(Behaves(version, Moment::kOnline));
    if (received || moved || worked) continue;
    SleepUntil(std::min(network.NextDeadline(), agent.NextDeadline()));
  }
}

// Why the node cannot start; it is tried again, as the reason may be gone then.
std::int32_t GiveUp(const char* why) {
  Print("node: ", why, "\n");
  ResetNow();
}

}  // namespace

std::int32_t Main() {
  ProtectImage();
  PaintStack();
  StartClock();
  if (!boot::HasServices()) return GiveUp("the bootloader is too old: services are missing");
  static MappedFlash flash;
  const auto image = boot::ReadImage(flash, kFlashMap.slot_a, kFlashMap.slot_bytes);
  static_cast<void>(Behaves(image.header.version, Moment::kStart));
  const wire::Bytes records = Flash(wire::kProvisioningRecords, wire::kProvisioningRecordsBytes);
  wire::TrustedKey key;
  wire::Provisioning provisioning;
  if (wire::ReadTrustedKey(Flash(wire::kTrustedKey, wire::kTrustedKeyBytes), key) != Status::kOk ||
      wire::ReadProvisioning(records, provisioning) != Status::kOk) {
    return GiveUp("flash is not provisioned");
  }
  static Seed seed;
  if (NextSeed(flash, seed) != Status::kOk) return GiveUp("no seed in flash");
  static Network network;
  if (!network.Start(
          {provisioning.address, provisioning.netmask, provisioning.router, Word(seed, 0)})) {
    return GiveUp("no Ethernet controller");
  }
  static TcpStream tcp(provisioning.broker, provisioning.port);
  hal::Stream* const stream = SecureStream(tcp, provisioning, seed);
  if (stream == nullptr) return GiveUp("cannot secure the connection as provisioned");
  static BoardPlatform platform;
  static node::SyntheticSensor sensor(node::MotorSensor(kSceneMs, Word(seed, 8)));
  static Console console(image.header.version);
  static NeverDestroyed<node::Agent> kept(Configure(provisioning, key, seed, platform), kMemory,
                                          node::AgentParts{flash, platform, &sensor, &console});
  node::Agent& agent = *kept;
  if (agent.Open(NowMs()) != Status::kOk) return GiveUp("the agent cannot start");
  static node::MqttLink link(agent.client(), *stream);
  Print("node ", std::uint32_t{image.header.version.major}, ".",
        std::uint32_t{image.header.version.minor}, " started\n");
  Run(network, link, agent, image.header.version);
  ResetNow();
}

}  // namespace tinyfog::board
