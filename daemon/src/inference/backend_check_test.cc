#include "backend_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "instance.h"
#include "serving.h"
#include "test_models.h"

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
                                         const std::vector<std::string>& backends) override {
    auto network = real_->Load(file, signature, backends);
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
