#include "agent_fixture.h"

#include "tinyfog/nn/all_operators.h"

namespace tinyfog::node::testing {
namespace {

FlashMap Map(std::uint32_t unit) {
  constexpr std::uint32_t kModel = 12;
  return {.firmware = {.slot_a = 0,
                       .slot_b = 2 * unit,
                       .slot_bytes = 2 * unit,
                       .scratch = 4 * unit,
                       .journal = 5 * unit},
          .model_slots = {7 * unit, (7 + kModel) * unit},
          .model_slot_bytes = kModel * unit,
          .model_journal = (7 + 2 * kModel) * unit,
          .update_journal = (9 + 2 * kModel) * unit,
          .node_state = (13 + 2 * kModel) * unit};
}

}  // namespace

AgentTest::AgentTest() : flash({(15 + 24) * kUnit, kUnit, 16}), map(Map(kUnit)) {}

AgentConfig AgentTest::Config() {
  AgentConfig config;
  config.site = "s";
  config.mqtt.connect.client_id = "n";
  config.updater = {.map = map,
                    .trust = boot::testing::TestTrust(),
                    .mapped = flash.data(),
                    .target = nn::Target::kPortable,
                    .operators = nn::AllOperators(),
                    .arena = arena_,
                    .has_bootloader = true,
                    .lost_power = true,
                    .platform = this};
  config.target = "portable";
  config.pipeline.window_rows = 128;
  config.offload_input = {nn::Type::kInt8, 0.03f, 0};
  config.mqtt.shortest_backoff_ms = 100;
  config.mqtt.longest_backoff_ms = 100;
  return config;
}

void AgentTest::Start() { Start(Config()); }

void AgentTest::Start(const AgentConfig& config, wire::MqttVersion version) {
  boot::Boot(flash, map.firmware, boot::testing::TestTrust());
  sensor = std::make_unique<SyntheticSensor>(MotorSensor(10000, 1));
  agent.reset();
  config_ = config;
  agent = std::make_unique<Agent>(config_, buffers_.Memory({window_, {}}), Parts());
  broker = std::make_unique<ScriptedBroker>(agent->client(), version);
  ASSERT_EQ(agent->Open(now), Status::kOk);
}

void AgentTest::Run(std::uint64_t ms) {
  const std::uint64_t end = now + ms;
  while (agent->end() == AgentEnd::kNone) {
    const bool has_moved = broker->Pump(now);
    if (agent->Work(now) || has_moved) continue;
    if (now >= end) return;
    ASSERT_GT(agent->NextDeadline(), now) << "it would spin";
    now = std::min(end, agent->NextDeadline());
  }
}

void AgentTest::Desire(const v1::Desired& desired) {
  broker->Publish(now, std::string(kRoot) + "down/desired", desired.SerializeAsString(), 1, {},
                  true);
}

void AgentTest::Command(v1::NodeCommand::Verb verb, std::uint64_t id) {
  v1::NodeCommand command;
  command.set_verb(verb);
  command.set_id(id);
  broker->Publish(now, std::string(kRoot) + "down/cmd", command.SerializeAsString());
}

void AgentTest::Serve(const Offer& offer) {
  for (std::size_t i = 0; i < offer.chunks.size(); ++i) {
    broker->Publish(now, ChunkTopic("s", offer, i), offer.chunks[i]);
    Run(1);
  }
}

void AgentTest::Install(const Offer& offer, std::uint64_t version) {
  v1::Desired desired;
  desired.set_version(version);
  Fill(desired.mutable_model(), offer);
  Desire(desired);
  Run(100);
  Serve(offer);
  Run(100);
  ASSERT_NE(agent->updater().model(), nullptr);
}

void AgentTest::OnResult(const AgentResult& result) {
  results.push_back({std::string(result.model), result.sequence, result.from_gateway,
                     result.top_index, result.confidence_permille,
                     std::string(wire::AsText(result.output))});
}

}  // namespace tinyfog::node::testing
