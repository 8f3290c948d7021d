#include <gtest/gtest.h>

#include <iostream>

#include "power_cut.h"
#include "update_node.h"

// The power fails at every flash operation of a firmware's update by updater and bootloader, and
// again at every one of what follows. The node always boots the old or the new firmware, keeps its
// model, and gets where it would have come without cuts when the gateway goes on.
namespace tinyfog::node::testing {
namespace {

using boot::testing::MakeImage;
using wire::UpdateReason;
using State = wire::OtaReport::State;

enum class Does { kConfirm, kCrash, kRefuseItself };

struct Scenario {
  const char* name;
  Does does;  ///< the new firmware, once it runs
  std::uint32_t unit;
  std::size_t old_bytes, new_bytes;  ///< of code
  std::uint32_t stride;              ///< of second cuts in the normal suite
  bool is_held = false;              ///< slot B has the new one
  bool has_model = true;             ///< before; else it comes behind the firmware
};

class FirmwarePowerCutTest : public ::testing::TestWithParam<Scenario> {
 protected:
  Gateway GatewayFor(const board::NorFlash& flash) const {
    Gateway gateway;
    gateway.firmware = &two_;
    gateway.model = &model_;
    gateway.flash = &flash;
    return gateway;
  }

  boot::Decision BootNow(board::NorFlash& flash) const {
    return boot::Boot(flash, SmallMap(GetParam().unit).firmware, SealTrust());
  }

  // What the new firmware does while it is tested; false: it resets.
  bool Test(Updater& updater) const {
    if (GetParam().does == Does::kRefuseItself) {
      static_cast<void>(updater.RejectFirmware(UpdateReason::kSelfTest));
      return false;
    }
    return updater.ConfirmFirmware() == Status::kOk;
  }

  static bool HasModel(Updater& updater) {
    return updater.model() != nullptr && updater.model()->manifest.version == 7;
  }

  // One start behind the bootloader, until the node resets (false) or has nothing more to do.
  bool RunOnce(board::NorFlash& flash, bool after_cut) {
    const boot::Decision decision = BootNow(flash);
    version_ = decision.runs ? decision.version.major : 0;
    const bool tests = decision.state.phase == boot::Phase::kTesting;
    if (tests && GetParam().does == Does::kCrash) return false;
    Node node(flash, after_cut);
    if (!flash.has_power() || version_ == 0 || node->Open() != Status::kOk) return true;
    if (node->is_testing_firmware() && !Test(*node)) return false;
    if (GetParam().has_model && !HasModel(*node)) has_lost_model_ = true;
    Gateway gateway = GatewayFor(flash);
    is_served_ = gateway.Serve(*node);
    has_model_ = HasModel(*node);
    told_ = gateway.firmware_told;
    sent_ = gateway.sent;
    return !node->wants_restart();
  }

  bool Live(board::NorFlash& flash, bool after_cut) {
    for (int start = 0; start < 12 && flash.has_power(); ++start) {
      if (RunOnce(flash, after_cut && start == 0)) return flash.has_power();
    }
    if (flash.has_power()) ADD_FAILURE() << "does not settle";
    return flash.has_power();
  }

  bool EndsAsItShould() const {
    switch (GetParam().does) {
      case Does::kConfirm:
        return version_ == 2 && told_.state == State::kDone;
      case Does::kCrash:
        return version_ == 1 && told_.reason == UpdateReason::kReverted;
      case Does::kRefuseItself:
        return version_ == 1 && told_.reason == UpdateReason::kSelfTest;
    }
    return false;
  }

  std::string Settle(board::NorFlash& flash) {
    const boot::Decision decision = BootNow(flash);
    if (!decision.runs) return "nothing boots";
    // That was a start as well: one that had no time to do anything.
    if (!Live(flash, true)) return "does not live";
    if (has_lost_model_ || !has_model_) return "is without its model";
    if (!is_served_ || !EndsAsItShould()) {
      return "ends with version " + std::to_string(version_) + ", " + told_.text;
    }
    const std::uint64_t before = flash.operations();
    const int version = version_;
    if (!Live(flash, false) || version_ != version || !EndsAsItShould()) return "does not stay";
    if (flash.operations() != before || sent_ != 0) return "is not quiet";
    return "";
  }

  board::NorFlash Start(std::uint32_t program) {
    board::NorFlash flash = SmallFlash(program, GetParam().unit);
    const FlashMap map = SmallMap(GetParam().unit);
    boot::testing::Put(flash, map.firmware.slot_a, MakeImage(1, 5, GetParam().old_bytes));
    if (GetParam().is_held) {
      boot::testing::Put(flash, map.firmware.slot_b, MakeImage(2, 6, GetParam().new_bytes));
    }
    EXPECT_TRUE(BootNow(flash).runs);
    if (!GetParam().has_model) return flash;
    Node node(flash);
    Gateway gateway;
    gateway.model = &model_;
    EXPECT_EQ(node->Open(), Status::kOk);
    EXPECT_TRUE(gateway.Serve(*node));
    return flash;
  }

  const Artifact model_ = MakeModel({.version = 7, .bytes = 200});
  const Artifact two_ = MakeFirmware(MakeImage(2, 6, GetParam().new_bytes));
  int version_ = 0;
  bool has_model_ = false;
  bool has_lost_model_ = false;  // ever
  bool is_served_ = false;
  std::uint32_t sent_ = 0;
  Told told_;
};

TEST_P(FirmwarePowerCutTest, OldOrNewFirmwareRunsWhereverThePowerFails) {
  const Life life{[this](board::NorFlash& flash, bool cut) { return Live(flash, cut); },
                  [this](board::NorFlash& flash) { return Settle(flash); }};
  std::uint64_t cuts = 0;
  const auto programs =
      IsLong() ? std::vector<std::uint32_t>{32, 64} : std::vector<std::uint32_t>{64};
  for (const std::uint32_t program : programs) {
    const board::NorFlash start = Start(program);
    const std::uint32_t seed = DrawSeed();
    const std::uint32_t stride = IsLong() ? (GetParam().stride + 19) / 20 : GetParam().stride;
    std::cout << GetParam().name << ": units of " << program << " bytes, every " << stride
              << ". second cut, TINYFOG_SEED=" << seed << "\n";
    cuts += CutEverywhere(start, life, {.seed = seed, .stride = stride, .thrice = IsLong()});
    if (HasFailure()) break;
  }
  std::cout << GetParam().name << ": " << cuts << " cuts\n";
}

INSTANTIATE_TEST_SUITE_P(
    Update, FirmwarePowerCutTest,
    ::testing::Values(Scenario{"confirmed", Does::kConfirm, 1024, 600, 700, 1},
                      Scenario{"crashes", Does::kCrash, 1024, 700, 600, 1},
                      Scenario{"refuses_itself", Does::kRefuseItself, 1024, 100, 600, 1},
                      Scenario{"held", Does::kConfirm, 1024, 700, 600, 1, true},
                      Scenario{"model_too", Does::kConfirm, 1024, 100, 100, 1, false, false},
                      Scenario{"two_chunks", Does::kConfirm, 4096, 300, 4000, 40}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace tinyfog::node::testing
