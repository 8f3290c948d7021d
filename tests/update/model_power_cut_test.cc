#include <gtest/gtest.h>

#include <iostream>

#include "power_cut.h"
#include "test_packages.h"
#include "update_node.h"

// The power fails at every flash operation of a model's update, and again at every one of what
// follows. Whenever the node starts it has a verified model, if it had one: the old or the new one;
// and when the gateway goes on, it gets where it would have come without cuts.
namespace tinyfog::node::testing {
namespace {

using State = wire::OtaReport::State;

struct Scenario {
  const char* name;
  std::vector<std::uint32_t> before;  ///< versions that were installed one after the other
  std::uint32_t desired;
  bool is_broken;        ///< the active one, before the power fails for the first time
  bool is_liar;          ///< the gateway publishes another chunk under the digest
  bool is_shorter;       ///< one chunk
  bool is_real = false;  ///< packages with real signatures, else seals
};

class ModelPowerCutTest : public ::testing::TestWithParam<Scenario> {
 protected:
  ModelPowerCutTest() {
    for (std::uint32_t version = 1; version <= 3; ++version) {
      const auto fill = static_cast<std::uint8_t>(version);
      const std::uint32_t bytes = GetParam().is_shorter ? 200 : 4096 + 40;
      const ModelOptions options{
          .version = version, .bytes = bytes, .fill = fill, .is_coded = version == 2};
      models_.push_back(GetParam().is_real ? MakePackage(options) : MakeModel(options));
      files_.push_back(MakeTfm(fill, bytes));
    }
  }

  const Artifact& Model(std::uint32_t version) const { return models_[version - 1]; }

  Gateway GatewayFor(const board::NorFlash& flash) const {
    Gateway gateway;
    gateway.model = GetParam().is_liar ? &lie_ : &Model(GetParam().desired);
    gateway.flash = &flash;
    return gateway;
  }

  bool Live(board::NorFlash& flash) const {
    Node node(flash);
    if (node->Open() != Status::kOk) return false;
    Gateway gateway = GatewayFor(flash);
    static_cast<void>(gateway.Serve(*node));
    return flash.has_power();
  }

  // The version that runs, if it is what it should be, byte for byte; 0: none.
  std::uint32_t Runs(Updater& updater) const {
    if (updater.model() == nullptr) return 0;
    const std::uint32_t version = updater.model()->manifest.version;
    if (version < 1 || version > 3) return 99;
    const auto tfm = updater.model()->tfm;
    const bool same =
        std::equal(tfm.begin(), tfm.end(), files_[version - 1].begin(), files_[version - 1].end());
    return same ? version : 99;
  }

  // Whether a version may run at a start somewhere in the middle.
  bool MayRun(std::uint32_t version) const {
    const Scenario& s = GetParam();
    const std::size_t installed = s.before.size();
    if (version == s.desired && !s.is_liar) return true;
    // A broken active model leaves the one before it, until that makes room.
    if (s.is_broken) return version == (installed > 1 ? s.before[installed - 2] : 0);
    return version == (installed > 0 ? s.before.back() : 0);
  }

  std::string Settle(board::NorFlash& flash) const {
    const std::uint32_t end = GetParam().is_liar ? GetParam().before.back() : GetParam().desired;
    {
      Node node(flash);
      if (node->Open() != Status::kOk) return "does not open";
      if (!MayRun(Runs(*node))) return "starts with model " + std::to_string(Runs(*node));
      Gateway gateway = GatewayFor(flash);
      if (!gateway.Serve(*node)) return "does not settle";
      if (gateway.model_told.state != (GetParam().is_liar ? State::kRefused : State::kDone)) {
        return "ends with " + gateway.model_told.text;
      }
      if (Runs(*node) != end) return "ends with model " + std::to_string(Runs(*node));
    }
    // Once more, without news.
    Node node(flash);
    const std::uint64_t before = flash.operations();
    Gateway gateway = GatewayFor(flash);
    if (node->Open() != Status::kOk || !gateway.Serve(*node)) return "does not open again";
    if (Runs(*node) != end) return "keeps model " + std::to_string(Runs(*node));
    if (flash.operations() != before || gateway.sent != 0) return "is not quiet";
    return "";
  }

  board::NorFlash Start(std::uint32_t program) {
    board::NorFlash flash = SmallFlash(program);
    for (const std::uint32_t version : GetParam().before) {
      Node node(flash);
      Gateway gateway;
      gateway.model = &Model(version);
      EXPECT_EQ(node->Open(), Status::kOk);
      EXPECT_TRUE(gateway.Serve(*node));
      EXPECT_EQ(Runs(*node), version);
    }
    if (GetParam().is_broken) {
      Node node(flash);
      EXPECT_EQ(node->Open(), Status::kOk);
      const std::uint32_t slot = SmallMap().model_slots[node->model()->slot];
      EXPECT_EQ(flash.Erase(slot + wire::kChunkBytes), Status::kOk);
    }
    lie_ = Model(GetParam().desired);
    lie_.chunks[0][100] ^= 1;
    return flash;
  }

  std::vector<Artifact> models_;
  std::vector<Buffer> files_;
  Artifact lie_{};
};

TEST_P(ModelPowerCutTest, OldOrNewModelRunsWhereverThePowerFails) {
  const Life life{[this](board::NorFlash& flash, bool) { return Live(flash); },
                  [this](board::NorFlash& flash) { return Settle(flash); }};
  std::uint64_t cuts = 0;
  const auto programs =
      IsLong() ? std::vector<std::uint32_t>{16, 32, 64} : std::vector<std::uint32_t>{64};
  for (const std::uint32_t program : programs) {
    const board::NorFlash start = Start(program);
    const std::uint32_t seed = DrawSeed();
    std::cout << GetParam().name << ": units of " << program << " bytes, TINYFOG_SEED=" << seed
              << "\n";
    cuts += CutEverywhere(start, life, {.seed = seed, .thrice = IsLong()});
    if (HasFailure()) break;
  }
  std::cout << GetParam().name << ": " << cuts << " cuts\n";
}

INSTANTIATE_TEST_SUITE_P(Update, ModelPowerCutTest,
                         ::testing::Values(Scenario{"first", {}, 1, false, false, false},
                                           Scenario{"second", {1}, 2, false, false, true},
                                           Scenario{"third", {1, 2}, 3, false, false, false},
                                           Scenario{"real", {1}, 2, false, false, true, true},
                                           Scenario{"back", {1, 2}, 1, false, false, true},
                                           Scenario{"fall_back", {1, 2}, 2, true, false, true},
                                           Scenario{"fall_back_to_none", {1}, 1, true, false, true},
                                           Scenario{"refused", {1}, 2, false, true, true}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace tinyfog::node::testing
