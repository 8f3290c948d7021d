#include "power_cut.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

namespace tinyfog::node::testing {
namespace {

class Run {
 public:
  Run(const Life& life, const Cuts& cuts) : life_(life), cuts_(cuts) {}

  // False: a failure was reported.
  bool CutTwice(const board::NorFlash& once, std::uint64_t first) {
    // The places without a second cut differ from one first cut to the next.
    for (std::uint64_t second = first % cuts_.stride;; second += cuts_.stride) {
      board::NorFlash flash = once;
      flash.PowerUp();
      flash.CutAfter(second, cuts_.seed + static_cast<std::uint32_t>(first * 7919 + second));
      const bool is_whole = life_.live(flash, true);
      count += is_whole ? 0 : 1;
      if (!is_whole && cuts_.thrice) {
        flash.PowerUp();
        flash.CutAfter((cuts_.seed + first * 31 + second * 17) % (second + 40), ~cuts_.seed);
        count += life_.live(flash, true) ? 0 : 1;
      }
      flash.PowerUp();
      if (!Settles(flash, first, second)) return false;
      if (is_whole) return true;
    }
  }

  std::uint64_t count = 0;

 private:
  bool Settles(board::NorFlash& flash, std::uint64_t first, std::uint64_t second) {
    std::string wrong = life_.settle(flash);
    if (wrong.empty()) wrong = flash.violation();
    if (wrong.empty()) return true;
    ADD_FAILURE() << wrong << ": TINYFOG_SEED=" << cuts_.seed << ", first cut " << first
                  << ", second " << second;
    return false;
  }

  const Life& life_;
  const Cuts& cuts_;
};

}  // namespace

std::uint64_t CutEverywhere(const board::NorFlash& start, const Life& life, const Cuts& cuts) {
  Run run(life, cuts);
  for (std::uint64_t first = 0;; ++first) {
    board::NorFlash once = start;
    once.CutAfter(first, cuts.seed + static_cast<std::uint32_t>(first));
    if (life.live(once, false)) {
      EXPECT_EQ(once.violation(), "");
      return run.count;
    }
    ++run.count;
    if (!run.CutTwice(once, first)) return run.count;
  }
}

bool IsLong() { return std::getenv("TINYFOG_LONG") != nullptr; }

std::uint32_t DrawSeed() {
  const char* text = std::getenv("TINYFOG_SEED");
  return text != nullptr ? static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10))
                         : std::random_device{}();
}

}  // namespace tinyfog::node::testing
