#include "bench.h"

#include "marker.h"
#include "print.h"
#include "program.h"
#include "tinyfog/base/crc32.h"

// Sets a model up between one pair of markers and runs it for seed 1 between a second pair, then
// for seed 2. The output's CRCs say that it computed the right thing.
namespace tinyfog::board {
namespace {

void Fill(std::span<std::uint8_t> input, std::uint32_t seed) {
  std::uint32_t x = seed;
  for (std::uint8_t& byte : input) {
    x = x * 1664525u + 1013904223u;
    byte = static_cast<std::uint8_t>(x >> 24);
  }
}

}  // namespace

std::int32_t Main() {
  PaintStack();
  MarkBegin();
  const bool ready = bench::Setup();
  MarkEnd();
  if (!ready) {
    Print("the model is refused\n");
    return 1;
  }
  Fill(bench::Input(), 1);
  MarkBegin();
  bench::Run();
  MarkEnd();
  const std::uint32_t stack = StackBytes();
  Print("seed 1 crc ", Hex{Crc32(bench::Output())}, "\n");
  Fill(bench::Input(), 2);
  bench::Run();
  Print("seed 2 crc ", Hex{Crc32(bench::Output())}, "\n");
  Print("arena_bytes ", bench::ArenaBytes(), "\nstack_bytes ", stack, "\n");
  return 0;
}

}  // namespace tinyfog::board
