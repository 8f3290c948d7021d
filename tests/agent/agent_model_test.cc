#include "agent_fixture.h"
#include "tinyfog/base/crc32.h"
#include "tinyfog/compile/executable.h"

// Models that come, what they compute, and what the gateway computes for the node.
namespace tinyfog::node::testing {
namespace {

using v1::NodeState;

std::string Correlation(std::uint64_t sequence) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(sequence >> shift);
  return bytes;
}

class AgentModelTest : public AgentTest {
 protected:
  // What the gateway's build of the model answers.
  static std::string Compute(const std::string& input, std::uint32_t version = 1) {
    auto executable = compile::Executable::Open(MotorTfm(version), nn::Target::kPortable);
    nn::Interpreter& interpreter = (*executable)->interpreter();
    EXPECT_EQ(interpreter.input(0).size(), input.size());
    std::ranges::copy(input, interpreter.input(0).begin());
    interpreter.Run();
    return std::string(wire::AsText(interpreter.output(0)));
  }
  void DesireCascade(std::uint32_t permille, const std::string& model = "",
                     std::uint32_t version = 1) {
    v1::Desired desired;
    desired.set_version(2);
    Fill(desired.mutable_model(), MotorPackage(version));
    desired.mutable_settings()->set_cascade_permille(permille);
    desired.mutable_settings()->set_cascade_model(model);
    Desire(desired);
    Run(10);
  }
  void AnswerWindow(const Sent& request, const std::string& output) {
    wire::MqttProperties properties;
    properties.correlation = wire::AsBytes(request.correlation);
    std::string topic = request.topic;
    topic.replace(topic.find("/up/"), 4, "/down/");
    broker->Publish(now, topic, output, 0, properties);
  }
};

TEST_F(AgentModelTest, TakesAModelAndComputesTheGatewaysBytes) {
  Start();
  Run(100);
  v1::Desired desired;
  desired.set_version(5);
  Fill(desired.mutable_model(), MotorPackage());
  Desire(desired);
  Run(100);
  std::string filter = ChunkTopic("s", MotorPackage(), 0);
  filter.back() = '+';
  EXPECT_THAT(broker->filters, ::testing::Contains(filter));
  EXPECT_EQ(Last<v1::OtaReport>("up/ota").state(), v1::OtaReport::STATE_WANT);
  Serve(MotorPackage());
  Run(100);
  EXPECT_EQ(Last<v1::OtaReport>("up/ota").state(), v1::OtaReport::STATE_DONE);
  EXPECT_EQ(broker->filters.size(), 1u) << "chunks are wanted no more";
  ASSERT_EQ(State().models_size(), 1);
  EXPECT_EQ(State().models(0).name(), "motor");
  EXPECT_TRUE(State().models(0).active());
  EXPECT_EQ(State().desired(), 5u);

  // Every window as the sensor had it, computed again.
  results.clear();
  const std::size_t before = broker->messages.size();
  Run(3500);
  ASSERT_EQ(results.size(), 3u);
  EXPECT_FALSE(results[0].from_gateway);
  const auto result = Last<v1::NodeResult>("up/result/motor");
  EXPECT_EQ(result.output_crc(), Crc32(wire::AsBytes(results.back().output)));
  EXPECT_EQ(broker->messages.size(), before + 3) << "results and nothing else";
  EXPECT_EQ(agent->counters().inferences, result.sequence());
  EXPECT_EQ(agent->counters().inference_us, 250u);
}

TEST_F(AgentModelTest, ReportsWaitForABrokerThatDoesNotAcknowledge) {
  Start();
  Run(500);
  broker->acknowledges = false;
  v1::Desired desired;
  desired.set_version(5);
  Fill(desired.mutable_model(), MotorPackage());
  Desire(desired);
  Run(2'000'000);
  const std::size_t sent = broker->Count("up/ota");
  Run(2'000'000);
  EXPECT_EQ(broker->Count("up/ota"), sent);
  broker->acknowledges = true;
  broker->Break();
  Run(1000);
  Serve(MotorPackage());
  Run(1000);
  EXPECT_EQ(Last<v1::OtaReport>("up/ota").state(), v1::OtaReport::STATE_DONE);
}

TEST_F(AgentModelTest, RefusedFiltersAreAskedForAgain) {
  Start();
  broker->subscribes = false;
  Run(500);
  EXPECT_EQ(broker->filters.size(), 0u);
  broker->subscribes = true;
  broker->Break();
  Run(500);
  EXPECT_EQ(broker->filters, std::vector<std::string>{"tinyfog/v1/s/n/down/#"});

  broker->subscribes = false;
  v1::Desired desired;
  desired.set_version(5);
  Fill(desired.mutable_model(), MotorPackage());
  Desire(desired);
  Run(100);
  EXPECT_EQ(broker->filters.size(), 1u);
  broker->subscribes = true;
  broker->Break();
  Run(500);
  EXPECT_EQ(broker->filters.size(), 2u);
  Serve(MotorPackage());
  Run(1000);
  EXPECT_NE(agent->updater().model(), nullptr);
}

TEST_F(AgentModelTest, WindowsThatItIsNotSureOfGoUp) {
  Start();
  Run(100);
  Install(MotorPackage());
  DesireCascade(1001);  // never sure
  results.clear();
  Run(1100);
  const auto request = broker->Last("up/infer/motor");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->payload.size(), 384u);
  EXPECT_EQ(request->expiry_s, 5u);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(request->correlation, Correlation(results[0].sequence));
  EXPECT_EQ(results[0].output, Compute(request->payload)) << "the node's bytes";

  const std::string output("\x80\x80\x7F\x80\x80", 5);
  AnswerWindow(*request, output);
  Run(10);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_TRUE(results[1].from_gateway);
  EXPECT_EQ(results[1].sequence, results[0].sequence);
  EXPECT_EQ(results[1].top_index, 2u);
  EXPECT_EQ(results[1].confidence_permille, 996u);
  const auto told = Last<v1::NodeResult>("up/result/motor");
  EXPECT_TRUE(told.from_gateway());
  EXPECT_EQ(told.output_crc(), Crc32(wire::AsBytes(output)));
  EXPECT_EQ(told.input_crc(), Crc32(wire::AsBytes(request->payload)));
  EXPECT_EQ(agent->counters().cascaded, 1u);
  AnswerWindow(*request, output);
  Run(10);
  EXPECT_EQ(results.size(), 2u) << "a second answer";
}

TEST_F(AgentModelTest, WindowsThatItIsSureOfStay) {
  Start();
  Run(100);
  Install(MotorPackage());
  DesireCascade(1);
  Run(3000);
  EXPECT_EQ(broker->Count("up/infer/motor"), 0u);
  EXPECT_GE(results.size(), 3u);
}

TEST_F(AgentModelTest, WithoutAModelEverythingGoesUp) {
  AgentConfig config = Config();
  config.offload_model = "big";
  Start(config);
  Run(1500);
  const auto request = broker->Last("up/infer/big");
  ASSERT_TRUE(request.has_value());
  EXPECT_TRUE(results.empty());
  AnswerWindow(*request, std::string("\x00\x7F", 2));
  Run(10);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].model, "big");
  EXPECT_EQ(results[0].top_index, 1u);
}

// Times inside are 32 bits of milliseconds.
TEST_F(AgentModelTest, WindowsGoOnWhereTheClockStartsAgain) {
  now = 0xFFFFFFFF - 3500;
  AgentConfig config = Config();
  config.offload_model = "big";
  Start(config);
  for (std::size_t window = 1; window <= 10; ++window) {
    Run(1000);
    const auto request = broker->Last("up/infer/big");
    ASSERT_TRUE(request.has_value());
    if (window <= 5) AnswerWindow(*request, std::string("\x00\x7F", 2));
  }
  EXPECT_EQ(results.size(), 5u);
  EXPECT_EQ(unanswered.size(), 0u);
  Run(2000);
  EXPECT_EQ(unanswered.size(), 2u) << "given up after 5 s";
}

TEST_F(AgentModelTest, AWindowThatIsTooLargeForItsModelGoesUp) {
  AgentConfig config = Config();
  config.pipeline.window_rows = 100;  // the model wants 128
  config.offload_model = "big";
  Start(config);
  Run(100);
  Install(MotorPackage());
  Run(1500);
  EXPECT_GE(broker->Count("up/infer/big"), 1u);
  EXPECT_TRUE(results.empty());
}

TEST_F(AgentModelTest, RefusedAndLateWindowsHaveNoAnswer) {
  AgentConfig config = Config();
  config.offload_model = "big";
  Start(config);
  Run(1500);
  const Sent first = *broker->Last("up/infer/big");
  wire::MqttProperties properties;
  properties.correlation = wire::AsBytes(first.correlation);
  broker->Publish(now, std::string(kRoot) + "down/error", R"({"code":8})", 0, properties);
  Run(10);
  ASSERT_EQ(unanswered.size(), 1u);
  Run(1000);
  const Sent second = *broker->Last("up/infer/big");
  EXPECT_NE(second.correlation, first.correlation);
  Run(5100);
  EXPECT_GE(unanswered.size(), 2u);
  AnswerWindow(second, "\x7F");
  Run(10);
  EXPECT_TRUE(results.empty()) << "too late";
}

TEST_F(AgentModelTest, NotMoreGoesUpThanItCanRemember) {
  AgentConfig config = Config();
  config.offload_model = "big";
  config.sample_interval_ms = 100;
  Start(config);
  Run(4000);
  EXPECT_EQ(broker->Count("up/infer/big"), PendingSamples::kMost);
  EXPECT_GT(agent->counters().messages_lost, 10u);
}

TEST_F(AgentModelTest, With311OneWindowAtATime) {
  AgentConfig config = Config();
  config.offload_model = "big";
  Start(config, wire::MqttVersion::k311);
  Run(3500);
  ASSERT_EQ(broker->Count("up/infer/big"), 1u);
  AnswerWindow(*broker->Last("up/infer/big"), std::string("\x00\x7F", 2));
  Run(1100);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].top_index, 1u);
  ASSERT_EQ(broker->Count("up/infer/big"), 2u);
  Run(6000);
  ASSERT_EQ(unanswered.size(), 1u);
  ASSERT_EQ(broker->Count("up/infer/big"), 3u);
  AnswerWindow(*broker->Last("up/infer/big"), std::string("\x00\x7F", 2));
  EXPECT_EQ(results.size(), 1u) << "the answer of the one that was given up";
}

TEST_F(AgentModelTest, WithoutAConnectionItIsOnItsOwn) {
  Start();
  Run(100);
  Install(MotorPackage());
  DesireCascade(1001);
  broker->accepts = false;
  broker->Break();
  results.clear();
  const std::uint64_t before = agent->counters().cascaded;
  Run(10000);
  EXPECT_EQ(results.size(), 10u);
  EXPECT_EQ(agent->counters().cascaded, before) << "nothing is queued";
}

TEST_F(AgentModelTest, AnotherModelTakesOverWithoutARestart) {
  Start();
  Run(100);
  Install(MotorPackage(1));
  Install(MotorPackage(2), 2);
  EXPECT_EQ(agent->session(), 1u);
  EXPECT_EQ(agent->updater().model()->manifest.version, 2u);
  DesireCascade(1001, "", 2);
  results.clear();
  Run(1100);
  ASSERT_EQ(results.size(), 1u);
  const std::string input = broker->Last("up/infer/motor")->payload;
  EXPECT_EQ(results[0].output, Compute(input, 2));
  EXPECT_NE(results[0].output, Compute(input, 1)) << "the models can be told apart";
  Start();
  Run(2000);
  EXPECT_EQ(agent->updater().model()->manifest.version, 2u) << "behind a reset";
  EXPECT_EQ(flash.violation(), "");
}

TEST_F(AgentModelTest, ContinuousWindowsOverlap) {
  AgentConfig config = Config();
  config.pipeline.is_continuous = true;
  config.sample_interval_ms = 20;  // a window lasts 80 ms
  Start(config);
  Run(100);
  Install(MotorPackage());
  results.clear();
  Run(1000);
  EXPECT_NEAR(static_cast<double>(results.size()), 50, 2);
}

TEST_F(AgentModelTest, WindowsForTheGatewayAreAsItsModelWantsThem) {
  const auto executable = compile::Executable::Open(MotorTfm(), nn::Target::kPortable);
  const nn::Model& model = (*executable)->interpreter().model();
  const Quantisation input = QuantisationOf(model, model.input(0));
  EXPECT_EQ(MotorInput().type, input.type);
  EXPECT_FLOAT_EQ(MotorInput().scale, input.scale);
  EXPECT_EQ(MotorInput().zero_point, input.zero_point);
}

TEST_F(AgentModelTest, TheMotorIsHeard) {
  Start();
  Run(100);
  Install(MotorPackage());
  results.clear();
  Run(30000);
  std::vector<int> right(3), all(3);
  for (const Heard& heard : results) {
    const std::size_t scene = sensor->SceneOf((5000 + heard.sequence * 1000) * 1600 / 1000);
    ++all[scene];
    right[scene] += heard.top_index == scene ? 1 : 0;
  }
  for (std::size_t scene = 0; scene < 3; ++scene) {
    EXPECT_GE(right[scene], all[scene] - 1) << scene;
    EXPECT_GE(all[scene], 8);
  }
}

}  // namespace
}  // namespace tinyfog::node::testing
