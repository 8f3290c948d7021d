#include <gmock/gmock.h>

#include <cstdlib>
#include <random>
#include <thread>

#include "gateway_for_test.h"

// Boards whose power fails at any moment while the gateway updates them.
namespace tinyfog::testing {
namespace {

class BoardGatewayPowerTest : public BoardGatewayTest {
 protected:
  // A model that takes a while, where there is one.
  std::filesystem::path LargeModel(int version) {
    const auto shared = SharedFolder();
    const auto file = shared ? *shared / "models/ad_int8.tflite" : std::filesystem::path();
    return shared && std::filesystem::exists(file) ? Model(version, {}, file) : Model(version);
  }

  // Cuts the power at random moments of an update, at most `most` times, until the operator's
  // command has ended well. Returns how often.
  int UpdateWithCuts(const std::vector<std::string>& wish, int most, std::mt19937& random) {
    std::vector<std::string> arguments = {"node", "set", "node-1", "--wait"};
    arguments.insert(arguments.end(), wish.begin(), wish.end());
    Process set(CtlCommand(gateway_, arguments));
    int cuts = 0;
    const auto ends_within = [&](std::chrono::milliseconds time) {
      const auto end = std::chrono::steady_clock::now() + time;
      while (set.running() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
      return !set.running();
    };
    std::uniform_int_distribution moment(0, 3000);
    while (cuts < most && !ends_within(std::chrono::milliseconds(moment(random)))) {
      board_->Kill();
      board_->Start();
      ++cuts;
    }
    EXPECT_EQ(set.Wait(std::chrono::seconds(240)), 0) << wish[1] << ": " << set.Errors();
    return cuts;
  }
};

TEST_P(BoardGatewayPowerTest, EveryUpdateCompletesWheneverThePowerFails) {
  const char* given = std::getenv("TINYFOG_SEED");
  const unsigned seed = given != nullptr ? static_cast<unsigned>(std::stoul(given)) : 6u;
  const int wanted = std::getenv("TINYFOG_LONG") != nullptr ? 200 : 20;
  std::mt19937 random(seed);
  int cuts = 0, updates = 0;
  while (cuts < wanted && !HasFailure()) {
    const int version = 2 + updates / 2;
    if (updates++ % 2 == 0) {
      // Another program each time, so that nothing of the image is there yet.
      const std::string firmware = std::to_string(version) + ".0.0";
      Push(Firmware(firmware, 1, version % 2 == 0 ? "node_misbehaves" : "node"));
      cuts += UpdateWithCuts({"--firmware", firmware}, std::min(4, wanted - cuts), random);
      EXPECT_TRUE(Becomes("firmware", firmware));
      EXPECT_EQ(Field("firmware_confirmed"), "true");
    } else {
      Push(LargeModel(version));
      const std::string model = "motor@" + std::to_string(version);
      cuts += UpdateWithCuts({"--model", model}, std::min(4, wanted - cuts), random);
      EXPECT_THAT(Field("models"), ::testing::HasSubstr("\"version\":" + std::to_string(version)));
    }
  }
  std::printf("TINYFOG_SEED=%u: %d power cuts in %d updates\n", seed, cuts, updates);
  EXPECT_EQ(gateway_.Metric("tinyfog_fleet_updates_total", R"(outcome="refused")"), 0);
}

INSTANTIATE_TEST_SUITE_P(Cores, BoardGatewayPowerTest, ::testing::Values("cortex-m4", "cortex-m55"),
                         [](const auto& info) { return std::string(info.param).substr(7); });

}  // namespace
}  // namespace tinyfog::testing
