#include <cstddef>

#include "bench.h"
#include TINYFOG_CODE_HEADER

namespace tinyfog::board::bench {
namespace {

alignas(16) std::uint8_t g_arena[TINYFOG_CODE::kArenaBytes];

}  // namespace

bool Setup() {
  TINYFOG_CODE::Reset(g_arena);
  return true;
}

void Run() { TINYFOG_CODE::Run(g_arena); }
std::uint32_t ArenaBytes() { return TINYFOG_CODE::kArenaBytes; }

std::span<std::uint8_t> Input() {
  const auto input = TINYFOG_CODE::Input0(g_arena);
  return {reinterpret_cast<std::uint8_t*>(input.data()), input.size_bytes()};
}

std::span<const std::uint8_t> Output() {
  const auto output = TINYFOG_CODE::Output0(g_arena);
  return {reinterpret_cast<const std::uint8_t*>(output.data()), output.size_bytes()};
}

}  // namespace tinyfog::board::bench
