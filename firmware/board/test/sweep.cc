#include "sweep.h"

#include <cstring>

#include "print.h"

namespace tinyfog::board {
namespace {

constexpr std::uint32_t kGuard = 64;  // bytes before and behind an arena
constexpr std::uint32_t kWhole = Case::kArenaBytes + 2 * kGuard;

alignas(16) std::uint8_t g_constants[Case::kConstantBytes];
alignas(16) std::uint8_t g_start[kWhole];
alignas(16) std::uint8_t g_arenas[2][kWhole];

void PrintParams(const std::uint32_t* params, std::uint32_t words) {
  Print("params");
  for (std::uint32_t i = 0; i < words; ++i) Print(" ", Hex{params[i]});
  Print("\n");
}

nn::Ref Take(std::uint32_t& used, std::uint32_t bytes, std::uint32_t limit) {
  const nn::Ref ref = used;
  used += (bytes + 15) & ~15u;
  if (used > limit) Print("a case takes ", used, " bytes, more than ", limit, "\n");
  return ref;
}

}  // namespace

std::uint32_t Random::Next() {
  x_ ^= x_ << 13;
  x_ ^= x_ >> 17;
  x_ ^= x_ << 5;
  return x_;
}

std::int32_t Random::Between(std::int32_t lowest, std::int32_t highest) {
  const std::uint32_t range = static_cast<std::uint32_t>(highest - lowest) + 1;
  const std::uint32_t offset = range == 0 ? Next() : Next() % range;
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(lowest) + offset);
}

void Random::Fill(std::span<std::uint8_t> bytes) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i, word >>= 8) {
    if (i % 4 == 0) word = Next();
    bytes[i] = static_cast<std::uint8_t>(word);
  }
}

Case::Case(std::uint32_t seed) : seed_(seed), random_(seed) {
  random_.Fill(g_constants);
  random_.Fill(g_start);
}

std::uint8_t* Case::constants() { return g_constants; }
std::uint8_t* Case::start_arena() { return g_start + kGuard; }

nn::Ref Case::TakeConstant(std::uint32_t bytes) {
  return Take(constant_bytes_, bytes, kConstantBytes) | nn::kConstantBit;
}

nn::Ref Case::TakeArena(std::uint32_t bytes) { return Take(arena_bytes_, bytes, kArenaBytes); }

nn::Memory Case::Prepare(int side) {
  std::memcpy(g_arenas[side], g_start, kWhole);
  return {g_constants, g_arenas[side] + kGuard};
}

bool Case::Refused(const std::uint32_t* params, std::uint32_t words) const {
  Print("seed ", seed_, ": the parameters are refused\n");
  PrintParams(params, words);
  return false;
}

bool Case::Compare(const std::uint32_t* params, std::uint32_t words) const {
  if (std::memcmp(g_arenas[0], g_arenas[1], kWhole) == 0) return true;
  for (std::uint32_t i = 0; i < kWhole; ++i) {
    const bool ignored = i >= kGuard + scratch_ && i < kGuard + scratch_ + scratch_bytes_;
    if (ignored || g_arenas[0][i] == g_arenas[1][i]) continue;
    Print("seed ", seed_, ": arena byte ", static_cast<std::int32_t>(i - kGuard), " of ",
          arena_bytes_, " is ", g_arenas[0][i], ", not ", g_arenas[1][i], "\n");
    PrintParams(params, words);
    return false;
  }
  return true;
}

std::int32_t Sweep(const char* name, std::uint32_t cases, bool (*check)(Case&)) {
  for (std::uint32_t seed = 1; seed <= cases; ++seed) {
    Case one(seed);
    if (!check(one)) {
      Print(name, ": failed at seed ", seed, "\n");
      return 1;
    }
  }
  Print(name, ": seeds 1 to ", cases, " are equal\n");
  return 0;
}

}  // namespace tinyfog::board
