#include "nor_flash.h"

#include <gtest/gtest.h>

#include <array>

namespace tinyfog::board {
namespace {

constexpr hal::FlashGeometry kSmall{1024, 256, 16};
using Unit = std::array<std::uint8_t, 16>;

Unit Filled(std::uint8_t byte) {
  Unit unit;
  unit.fill(byte);
  return unit;
}
Unit ReadUnit(NorFlash& flash, std::uint32_t offset) {
  Unit unit;
  EXPECT_EQ(flash.Read(offset, unit), Status::kOk);
  return unit;
}

TEST(NorFlash, ProgramsOnceBetweenErasures) {
  NorFlash flash(kSmall);
  EXPECT_EQ(flash.Program(16, Filled(0xA5)), Status::kOk);
  EXPECT_EQ(ReadUnit(flash, 16), Filled(0xA5));
  EXPECT_EQ(ReadUnit(flash, 32), Filled(0xFF));
  EXPECT_EQ(flash.violation(), "");
  EXPECT_EQ(flash.Program(16, Filled(0xA5)), Status::kFailedPrecondition);
  EXPECT_EQ(flash.violation(), "programming of a unit that is not erased at 16");
  EXPECT_EQ(flash.Erase(0), Status::kOk);
  EXPECT_EQ(flash.Program(16, Filled(1)), Status::kOk);
  EXPECT_EQ(flash.wear(16), 1u);
  EXPECT_EQ(flash.wear(256), 0u);
}

TEST(NorFlash, RefusesPartsOfUnitsAndPlacesBehindTheEnd) {
  for (const auto& breach :
       {+[](NorFlash& f) { return f.Program(8, Filled(0)); },
        +[](NorFlash& f) { return f.Program(1024, Filled(0)); },
        +[](NorFlash& f) { return f.Erase(16); }, +[](NorFlash& f) { return f.Erase(1024); },
        +[](NorFlash& f) {
          Unit unit;
          return f.Read(1020, unit);
        }}) {
    NorFlash flash(kSmall);
    EXPECT_NE(breach(flash), Status::kOk);
    EXPECT_NE(flash.violation(), "");
  }
}

TEST(NorFlash, CutProgrammingTearsTheUnitAndIsNotRepeatedWithoutErasing) {
  int none = 0, all = 0, some = 0;
  for (std::uint32_t seed = 1; seed <= 64; ++seed) {
    NorFlash flash(kSmall);
    flash.CutAfter(1, seed);
    std::array<std::uint8_t, 48> three{};
    EXPECT_EQ(flash.Program(0, three), Status::kUnavailable);
    EXPECT_FALSE(flash.has_power());
    EXPECT_EQ(flash.Erase(0), Status::kUnavailable);
    flash.PowerUp();
    EXPECT_EQ(ReadUnit(flash, 0), Filled(0));
    EXPECT_EQ(ReadUnit(flash, 32), Filled(0xFF));
    const Unit torn = ReadUnit(flash, 16);
    ++(torn == Filled(0xFF) ? none : torn == Filled(0) ? all : some);
    EXPECT_EQ(flash.violation(), "");
    EXPECT_EQ(flash.Program(16, Filled(0)), Status::kFailedPrecondition);
  }
  EXPECT_GT(none, 0);
  EXPECT_GT(all, 0);
  EXPECT_GT(some, 0);
}

TEST(NorFlash, CutErasingLeavesUnitsThatMustBeErasedAgain) {
  NorFlash flash(kSmall);
  EXPECT_EQ(flash.Program(0, Filled(0)), Status::kOk);
  flash.CutAfter(0, 3);
  EXPECT_EQ(flash.Erase(0), Status::kUnavailable);
  flash.PowerUp();
  EXPECT_EQ(flash.Program(64, Filled(0)), Status::kFailedPrecondition);
  EXPECT_EQ(flash.Erase(0), Status::kOk);
  EXPECT_EQ(flash.Program(64, Filled(0)), Status::kOk);
  EXPECT_EQ(flash.operations(), 4u);
}

}  // namespace
}  // namespace tinyfog::board
