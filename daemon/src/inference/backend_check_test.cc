#include "backend_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "instance.h"
#include "serving.h"
#include "test_models.h"
#include "tinyfog/tflite/model.h"

namespace tinyfog::inference {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// The real engine, but networks with a layer on `liar` have one bit of each answer wrong.
class LyingEngine final : public Engine {
 public:
  LyingEngine(std::shared_ptr<Engine> real, std::string liar)
      : real_(std::move(real)), liar_(std::move(liar)) {}

  Outcome<std::unique_ptr<Network>> Load(const std::vector<std::uint8_t>& file,
                                         const Signature& signature,
                                         const LoadOptions& options) override {
    auto network = real_->Load(file, signature, options);
    if (!network.ok() || liar_.empty()) return network;
    for (const auto& layer : (*network)->Placement()) {
      if (layer.backend == liar_) {
        return std::unique_ptr<Network>(std::make_unique<Liar>(std::move(*network)));
      }
    }
    return network;
  }
  EngineInfo Info() const override { return real_->Info(); }
  void Reform() { liar_.clear(); }

 private:
  class Liar final : public Network {
   public:
    explicit Liar(std::unique_ptr<Network> honest) : honest_(std::move(honest)) {}
    Outcome<void> Run(std::span<const std::uint8_t* const> inputs,
                      std::span<std::uint8_t* const> outputs, std::uint32_t rows) override {
      auto result = honest_->Run(inputs, outputs, rows);
      outputs[0][0] ^= 0x40;  // of floats the mantissa's lowest byte
      outputs[0][3] ^= 0x40;
      return result;
    }
    std::uint32_t max_rows() const override { return honest_->max_rows(); }
    std::vector<LayerPlacement> Placement() const override { return honest_->Placement(); }

   private:
    const std::unique_ptr<Network> honest_;
  };

  const std::shared_ptr<Engine> real_;  // shared: as CreateEngine gives it
  std::string liar_;
};

class BackendCheckTest : public ::testing::Test {
 protected:
  static std::shared_ptr<Engine> RealEngine(const std::vector<std::string>& backends) {
    auto engine = CreateEngine(backends);
    EXPECT_TRUE(engine.ok()) << engine.error().message;
    return engine.ok() ? *engine : nullptr;
  }
  static ModelFile Open(const std::vector<std::uint8_t>& bytes) {
    auto file = OpenModel(bytes);
    EXPECT_TRUE(file.ok()) << file.error().message;
    return file.ok() ? std::move(*file) : ModelFile();
  }
  static ModelFile Demo() {
    return Open(testing::ReadAll(std::string(TINYFOG_SOURCE_DIR) +
                                 "/fleet/demo/models/motor/1/model.tflite"));
  }
};

/// INT8 "a" [1,8] -> ADD -> DIV by constants, which the runtime has no kernel for -> SUB -> "out".
std::vector<std::uint8_t> DividingModel() {
  using namespace tflite;
  auto model = testing::SumAndDifference();
  SubGraphT& graph = *model->subgraphs[0];
  const auto quantize = [](TensorT& tensor, float scale) {
    tensor.type = TensorType::INT8;
    tensor.shape = {1, 8};
    tensor.quantization = std::make_unique<QuantizationParametersT>();
    tensor.quantization->scale = {scale};
    tensor.quantization->zero_point = {0};
  };
  for (auto& tensor : graph.tensors) quantize(*tensor, 0.5f);
  for (const char* name : {"divisor", "quotient"}) {
    graph.tensors.push_back(std::make_unique<TensorT>());
    graph.tensors.back()->name = name;
    quantize(*graph.tensors.back(), 0.5f);
  }
  graph.tensors[4]->buffer = static_cast<std::uint32_t>(model->buffers.size());
  model->buffers.push_back(std::make_unique<BufferT>());
  model->buffers.back()->data.assign(8, 4);
  auto code = std::make_unique<OperatorCodeT>();
  code->builtin_code = BuiltinOperator::DIV;
  code->deprecated_builtin_code = static_cast<std::int8_t>(BuiltinOperator::DIV);
  auto divide = std::make_unique<OperatorT>();
  divide->opcode_index = static_cast<std::uint32_t>(model->operator_codes.size());
  divide->inputs = {2, 4};
  divide->outputs = {5};
  divide->builtin_options.Set(DivOptionsT());
  model->operator_codes.push_back(std::move(code));
  graph.operators[1]->inputs = {5, 0};
  graph.operators.insert(graph.operators.begin() + 1, std::move(divide));
  graph.outputs = {3};
  return Serialize(*model);
}

TEST_F(BackendCheckTest, PartsThatTheRuntimeLacksRunElsewhere) {
  const auto engine = RealEngine({"CpuTiny", "CpuRef"});
  const auto file = Open(DividingModel());
  ASSERT_FALSE(file.only_tiny) << file.only_tiny->message;
  const auto choice = ChooseBackends(file, *engine);
  ASSERT_TRUE(choice.ok()) << choice.error().message;
  EXPECT_TRUE(choice->quarantined.empty()) << choice->quarantined[0].reason;
  std::map<std::string, int> layers;
  for (const auto& layer : choice->network->Placement()) ++layers[layer.backend];
  EXPECT_GE(layers["CpuTiny"], 2);
  EXPECT_GE(layers["CpuRef"], 1);
  const auto instance = Instance::Create(file, *engine, {choice->backends});
  ASSERT_TRUE(instance.ok()) << instance.error().message;
  const std::vector<std::uint8_t> a(8, 6), b(8, 2);
  std::vector<std::uint8_t> out(8);
  ASSERT_TRUE((*instance)->Run(1, {a.data(), b.data()}, {out.data()}).ok());
  EXPECT_EQ(out, std::vector<std::uint8_t>(8, static_cast<std::uint8_t>(-2)));  // 4 / 2 - 3 = -1
}

TEST_F(BackendCheckTest, AnHonestBackendServes) {
  const auto engine = RealEngine({"CpuTiny", "CpuRef"});
  const auto file = Demo();
  const auto choice = ChooseBackends(file, *engine);
  ASSERT_TRUE(choice.ok()) << choice.error().message;
  EXPECT_THAT(choice->backends, ElementsAre("CpuTiny", "CpuRef"));
  EXPECT_TRUE(choice->quarantined.empty());
  EXPECT_THAT(choice->checks,
              ElementsAre(HasSubstr("portable kernels: 0 of"), HasSubstr("CpuRef: 0 of")));
  for (const auto& layer : choice->network->Placement()) EXPECT_EQ(layer.backend, "CpuTiny");
  double share = 0;
  for (const auto& layer : choice->network->Profile()) share += layer.share.value_or(0);
  EXPECT_NEAR(share, 1.0, 1e-6);
}

TEST_F(BackendCheckTest, APlanThatArmNnMadeRunsDirectlyToo) {
  const auto armnn = CreateArmnnEngine({"CpuTiny", "CpuRef"});
  ASSERT_TRUE(armnn.ok()) << armnn.error().message;
  const auto file = Demo();
  const auto choice = ChooseBackends(file, **armnn);
  ASSERT_TRUE(choice.ok()) << choice.error().message;
  EXPECT_TRUE(choice->quarantined.empty()) << choice->quarantined[0].reason;
  EXPECT_GT(choice->network->max_rows(), 1000u);
  EXPECT_THAT(choice->network->Execution(), HasSubstr("directly"));
}

TEST_F(BackendCheckTest, ALiarIsLeftOut) {
  LyingEngine engine(RealEngine({"CpuTiny", "CpuRef"}), "CpuTiny");
  for (const auto& file : {Demo(), Open(testing::SumAndDifferenceFile())}) {
    const auto choice = ChooseBackends(file, engine);
    ASSERT_TRUE(choice.ok()) << choice.error().message;
    EXPECT_THAT(choice->backends, ElementsAre("CpuRef"));
    ASSERT_EQ(choice->quarantined.size(), 1u);
    EXPECT_EQ(choice->quarantined[0].backend, "CpuTiny");
    EXPECT_THAT(choice->quarantined[0].reason, HasSubstr("too far off"));
    for (const auto& layer : choice->network->Placement()) EXPECT_EQ(layer.backend, "CpuRef");
  }
}

TEST_F(BackendCheckTest, ALiarWithoutAnotherIsRefused) {
  LyingEngine engine(RealEngine({"CpuTiny"}), "CpuTiny");
  const auto file = Demo();
  const auto choice = ChooseBackends(file, engine);
  ASSERT_FALSE(choice.ok());
  EXPECT_EQ(choice.error().code, Status::kFailedPrecondition);
  EXPECT_THAT(choice.error().message, HasSubstr("CpuTiny answers wrongly"));
}

TEST_F(BackendCheckTest, TheLastResortIsNotJudged) {
  LyingEngine engine(RealEngine({"CpuRef"}), "CpuRef");
  const auto file = Demo();
  const auto choice = ChooseBackends(file, engine);
  ASSERT_TRUE(choice.ok());
  EXPECT_THAT(choice->backends, ElementsAre("CpuRef"));
  EXPECT_TRUE(choice->checks.empty());
}

TEST_F(BackendCheckTest, QuarantineIsVisibleAndEnds) {
  testing::TemporaryRepository repository;
  repository.Add("pair", 1, testing::SumAndDifferenceFile());
  const auto metrics = metrics::Registry::Create();
  const auto events = events::EventBus::Create();
  // Shared: as CreateServer takes it.
  const auto engine = std::make_shared<LyingEngine>(RealEngine({"CpuTiny", "CpuRef"}), "CpuTiny");
  ServerOptions options;
  options.repository = repository.path();
  auto server = CreateServer(options, engine, *metrics, *events);
  ASSERT_TRUE(server.ok()) << server.error().message;
  auto description = (*server)->Describe("pair", 0);
  ASSERT_TRUE(description.ok());
  ASSERT_EQ(description->quarantined.size(), 1u);
  EXPECT_EQ(description->execution, "Arm NN");
  const std::string gauge = "tinyfog_backend_quarantined{backend=\"CpuTiny\",model=\"pair\"} ";
  EXPECT_THAT(metrics->Expose(), HasSubstr(gauge + "1"));
  engine->Reform();
  ASSERT_TRUE((*server)->Load("pair").ok());
  description = (*server)->Describe("pair", 0);
  ASSERT_TRUE(description.ok());
  EXPECT_TRUE(description->quarantined.empty());
  EXPECT_THAT(description->execution, HasSubstr("directly"));
  EXPECT_THAT(metrics->Expose(), HasSubstr(gauge + "0"));
}

}  // namespace
}  // namespace tinyfog::inference
