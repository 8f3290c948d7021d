#include "marker.h"
#include "program.h"

// Sequences with known counts and cycles, each between a pair of markers: what counts is checked
// against them (tests/bench/cortex_m/plugin_test.py). Every one is called alike, so that the first,
// which does nothing, says what the call costs. r0 is a table whose third word holds its address.
namespace tinyfog::board {
namespace {

#define SEQUENCE(name, text) \
  [[gnu::naked, gnu::noinline]] void name(void*) { asm volatile(text "\n bx lr"); }

SEQUENCE(Nothing, "")
SEQUENCE(LoadLoad, "ldr r1, [r0]\n ldr r2, [r0]")
SEQUENCE(LoadStore, "ldr r1, [r0]\n str r1, [r0, #20]")
SEQUENCE(LoadStoreRegister, "movs r3, #20\n ldr r1, [r0]\n str r1, [r0, r3]")
SEQUENCE(ThreeLoads, "ldr r1, [r0]\n ldr r2, [r0]\n ldr r3, [r0, #4]")
SEQUENCE(DependentLoads, "ldr r1, [r0, #8]\n ldr r2, [r1]")
SEQUENCE(StoreLoad, "str r1, [r0]\n ldr r2, [r0]")
SEQUENCE(LoadMultiple, "ldm r0, {r1, r2, r3}")
SEQUENCE(LoadDouble, "ldrd r1, r2, [r0]")
SEQUENCE(Divide, "udiv r1, r0, r0")
SEQUENCE(Unaligned, "ldr r1, [r0, #1]")
SEQUENCE(ShortLoop, "movs r1, #10\n 1: subs r1, #1\n bne 1b")
SEQUENCE(LongLoop, "ldr r1, =1000000\n 1: subs r1, #1\n bne 1b")

constexpr void (*kSequences[])(void*) = {
    Nothing,      LoadLoad,   LoadStore, LoadStoreRegister, ThreeLoads, DependentLoads, StoreLoad,
    LoadMultiple, LoadDouble, Divide,    Unaligned,         ShortLoop,  LongLoop};

}  // namespace

std::int32_t Main() {
  static void* table[16];
  for (const auto sequence : kSequences) {
    table[2] = table;
    MarkBegin();
    sequence(table);
    MarkEnd();
  }
  return 0;
}

}  // namespace tinyfog::board
