#include <algorithm>
#include <array>
#include <cstdlib>

#include "fuzz_flash_map.h"
#include "nor_flash.h"
#include "tinyfog/hal/sensor.h"
#include "tinyfog/nn/kernels/move.h"
#include "tinyfog/node/agent.h"

// An agent at a broker that sends anything. The input is a list of operations: raw bytes, messages
// to the topics that the agent knows, acknowledgements, time that passes, connections that break.
// Whatever comes, the agent comes to rest, keeps flash's rules, and stops when told.
namespace {

using namespace tinyfog;  // NOLINT: a program of one file
using node::testing::kFlashBytes;
using node::testing::kUnit;
using wire::Bytes;

constexpr std::string_view kTopics[] = {
    "tinyfog/v1/s/n/down/desired",
    "tinyfog/v1/s/n/down/cmd",
    "tinyfog/v1/s/n/down/infer/big",
    "tinyfog/v1/s/n/down/error",
    "tinyfog/v1/s/art/0000000000000000000000000000000000000000000000000000000000000000/0",
    "tinyfog/v1/s/n/down/else",
};
constexpr std::uint8_t kReasons[] = {0, 1, 0x80, 0x97};

// Takes every signature whose first byte is even, so that what is behind is reached as well.
class EvenCheck final : public boot::SignatureCheck {
 public:
  bool IsGood(const boot::PublicKey&, const wire::Sha256&,
              const wire::EcdsaSignature& signature) override {
    return signature[0] % 2 == 0;
  }
};

class Board final : public hal::Platform {
 public:
  std::uint32_t Microseconds() override { return ++microseconds_; }
  std::uint32_t StackFreeBytes() override { return 0; }
  void FeedWatchdog() override {}

 private:
  std::uint32_t microseconds_ = 0;
};

// Counts. Inputs rest for minutes in all, and what is sampled must cost next to nothing of a run.
class CountingSensor final : public hal::Sensor {
 public:
  Format format() const override { return {3, kFramesPerS, 512, 1.0f}; }
  std::size_t Read(std::uint64_t now_ms, std::span<std::int16_t> samples) override {
    const std::uint64_t taken = now_ms * kFramesPerS / 1000;
    next_ = std::max(next_, taken < 512 ? 0 : taken - 512);
    const std::size_t frames = std::min<std::uint64_t>(taken - next_, samples.size() / 3);
    std::fill_n(samples.begin(), frames * 3, static_cast<std::int16_t>(next_));
    next_ += frames;
    return frames * 3;
  }

 private:
  static constexpr std::uint32_t kFramesPerS = 100;
  std::uint64_t next_ = 0;
};

class Session {
 public:
  Session()
      : flash_({kFlashBytes, kUnit, 16}),
        config_(Config()),
        agent_(config_, buffers_.Memory({window_, {}}), {flash_, board_, &sensor_, nullptr}) {
    if (agent_.Open(now_) != Status::kOk) std::abort();
  }

  void Play(Bytes operations) {
    while (!operations.empty() && agent_.end() == node::AgentEnd::kNone) {
      const std::uint8_t operation = Take(operations, 1)[0];
      const std::size_t count = operations.empty() ? 0 : Take(operations, 1)[0];
      if (operation < 0x20) {
        Feed(Take(operations, count));
      } else if (operation < 0xC0) {
        Publish(operation, Take(operations, count * (operation % 2 + 1)));
      } else if (operation < 0xE0) {
        Rest(count * 100);
      } else if (operation < 0xF0) {
        Acknowledge(operation, static_cast<std::uint8_t>(count));
      } else {
        Break();
      }
    }
    agent_.Stop(now_);
    Rest(10000);
    if (agent_.end() == node::AgentEnd::kNone) std::abort();
    if (!flash_.violation().empty()) std::abort();
  }

 private:
  node::AgentConfig Config() {
    node::AgentConfig config;
    config.site = "s";
    config.mqtt.connect.client_id = "n";
    config.mqtt.longest_backoff_ms = 500;
    config.updater = {.map = node::testing::kFuzzMap,
                      .trust = {{}, "test-board", &check_},
                      .mapped = flash_.data(),
                      .target = nn::Target::kPortable,
                      .operators = nn::Operators<nn::Fill>::kTable,
                      .arena = arena_,
                      .has_bootloader = true,
                      .lost_power = true,
                      .platform = &board_};
    config.pipeline.window_rows = 64;
    config.offload_model = "big";
    return config;
  }
  static Bytes Take(Bytes& from, std::size_t count) {
    const Bytes taken = from.first(std::min(count, from.size()));
    from = from.subspan(taken.size());
    return taken;
  }

  // Moves what can be moved. True when something did.
  bool Pump() {
    node::MqttClient& client = agent_.client();
    client.Tick(now_);
    bool has_moved = false;
    if (client.wants_transport() && !is_open_) {
      is_open_ = has_moved = true;
      client.TransportOpened();
      Drain();
      constexpr std::uint8_t kConnack[] = {0x20, 3, 0, 0, 0};
      client.Receive(kConnack);
    }
    has_moved = Drain() || has_moved;
    if (is_open_ && !client.wants_transport()) {
      Break();
      has_moved = true;
    }
    return has_moved;
  }
  bool Drain() {
    std::array<std::uint8_t, 128> out;
    bool has_moved = false;
    while (agent_.client().Pull(out) > 0) has_moved = true;
    return has_moved;
  }
  void Feed(Bytes bytes) {
    Pump();
    for (int stalls = 0; !bytes.empty() && is_open_;) {
      const std::size_t taken = agent_.client().Receive(bytes);
      bytes = bytes.subspan(taken);
      stalls = taken == 0 ? stalls + 1 : 0;
      if (stalls > 1) std::abort();  // all is sent, and still it takes nothing
      Pump();
    }
  }
  void Publish(std::uint8_t choice, Bytes payload) {
    std::array<std::uint8_t, 1024> packet;
    wire::Writer writer(packet);
    wire::MqttPublish publish;
    publish.topic = kTopics[choice / 2 % std::size(kTopics)];
    publish.qos = choice >> 4 & 1;
    publish.packet_id = publish.qos;
    publish.payload_bytes = static_cast<std::uint32_t>(payload.size());
    WriteMqttPublish(writer, agent_.client().version(), publish);
    writer.Put(payload);
    Feed(writer.written());
  }
  void Acknowledge(std::uint8_t choice, std::uint8_t packet_id) {
    const std::uint8_t reason = kReasons[choice / 4 % std::size(kReasons)];
    const std::uint8_t puback[] = {0x40, 3, 0, packet_id, reason};
    const std::uint8_t suback[] = {0x90, 4, 0, packet_id, 0, reason};
    const std::uint8_t unsuback[] = {0xB0, 4, 0, packet_id, 0, reason};
    constexpr std::uint8_t kPingresp[] = {0xD0, 0};
    const Bytes packets[] = {puback, suback, unsuback, kPingresp};
    Feed(packets[choice % std::size(packets)]);
  }
  void Break() {
    is_open_ = false;
    agent_.client().TransportClosed();
  }
  void Rest(std::uint64_t ms) {
    const std::uint64_t end = now_ + ms;
    for (int turns = 0; agent_.end() == node::AgentEnd::kNone; ++turns) {
      if (turns > 100000) std::abort();  // it never comes to rest
      const bool has_moved = Pump();
      if (agent_.Work(now_) || has_moved) continue;
      if (now_ >= end) return;
      if (agent_.NextDeadline() <= now_) std::abort();  // it would spin
      now_ = std::min(end, agent_.NextDeadline());
    }
  }

  board::NorFlash flash_;
  Board board_;
  EvenCheck check_;
  CountingSensor sensor_;
  alignas(16) std::array<std::uint8_t, 256> arena_{};
  std::array<std::int16_t, 192> window_{};
  node::AgentBuffers<192> buffers_{};
  node::AgentConfig config_;
  node::Agent agent_;
  std::uint64_t now_ = 1000;
  bool is_open_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Session session;
  session.Play({data, size});
  return 0;
}
