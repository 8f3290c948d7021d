#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>

#include "boot_node.h"

// The power fails at every flash operation of an update, and again at every operation of the
// recovery.
namespace tinyfog::boot::testing {
namespace {

struct Scenario {
  const char* name;
  std::size_t old_bytes, new_bytes;  // of code
  bool permanent;
  bool confirms;  // whether the new firmware works
};

bool IsLong() { return std::getenv("TINYFOG_LONG") != nullptr; }

// Printed with each run; TINYFOG_SEED repeats one.
std::uint32_t Seed() {
  const char* text = std::getenv("TINYFOG_SEED");
  return text != nullptr ? static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10))
                         : std::random_device{}();
}

class PowerCutTest : public ::testing::TestWithParam<Scenario> {
 protected:
  static constexpr std::uint32_t kUnit = 256, kUnits = 4;
  const Layout layout_ = MakeLayout(kUnit, kUnits);
  std::uint64_t cuts_ = 0;

  // Runs a node until it has settled; false when the power fails. What it does depends on the
  // flash alone, as behind a real reset. `asks`: the old firmware asks for the update.
  bool Live(board::NorFlash& flash, bool asks) {
    for (int boot = 0; boot < 8; ++boot) {
      last_ = Boot(flash, layout_, TestTrust());
      if (!flash.has_power()) return false;
      if (!last_.runs) return true;
      if (last_.version.major == 1 && asks) {
        asks = false;
        static_cast<void>(RequestUpdate(flash, layout_, GetParam().permanent));
      } else if (last_.state.phase == Phase::kTesting) {
        if (GetParam().confirms) static_cast<void>(ConfirmUpdate(flash, layout_));
      } else {
        return true;
      }
      if (!flash.has_power()) return false;
    }
    ADD_FAILURE() << "does not settle";
    return true;
  }

  // Goes on after cuts, to the end; whether one of the images runs, as it may.
  bool Settles(board::NorFlash& flash) {
    flash.PowerUp();
    Live(flash, false);
    const int version = last_.runs ? last_.version.major : 0;
    const bool may_be_new = GetParam().confirms || GetParam().permanent;
    const bool good = version == 1 || (version == 2 && may_be_new);
    const std::uint64_t before = flash.operations();
    const Decision again = Boot(flash, layout_, TestTrust());
    return good && flash.violation().empty() && again.state.phase == Phase::kIdle &&
           again.version == last_.version && flash.operations() == before;
  }

  board::NorFlash Start(std::uint32_t program) {
    board::NorFlash flash = MakeFlash(program, kUnit, kUnits);
    Put(flash, layout_.slot_a, MakeImage(1, 5, GetParam().old_bytes));
    Put(flash, layout_.slot_b, MakeImage(2, 6, GetParam().new_bytes));
    return flash;
  }

  // All first cuts times all second cuts; a third at a place drawn from the seed when `thrice`.
  bool CutEverywhere(const board::NorFlash& start, std::uint32_t seed, bool thrice) {
    for (std::uint64_t first = 0;; ++first) {
      board::NorFlash once = start;
      once.CutAfter(first, seed + static_cast<std::uint32_t>(first));
      if (Live(once, true)) {
        EXPECT_EQ(once.violation(), "");
        return true;
      }
      ++cuts_;
      for (std::uint64_t second = 0;; ++second) {
        board::NorFlash twice = once;
        twice.PowerUp();
        twice.CutAfter(second, seed + static_cast<std::uint32_t>(first * 7919 + second));
        const bool is_whole = Live(twice, false);
        cuts_ += is_whole ? 0 : 1;
        if (!is_whole && thrice) {
          twice.PowerUp();
          twice.CutAfter((seed + first * 31 + second * 17) % (second + 40), seed ^ 0x5EED);
          cuts_ += Live(twice, false) ? 0 : 1;
        }
        if (!Settles(twice)) {
          ADD_FAILURE() << "seed " << seed << ", first cut " << first << ", second " << second
                        << ": runs " << last_.runs << " version " << int{last_.version.major}
                        << ", phase " << static_cast<int>(last_.state.phase) << ", "
                        << twice.violation();
          return false;
        }
        if (is_whole) break;
      }
    }
  }

  Decision last_;
};

TEST_P(PowerCutTest, OldOrNewImageBootsWhereverThePowerFails) {
  const std::uint32_t seeds = IsLong() ? 4 : 1;
  for (const std::uint32_t program :
       IsLong() ? std::vector<std::uint32_t>{8, 16, 32, 64} : std::vector<std::uint32_t>{32}) {
    const board::NorFlash start = Start(program);
    for (std::uint32_t i = 0; i < seeds; ++i) {
      const std::uint32_t seed = Seed();
      std::cout << GetParam().name << ": units of " << program << " bytes, seed of torn writes "
                << seed << "\n";
      if (!CutEverywhere(start, seed, IsLong())) return;
    }
  }
  std::cout << GetParam().name << ": " << cuts_ << " cuts\n";
}

TEST_P(PowerCutTest, WithoutCutsItEndsAsItShould) {
  board::NorFlash flash = Start(16);
  ASSERT_TRUE(Live(flash, true));
  const bool stays = GetParam().confirms || GetParam().permanent;
  EXPECT_EQ(last_.version.major, stays ? 2 : 1);
  EXPECT_EQ(last_.state.counter, stays ? 6u : 5u);
  EXPECT_EQ(flash.violation(), "");
}

INSTANTIATE_TEST_SUITE_P(Boot, PowerCutTest,
                         ::testing::Values(Scenario{"confirmed", 500, 400, false, true},
                                           Scenario{"reverted", 400, 500, false, false},
                                           Scenario{"reverted_small", 600, 100, false, false},
                                           Scenario{"permanent", 100, 600, true, false}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace tinyfog::boot::testing
