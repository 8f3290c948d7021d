#include "bench.h"

// No model: what every bench image holds besides one.
namespace tinyfog::board::bench {

bool Setup() { return true; }
void Run() {}
std::uint32_t ArenaBytes() { return 0; }
std::span<std::uint8_t> Input() { return {}; }
std::span<const std::uint8_t> Output() { return {}; }

}  // namespace tinyfog::board::bench
